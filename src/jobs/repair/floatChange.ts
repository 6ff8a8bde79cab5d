/** How far a repaired float graph is from the one before it, on some calibration samples. */
import type { Graph } from '../../model/graph';
import { primaryOf } from '../../analysis/score';
import { scoresOf } from '../measure/scores';
import { affordable, workOf } from '../measure/work';
import { withPrepared } from '../prepared';
import type { StepInput } from '../quantize/step';

/** Largest difference that counts as the same function, of each output's largest magnitude. */
export const SAME = 1e-5;
/** Multiply-accumulates of a comparison: seconds. */
const COMPARING_WORK = 1e10;

type Running = Pick<StepInput, 'backend' | 'samples' | 'roles' | 'context' | 'scorings'>;
export interface FloatChange {
  /** Largest difference, in units of the output's largest magnitude; NaN where an output is no number. */
  readonly largest: number;
  readonly samples: number;
  /** 10·log10 of signal to change over all outputs, dB. */
  readonly sqnr: number;
  /** Primary score before and after, where labels or answers give one. */
  readonly scores?: {
    readonly label: string;
    readonly unit: string;
    readonly before: number;
    readonly after: number;
  };
}

/** @param most calibration samples at most */
export async function floatChange(
  before: Graph,
  after: Graph,
  { backend, samples, roles, context, scorings }: Running,
  most = 32,
): Promise<FloatChange> {
  const budget = affordable(COMPARING_WORK, 2 * workOf(before), { least: 4, most });
  const chosen = roles.calibration.slice(0, budget);
  return withPrepared(backend, [before, after], async ([old, changed]) => {
    const [was, is] = [
      scoresOf(scorings, samples, 'target'),
      scoresOf(scorings, samples, 'target'),
    ];
    const largest: number[] = [];
    const magnitudes: number[] = [];
    let [signal, noise] = [0, 0];
    for (const index of chosen) {
      await context.share.border();
      const sample = await samples.read(index);
      const expected = await old!.run(sample);
      const got = await changed!.run(sample);
      was.add(sample, expected, expected);
      is.add(sample, got, expected);
      expected.forEach((reals, output) => {
        reals.forEach((x, at) => {
          const change = got[output]![at]! - x;
          signal += x * x;
          noise += change * change;
          magnitudes[output] = larger(magnitudes[output], x);
          largest[output] = larger(largest[output], change);
        });
      });
    }
    const ratios = largest.map((change, output) =>
      change === 0 ? 0 : change / magnitudes[output]!,
    );
    const [one, other] = [primaryOf(was.scores()), primaryOf(is.scores())];
    const scored = one && other && one.kind !== 'likeness' && chosen.length > 0;
    return {
      largest: ratios.reduce(
        (most, ratio) => (Number.isNaN(ratio) ? NaN : Math.max(most, ratio)),
        0,
      ),
      samples: chosen.length,
      sqnr: noise === 0 ? Infinity : 10 * Math.log10(signal / noise),
      ...(scored
        ? { scores: { label: one.label, unit: one.unit, before: one.value, after: other.value } }
        : {}),
    };
  });
}

const larger = (most: number | undefined, x: number): number => {
  const size = Math.abs(x);
  return Number.isNaN(size) || Number.isNaN(most ?? 0) ? NaN : Math.max(most ?? 0, size);
};
