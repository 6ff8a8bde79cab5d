import { Button } from '@mantine/core';
import { againLabel, resume } from '../../state/actions/again';
import { dismissInterrupted } from '../../state/actions/quantize';
import { recipeKey } from '../../run/keys';
import { useTraining } from '../training/useTraining';
import { useBusy, useJob, useModel, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';

/** Offers to make again what a reload broke off, once its model is open. */
export function InterruptedBar() {
  const studio = useStudio();
  const busy = useBusy('main', 'long');
  const { interrupted } = useJob();
  const { model } = useModel();
  const { brokenOff } = useTraining();
  if (!interrupted || interrupted.modelKey !== model?.key) return null;
  // A training with a checkpoint is offered by its own region, to go on with.
  const going = brokenOff && recipeKey(brokenOff.recipe);
  const recipes = interrupted.recipes.filter((recipe) => recipeKey(recipe) !== going);
  const others = (interrupted.others ?? []).flatMap((one) => againLabel(studio, one) ?? []);
  const length = recipes.length + others.length;
  if (length === 0) return null;
  const names = [...recipes.map(({ name }) => name), ...others];
  return (
    <div className={cardStyles.stale} role="note">
      <span>
        The page was left while {length === 1 ? 'a job was' : `${length} jobs were`} under way or
        waiting ({names.join(', ')}).
      </span>
      <Button size="compact-xs" disabled={busy} onClick={() => void resume(studio)}>
        Make {length === 1 ? 'it' : 'them'} again
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => dismissInterrupted(studio)}>
        Leave it
      </Button>
    </div>
  );
}
