import { Button } from '@mantine/core';
import type { SchemeId } from '../../quant/types';
import { reopenModel } from '../../state/actions/open';
import { quantize } from '../../state/actions/quantize';
import { adoptSettings } from '../../state/actions/runs';
import { nowOf, staleness, type RunEntry } from '../../state/stores/runs';
import { useBusy, useData, useModel, useRecipe, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';

/** Says when what is shown was made from something other than what the left column says now. */
export function StaleBar({ entry }: { entry: RunEntry }) {
  const studio = useStudio();
  const busy = useBusy('long');
  const model = useModel();
  const data = useData();
  const settings = useRecipe();
  const stale = staleness(entry, nowOf(model, data, settings));
  if (!stale.model && !stale.data && !stale.recipe) return null;
  const { recipe, subject } = entry.run.made;
  const changed = [stale.data && 'data', stale.recipe && 'recipe'].filter(Boolean).join(' and ');
  return (
    <div className={cardStyles.stale} role="note">
      <span>
        {stale.model
          ? `The run shown was made from ${subject.name}, not from the model that is open.`
          : `The ${changed} changed since the run shown was made.`}
      </span>
      {stale.model && model.library[subject.key] && (
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy}
          onClick={() => void reopenModel(studio, subject.key)}
        >
          Open {subject.name}
        </Button>
      )}
      {!stale.model && recipe && recipe.scheme !== 'custom' && (
        <Button
          size="compact-xs"
          disabled={busy}
          onClick={() => void quantize(studio, { ...settings, scheme: recipe.scheme as SchemeId })}
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
