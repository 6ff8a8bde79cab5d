/** What is said about findings as a whole, and about what a fix takes. */
import { bytes, grouped, milliseconds, none, plural } from '../../analysis/format';
import type { Fix } from '../../run/findings';
import type { RunEntry } from '../../state/stores/runs';

/** Where there is no list of findings: why. `again`: making the run again would bring one. */
export interface Silence {
  readonly sentence: string;
  readonly again?: true;
}

/** undefined: there are findings to show. */
export function silenceOf({ run, state }: RunEntry): Silence | undefined {
  const { made, figures } = run;
  const { findings } = figures;
  if (!made.recipe)
    return {
      sentence:
        'This run is the model as it is: nothing was quantized here that could be repaired. Select a quantized run.',
    };
  if (findings && findings.length > 0) return undefined;
  if (state === 'growing')
    return {
      sentence:
        'Findings are being looked for: they stand on what each layer alone does, which is still being measured.',
    };
  if (!made.plan)
    return {
      sentence:
        'This run computes in floats: there are no integer grids whose errors could be explained.',
    };
  if (state === 'stopped' || run.pending.length > 0)
    return {
      sentence:
        'The run was stopped before every layer was measured alone, so that nothing can be found. Make it again to look.',
      again: true,
    };
  if (!findings)
    return {
      sentence: 'This run was made before findings were looked for. Make it again to look.',
      again: true,
    };
  const samples = figures.counts.evaluated;
  return {
    sentence: `Nothing to repair: on ${plural(samples, 'evaluation sample')} this run keeps what float has, as far as ${samples === 1 ? 'it' : 'they'} can tell.`,
  };
}

/** "+1.2 kB", "−0.3 ms an inference"; nothing where nothing changes. */
export function priceText({ bytes: size, ms }: Fix): string {
  const sign = (value: number) => (value > 0 ? '+' : '−');
  return [
    ...(size ? [`${sign(size)}${bytes(Math.abs(size))}`] : []),
    ...(ms ? [`${sign(ms)}${milliseconds(Math.abs(ms))} an inference`] : []),
  ].join(', ');
}

/** What a fix stands on that is not there: made-up samples, where it settles numbers by samples. */
export function needOf({ change }: Fix, synthetic: boolean): string | undefined {
  if (!synthetic) return undefined;
  const settles = change.steps?.some(
    (step) => step.kind === 'correct-bias' || (step.kind === 'round' && step.method === 'adaround'),
  );
  const ranges = change.calibration ?? change.ranges ?? change.leaveOut;
  return settles || ranges
    ? 'Needs real samples: what it settles on made-up ones need not hold for yours.'
    : undefined;
}

/** "1,800 samples" */
export const onSamples = (count: number): string =>
  count === 0 ? none : `${grouped(count)} ${count === 1 ? 'sample' : 'samples'}`;
