/**
 * What variants of a model come to on samples that choices may look at: selection first, then what trains
 * or calibrates, never what is evaluated. Float's answers are kept; each variant is held against them.
 */
import { ErrorAccumulator } from '../../analysis/compare';
import { primaryIndex, type Scoring } from '../../analysis/score';
import type { Roles, Sample, Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import { elementCount, type Graph } from '../../model/graph';
import { IntactError } from '../../model/error';
import type { Outcome, OutcomeSamples } from '../../run/outcome';
import type { JobContext } from '../job';
import { prepare } from '../prepared';
import { scoresOf } from './scores';

/** Below so many selection samples, those that train or calibrate are taken too. */
const LEAST = 32;
/** Bytes of float answers that are kept. */
const ANSWER_BYTES = 64 * 2 ** 20;

export interface Choosing {
  /** In the set. */
  readonly indices: readonly number[];
  readonly sentence: string;
}

/** At most `most` samples that nobody evaluates, without those `not` wanted. */
export function choosingSamples(
  { selection, training, calibration }: Roles,
  most: number,
  not: ReadonlySet<number> = new Set(),
): Choosing {
  const calibrates = new Set(calibration);
  const sources = [
    { what: 'selection', list: selection },
    { what: 'training', list: training.filter((index) => !calibrates.has(index)) },
    { what: 'calibration', list: calibration },
  ];
  const indices: number[] = [];
  const taken: string[] = [];
  const seen = new Set(not);
  for (const { what, list } of sources) {
    if (indices.length >= Math.min(LEAST, most)) break;
    const own = list.filter((index) => !seen.has(index)).slice(0, most - indices.length);
    for (const index of own) seen.add(index);
    indices.push(...own);
    if (own.length > 0) taken.push(`${own.length.toLocaleString('en-US')} ${what}`);
  }
  const many = indices.length === 1 ? 'sample' : 'samples';
  return {
    indices,
    sentence: `${taken.join(' and ')} ${many}; the evaluation samples are not looked at`,
  };
}

export interface KeptAnswers extends OutcomeSamples {
  readonly samples: readonly Sample[];
  /** Of each sample, every output. */
  readonly float: readonly (readonly Float32Array[])[];
  readonly scoring: Scoring;
  readonly targets: Samples['targets'];
  readonly outputs: readonly string[];
}

/** How many samples' float answers fit in memory. */
export function answersThatFit(graph: Graph): number {
  const each = graph.outputs.reduce(
    (sum, index) => sum + 4 * elementCount(graph.values[index]!.shape),
    0,
  );
  return Math.max(1, Math.floor(ANSWER_BYTES / Math.max(1, each)));
}

interface Keeping {
  /** What outcomes are held against. */
  readonly float: Graph;
  readonly samples: Samples;
  readonly scorings: readonly Scoring[];
  readonly choosing: Choosing;
  readonly backend: Backend;
  readonly context: Pick<JobContext, 'share' | 'stop'>;
  readonly report?: (done: number, total: number) => void;
}

/**
 * Samples with the float model's answers. Those to which it answers no finite number are left out, and
 * said. @throws IntactError `bad-data` where none is left, `cancelled` where the job was stopped
 */
export async function keptAnswers(keeping: Keeping): Promise<KeptAnswers> {
  const { float, samples, scorings, choosing, backend, context, report } = keeping;
  const prepared = await prepare(backend, float);
  const kept: Sample[] = [];
  const answers: Float32Array[][] = [];
  let unusable = 0;
  try {
    for (const [position, index] of choosing.indices.entries()) {
      await borderOf(context);
      const sample = await samples.read(index);
      const outputs = await prepared.run(sample);
      const whole = outputs.every((output) => output.every(Number.isFinite));
      if (whole) {
        kept.push(sample);
        answers.push(outputs);
      } else unusable++;
      report?.(position + 1, choosing.indices.length);
    }
  } finally {
    prepared.dispose();
  }
  if (kept.length === 0)
    throw new IntactError(
      'bad-data',
      unusable > 0
        ? `The float model answers NaN or infinity to all ${unusable} samples that may be looked at. Check the preprocessing.`
        : 'There is no sample besides those that are evaluated. Add more samples.',
    );
  const without =
    unusable === 0 ? '' : `; ${unusable} to which float answers no finite number left out`;
  return {
    ...{ samples: kept, float: answers, targets: samples.targets },
    scoring: scorings[primaryIndex(scorings)]!,
    outputs: float.outputs.map((index) => float.values[index]!.name),
    count: kept.length,
    sentence: choosing.sentence + without,
  };
}

/** Waits where others go first. @throws IntactError `cancelled` where the job was stopped */
export async function borderOf({ share, stop }: Pick<JobContext, 'share' | 'stop'>): Promise<void> {
  await share.border();
  if (stop.stopped) throw new IntactError('cancelled', 'Stopped.');
}

/** Gathers answers of one variant, sample by sample. */
export function outcomes({ samples, float, scoring, targets, outputs }: KeptAnswers) {
  const scores = scoresOf([scoring], { targets }, 'target');
  const errors = outputs.map(() => new ErrorAccumulator());
  return {
    add(at: number, answer: readonly Float32Array[]) {
      scores.add(samples[at]!, answer, float[at]!);
      errors.forEach((error, output) => {
        error.add(float[at]![output]!, answer[output]!);
      });
    },
    outcome: (): Outcome => ({
      score: scores.scores()[0]!,
      outputs: outputs.map((name, output) => ({
        name,
        sqnr: errors[output]!.result()?.sqnr ?? NaN,
      })),
    }),
  };
}

/** A whole graph on all kept samples. */
export async function outcomeOf(
  graph: Graph,
  kept: KeptAnswers,
  backend: Backend,
  context: Pick<JobContext, 'share' | 'stop'>,
): Promise<Outcome> {
  const prepared = await prepare(backend, graph);
  const gathered = outcomes(kept);
  try {
    for (const [at, sample] of kept.samples.entries()) {
      await borderOf(context);
      gathered.add(at, await prepared.run(sample));
    }
  } finally {
    prepared.dispose();
  }
  return gathered.outcome();
}
