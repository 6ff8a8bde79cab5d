import { Button } from '@mantine/core';
import { dismissInterrupted, resume } from '../../state/actions/quantize';
import { useBusy, useJob, useModel, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';

/** Offers to make again what a reload broke off, once its model is open. */
export function InterruptedBar() {
  const studio = useStudio();
  const busy = useBusy('main', 'long');
  const { interrupted } = useJob();
  const { model } = useModel();
  if (!interrupted || interrupted.modelKey !== model?.key) return null;
  const { length } = interrupted.recipes;
  return (
    <div className={cardStyles.stale} role="note">
      <span>
        The page was left while {length === 1 ? 'a run was' : `${length} runs were`} being made (
        {interrupted.recipes.map(({ name }) => name).join(', ')}).
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
