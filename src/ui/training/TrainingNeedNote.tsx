import { trainingNeed } from '../../analysis/trainingNeed';
import { nowOf, staleness } from '../../state/stores/runs';
import { useData, useModel, useRecipe, useRuns } from '../studio';
import textStyles from '../styles/text.module.css';

/** Whether training has anything to gain over what quantizing this recipe alone gave, once that is known. */
export function TrainingNeedNote() {
  const { entries } = useRuns();
  const now = nowOf(useModel(), useData(), useRecipe());
  const plain = entries.findLast((entry) => {
    const { recipe } = entry.run.made;
    if (!recipe || recipe.steps.length > 0 || recipe.scheme !== now.settings.scheme) return false;
    const { model, data, recipe: changed } = staleness(entry, now);
    return entry.state !== 'growing' && !model && !data && !changed;
  });
  const need = plain && trainingNeed(plain.run);
  if (!need) return null;
  return (
    <p className={`${textStyles.muted} ${textStyles.small}`} role="note">
      {need.sentence}
    </p>
  );
}
