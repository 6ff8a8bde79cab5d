import { Button } from '@mantine/core';
import { spareLayers } from '../../state/actions/diagnosis';
import { measureMore, moreSamples } from '../../state/actions/sensitivity';
import type { RunEntry } from '../../state/stores/runs';
import { useBusy, useStudio } from '../studio';

/** Each layer's effect on the score stands on some of the samples: how many, and the others on request. */
export function MoreSamples({ entry }: { entry: RunEntry }) {
  const studio = useStudio();
  const busy = useBusy('long');
  const { run, state } = entry;
  const { sensitivity, evaluated } = run.figures.counts;
  if (state !== 'finished' || moreSamples(run) === 0) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={busy}
      title={`The effect of each layer on the score was measured on ${sensitivity} of ${evaluated} evaluation samples.`}
      onClick={() => void measureMore(studio, entry)}
    >
      Score change: {sensitivity} of {evaluated} samples, measure all
    </Button>
  );
}

/** Sparing one layer of the quantized model, beside quantizing it alone: measured on request. */
export function SpareLayers({ entry }: { entry: RunEntry }) {
  const studio = useStudio();
  const busy = useBusy('long');
  const { run, state } = entry;
  const { made, figures } = run;
  if (state !== 'finished' || !made.recipe || figures.counts.spared !== undefined) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={busy}
      title="The score with all layers but one quantized, for each; and with weights alone, and activations alone, quantized"
      onClick={() => void spareLayers(studio, entry)}
    >
      Spare each layer
    </Button>
  );
}
