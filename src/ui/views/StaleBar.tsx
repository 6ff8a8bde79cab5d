import { Button } from '@mantine/core';
import { adoptSettings, quantize } from '../../state/actions/quantize';
import { samplesKey } from '../../state/data';
import { staleness, type RunEntry } from '../../state/runs';
import { useBusy, useData, useModel, useRecipe, useStudio } from '../studio';
import styles from '../styles/app.module.css';

/** Says when what is shown was made from something other than what the left column says now. */
export function StaleBar({ entry }: { entry: RunEntry }) {
  const studio = useStudio();
  const busy = useBusy();
  const { key: modelKey } = useModel();
  const data = useData();
  const settings = useRecipe();
  const stale = staleness(entry, { modelKey, samplesKey: samplesKey(data), settings });
  if (!stale.model && !stale.data && !stale.recipe) return null;
  const changed = [stale.data && 'data', stale.recipe && 'recipe'].filter(Boolean).join(' and ');
  return (
    <div className={styles.stale} role="note">
      <span>
        {stale.model
          ? `The run shown was made from ${entry.run.modelName}, not from the model that is open.`
          : `The ${changed} changed since the run shown was made.`}
      </span>
      {!stale.model && (
        <Button
          size="compact-xs"
          disabled={busy}
          onClick={() => void quantize(studio, { ...settings, scheme: entry.settings.scheme })}
        >
          Quantize again
        </Button>
      )}
      {stale.recipe && (
        <Button size="compact-xs" variant="default" onClick={() => adoptSettings(studio, entry)}>
          Back to this run’s recipe
        </Button>
      )}
    </div>
  );
}
