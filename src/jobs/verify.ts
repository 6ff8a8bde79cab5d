import { toReal } from '../analysis/tensors';
import { engine } from './engine';
import { fileOf, graphWithBorder } from './export';
import { feedsOf } from './feeds';
import { openInLiteRt } from './litert';
import { runnable } from './prepared';
import type { JobEvents, OpenedModel, Run, Samples, Verification } from './types';

/** Verification runs every evaluation sample up to this many. */
const MOST_SAMPLES = 1000;

/**
 * Runs the exported file (float32 border, the only one LiteRT.js takes) in LiteRT.js and the same
 * graph in our engine on the evaluation samples, and counts what differs. All outputs are compared.
 */
export async function verify(
  model: OpenedModel,
  run: Run,
  samples: Samples,
  events: JobEvents,
  base: string,
): Promise<Verification> {
  events.progress({ label: 'Loading LiteRT.js', fraction: 0 });
  const graph = graphWithBorder(model, run, 'float32');
  const backend = await engine();
  const ours = await backend.prepare(runnable(graph));
  const feeds = feedsOf(samples, model.optimized);
  const theirs = await openInLiteRt(fileOf(graph), base);
  const steps = graph.outputs.map((index) => outputStep(graph, index));
  const chosen = samples.split.evaluation.slice(0, MOST_SAMPLES);
  let identical = 0;
  let largestDifference = 0;
  let largestSteps: number | undefined;
  try {
    for (const [position, sample] of chosen.entries()) {
      const tensors = feeds(graph, sample);
      const expected = await theirs.run(tensors);
      const got = await ours.run(tensors);
      let same = true;
      got.forEach((tensor, output) => {
        const real = toReal(tensor.data, undefined, new Float32Array(tensor.data.length));
        const reference = expected[output]!;
        for (let i = 0; i < real.length; i++) {
          const difference = Math.abs(real[i]! - reference[i]!);
          if (difference === 0) continue;
          same = false;
          largestDifference = Math.max(largestDifference, difference);
          const step = steps[output];
          if (step !== undefined)
            largestSteps = Math.max(largestSteps ?? 0, Math.round(difference / step));
        }
      });
      if (same) identical++;
      if (position % 10 === 0)
        events.progress({
          label: `Verifying: sample ${position + 1} of ${chosen.length}`,
          fraction: (position + 1) / chosen.length,
        });
    }
  } finally {
    ours.dispose();
    theirs.dispose();
  }
  return {
    runtime: 'LiteRT.js',
    samples: chosen.length,
    identical,
    largestDifference,
    ...(largestSteps === undefined ? {} : { largestSteps }),
  };
}

/** Scale of a quantized output that is dequantized at the border. */
function outputStep(graph: ReturnType<typeof graphWithBorder>, output: number): number | undefined {
  const maker = graph.nodes.find((node) => node.outputs.includes(output));
  if (maker?.op !== 'DEQUANTIZE') return undefined;
  return graph.values[maker.inputs[0]!]?.quant?.scale[0];
}
