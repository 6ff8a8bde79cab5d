/**
 * The exported file (float32 border, the only one LiteRT.js takes) in LiteRT.js and the same graph in
 * our engine, on the evaluation samples of the run; what differs is counted, over all outputs.
 */
import { toReal } from '../../analysis/tensors';
import { IntactError } from '../../model/error';
import type { DType, Graph, Tensor } from '../../model/graph';
import type { Verification } from '../../run/verification';
import { samplesOfMade } from '../data/samplesOfMade';
import { fileOf, graphWithBorder } from '../export';
import type { Job } from '../job';
import { feedsOf, runnable } from '../prepared';

/** Verification runs every evaluation sample up to this many. */
const MOST_SAMPLES = 1000;

export const verify: Job<'verify'> = async ({ made, samples: request }, context) => {
  const { events, stop, share } = context;
  events.progress({ label: 'Loading LiteRT.js', fraction: 0 });
  const { samples, roles } = await samplesOfMade(made, request, context);
  const graph = graphWithBorder(made, 'float32');
  refuseBorder(graph);
  const backend = await context.backend();
  const theirs = await context.openInLiteRt(fileOf(graph));
  try {
    const ours = await backend.prepare(runnable(graph));
    try {
      const comparison = compare(graph, ['LiteRT.js', theirs.version ?? ''].join(' ').trim());
      const chosen = roles.evaluation.slice(0, MOST_SAMPLES);
      for (const [position, index] of chosen.entries()) {
        if (stop.stopped) break;
        const feeds = feedsOf(graph, await samples.read(index));
        comparison.add(await ours.run(feeds), await theirs.run(feeds));
        events.progress({
          label: `Verifying: sample ${position + 1} of ${chosen.length}`,
          fraction: (position + 1) / chosen.length,
        });
        await share.border();
      }
      return comparison.result();
    } finally {
      ours.dispose();
    }
  } finally {
    theirs.dispose();
  }
};

/** A file that was quantized elsewhere keeps the border that it came with. */
function refuseBorder(graph: Graph): void {
  const odd = graph.inputs
    .map((index) => graph.values[index]!)
    .find(({ dtype }) => !fed.has(dtype));
  if (odd)
    throw new IntactError(
      'unsupported',
      `LiteRT.js takes no ${odd.dtype} inputs, and the input "${odd.name}" of this file is one. Verify a file with float32 inputs.`,
    );
}
const fed: ReadonlySet<DType> = new Set<DType>(['float32', 'int32']);

/** Counts identical samples and the largest difference, also in steps of a quantized output. */
function compare(graph: Graph, runtime: string) {
  const steps = graph.outputs.map((index) => outputStep(graph, index));
  let count = 0;
  let identical = 0;
  let largestDifference = 0;
  let largestSteps: number | undefined;
  return {
    add(got: readonly Tensor[], expected: readonly Float32Array[]) {
      let same = true;
      for (const [output, { data }] of got.entries()) {
        const real = toReal(data, undefined, new Float32Array(data.length));
        const difference = largest(real, expected[output]!);
        if (difference === 0) continue;
        same = false;
        largestDifference = Math.max(largestDifference, difference);
        const step = steps[output];
        if (step !== undefined)
          largestSteps = Math.max(largestSteps ?? 0, Math.round(difference / step));
      }
      count++;
      if (same) identical++;
    },
    result: (): Verification => ({
      runtime,
      samples: count,
      identical,
      largestDifference,
      ...(largestSteps === undefined ? {} : { largestSteps }),
    }),
  };
}

/** Of element-wise differences; infinite where one is no number and the other is. */
function largest(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    const difference = Math.abs(a[i]! - b[i]!);
    most = Math.max(most, Number.isNaN(difference) ? Infinity : difference);
  }
  return most;
}

/** Scale of a quantized output that is dequantized at the border. */
function outputStep(graph: Graph, output: number): number | undefined {
  const maker = graph.nodes.find((node) => node.outputs.includes(output));
  if (maker?.op !== 'DEQUANTIZE') return undefined;
  return graph.values[maker.inputs[0]!]?.quant?.scale[0];
}
