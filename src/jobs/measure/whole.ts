/**
 * The whole quantized model, run once on some samples with every number kept: a change at one place is then
 * run from there on, and nothing before it.
 */
import { changedPart, type ChangedPart } from '../../analysis/changedPart';
import type { Sample } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import { elementCount, type Graph, type Tensor } from '../../model/graph';
import { storageBytes } from '../../engine/memory';
import type { JobContext } from '../job';
import { prepare, realsOf } from '../prepared';
import { borderOf } from './outcome';

/** Most bytes of numbers that are kept. */
const MOST_BYTES = 256 * 2 ** 20;
/** What an array takes beside its numbers. */
const OBJECT_BYTES = 128;

export interface KeptWhole {
  /** Ready to run. */
  readonly graph: Graph;
  /** Of each sample: every value that it makes, by index. */
  readonly samples: readonly (readonly (Tensor | undefined)[])[];
  /** Of each sample: every output, as real numbers. */
  readonly outputs: readonly (readonly Float32Array[])[];
}

/** How many samples' numbers fit in memory: at least one. */
export function wholeThatFits(graph: Graph): number {
  const kept = graph.values.filter(({ data }) => data === undefined);
  const bytes =
    kept.reduce((sum, { dtype, shape }) => sum + storageBytes(dtype, shape) + OBJECT_BYTES, 0) +
    graph.outputs.reduce((sum, index) => sum + 4 * elementCount(graph.values[index]!.shape), 0);
  return Math.max(1, Math.floor(MOST_BYTES / Math.max(1, bytes)));
}

type Context = Pick<JobContext, 'share' | 'stop'>;

/** @throws IntactError `cancelled` where the job was stopped */
export async function keptWhole(
  graph: Graph,
  samples: readonly Sample[],
  backend: Backend,
  context: Context,
  report?: (done: number, total: number) => void,
): Promise<KeptWhole> {
  const prepared = await prepare(backend, graph);
  const kept: (Tensor | undefined)[][] = [];
  const outputs: Float32Array[][] = [];
  try {
    for (const [at, sample] of samples.entries()) {
      await borderOf(context);
      const tensors = new Array<Tensor | undefined>(graph.values.length);
      outputs.push(
        await prepared.run(sample, (index, { shape, dtype, data }) => {
          tensors[index] = { shape, dtype, data: data.slice() };
        }),
      );
      kept.push(tensors);
      report?.(at + 1, samples.length);
    }
  } finally {
    prepared.dispose();
  }
  return { graph: prepared.graph, samples: kept, outputs };
}

/** Samples that a part is run on between two borders. */
const AT_ONCE = 8;

/**
 * The outputs of a changed graph on each kept sample, of which only what differs is run.
 * @returns the part that was run
 */
export async function runChanged(
  changed: Graph,
  { graph, samples, outputs }: KeptWhole,
  backend: Backend,
  context: Context,
  answer: (sample: number, outputs: readonly Float32Array[]) => void,
): Promise<ChangedPart> {
  const part = changedPart(graph, changed);
  if (part.graph.nodes.length === 0) {
    samples.forEach((tensors, sample) => {
      answer(sample, answersOf(part, changed, graph, tensors, outputs[sample]!, []));
    });
    return part;
  }
  const executable = await backend.prepare(part.graph);
  try {
    for (const [sample, tensors] of samples.entries()) {
      if (sample % AT_ONCE === 0) await borderOf(context);
      const results = await executable.run(part.feeds.map((index) => tensors[index]!));
      answer(sample, answersOf(part, changed, graph, tensors, outputs[sample]!, results));
    }
  } finally {
    executable.dispose();
  }
  return part;
}

function answersOf(
  part: ChangedPart,
  changed: Graph,
  before: Graph,
  tensors: readonly (Tensor | undefined)[],
  known: readonly Float32Array[],
  results: readonly Tensor[],
): readonly Float32Array[] {
  return part.outputs.map((output, at) => {
    if ('part' in output) return realsOf(changed, changed.outputs[at]!, results[output.part]!);
    const same = before.outputs.indexOf(output.before);
    return same >= 0 ? known[same]! : realsOf(before, output.before, tensors[output.before]!);
  });
}
