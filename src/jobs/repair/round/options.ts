/** What AdaRound's options are where the step leaves them open: from the model's size and the samples. */
import { IntactError } from '../../../model/error';
import { elementCount, type Graph } from '../../../model/graph';
import type { RoundOptions, RoundStep } from '../../../quant/repairSteps';
import { affordable, workOf } from '../../measure/work';
import { blocksOf, rowsIn } from './blocks';
import type { Site } from './sites';
import { widestCut } from './walk';

/** Positions of one step of Adam. */
export const BATCH = 64;
/** Multiply-accumulates that all steps together may take, about 30 s in one thread. */
const WORK = 2.5e11;
const ITERATIONS = { least: 300, most: 2000 } as const;
/** The same for running float and quantized model over the samples. */
const RUNNING = 3e10;
const SAMPLES = { least: 16, most: 256 } as const;
/** Bytes of activations that are kept of all samples at once. */
const KEPT_BYTES = 384 * 2 ** 20;
const POSITIONS = 2048;

/** Multiply-accumulates of one pass of the descent over all weights. */
const REFINING = 1e9;

const weightsOf = (sites: readonly Site[]) =>
  sites.reduce((sum, site) => sum + elementCount(site.weights.shape), 0);

/** Of one step of all blocks: forward, to the weights and to the inputs, for half as many positions. */
const blockWork = (graph: Graph, sites: readonly Site[]): number =>
  blocksOf(graph, sites)
    .filter(({ length }) => length > 1)
    .reduce((sum, block) => {
      const rows = rowsIn(graph, block);
      const each = block.map(({ weights }, at) => elementCount(weights.shape) * rows[at]!);
      return sum + 3 * (BATCH / 2) * each.reduce((a, b) => a + b, 0);
    }, 0);

export function recommended(
  { options }: RoundStep,
  graph: Graph,
  sites: readonly Site[],
  samples: number,
): RoundOptions {
  const fits = Math.max(1, Math.floor(KEPT_BYTES / Math.max(1, widestCut(graph))));
  const some = Math.min(samples, fits, affordable(RUNNING, 2 * workOf(graph), SAMPLES));
  const work = options.unit === 'block' ? blockWork(graph, sites) : 0;
  const iterations = affordable(WORK, work + 2 * BATCH * weightsOf(sites), ITERATIONS);
  const made: RoundOptions = {
    ...{ unit: 'layer', iterations, samples: some, positions: POSITIONS, quantized: 0.5 },
    ...options,
  };
  for (const name of ['iterations', 'samples', 'positions'] as const)
    if (!Number.isInteger(made[name]) || made[name] < 1)
      throw new IntactError(
        'usage',
        `AdaRound's ${name} must be a whole number above 0, not ${made[name]}.`,
      );
  if (!(made.quantized >= 0 && made.quantized <= 1))
    throw new IntactError(
      'usage',
      `AdaRound's chance of a quantized input must be between 0 and 1, not ${made.quantized}.`,
    );
  return { ...made, samples: Math.min(made.samples, samples, fits) };
}

/** Positions at which the descent looks at each weight: a few seconds in all. */
export const refinedPositions = (sites: readonly Site[]): number =>
  Math.floor(REFINING / weightsOf(sites));
