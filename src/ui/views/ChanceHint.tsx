import type { DataReport } from '../../jobs/types';
import { primaryOf } from '../../analysis/score';
import { nowOf, staleness, type RunEntry } from '../../state/stores/runs';
import { percent } from '../../analysis/figures/text';
import { useData, useModel, useRecipe } from '../studio';
import cardStyles from '../styles/card.module.css';

/** A trained model this near to guessing gets inputs that it was not trained with. */
const nearChance = 1.6;

/** Agreement on made-up samples below this says nothing about the model on real ones. */
const hollow = 90;

/** Says so when the float model does no better than guessing: the preprocessing is the usual cause. */
export function ChanceHint({ entry }: { entry: RunEntry }) {
  const data = useData();
  const settings = useRecipe();
  const model = useModel();
  const { whole, float } = entry.run.figures;
  const [score, floatScore] = [primaryOf(whole.scores), primaryOf(float.scores)];
  if (score?.synthetic && score.kind === 'agreement' && score.value < hollow)
    return (
      <div className={cardStyles.stale} role="note">
        These samples are made up, and on such inputs a model often answers almost at random: the
        agreement says little. Sizes, latencies and SQNR hold. Load samples of your own to see what
        quantizing costs.
      </div>
    );
  const stale = staleness(entry, nowOf(model, data, settings));
  if (!data.report || stale.model || stale.data || floatScore?.kind !== 'classes') return null;
  const classes = classesOf(data.report);
  if (classes < 3 || floatScore.value > (100 / classes) * nearChance) return null;
  return (
    <div className={cardStyles.stale} role="note">
      The float model is right in {percent(floatScore.value)} % of the samples, about as often as
      guessing among {classes} classes. {advice(data.report)}
    </div>
  );
}

const classesOf = ({ targets }: DataReport): number => {
  const target = targets.find(({ kind }) => kind === 'classes');
  return target?.kind === 'classes' ? target.count : 0;
};

function advice({ checks }: DataReport): string {
  const range = checks.find(({ id }) => id === 'range');
  const others = range?.choices.filter(({ value }) => value !== range.value) ?? [];
  if (!range || others.length === 0)
    return 'The samples are probably not as the model was trained with: see the data check.';
  const names = others.map(({ label }) => label);
  const list =
    names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return `It was probably trained with another value range, or the classes stand in another order: try ${list} in the data check.`;
}
