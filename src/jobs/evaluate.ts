import { Scorer, taskOfGraph } from '../analysis/score';
import { IntactError } from '../model/error';
import { elementCount } from '../model/graph';
import { engine } from './engine';
import { feedsOf } from './feeds';
import { prepare } from './prepared';
import type { Evaluation, JobEvents, OpenedModel, Samples } from './types';

/** Scores any runnable model, float or quantized, on the evaluation samples. */
export async function evaluateModel(
  model: OpenedModel,
  samples: Samples,
  events: JobEvents,
): Promise<Evaluation> {
  const { graph } = model;
  if (model.summary.unsupported.length > 0)
    throw new IntactError(
      'unsupported',
      `"${model.name}" cannot run: Intact does not know how to compute ${model.summary.unsupported.join(', ')}.`,
      { list: model.summary.unsupported },
    );
  const backend = await engine();
  const inputs = graph.inputs.reduce((sum, i) => sum + elementCount(graph.values[i]!.shape), 0);
  const outputs = elementCount(graph.values[graph.outputs[0]!]!.shape);
  const task = taskOfGraph(samples.dataset, graph);
  if (task === 'agreement' || (task === 'reconstruction' && inputs !== outputs))
    throw new IntactError(
      'bad-data',
      'These samples carry no labels that fit the model, so there is no accuracy to compute. Give labels (class folders, y in the .npz, a label column), or use quantize, which compares with float.',
    );
  const prepared = await prepare(backend, graph, feedsOf(samples, graph));
  const scorer = new Scorer(task, samples.dataset);
  const input = new Float32Array(inputs);
  const started = performance.now();
  try {
    const chosen = samples.split.evaluation;
    for (const [position, sample] of chosen.entries()) {
      const output = await prepared.run(sample);
      scorer.add(
        sample,
        output,
        task === 'reconstruction' ? sampleOf(samples, sample, input) : output,
      );
      if (position % 20 === 0)
        events.progress({
          label: `Evaluating: sample ${position + 1} of ${chosen.length}`,
          fraction: position / chosen.length,
        });
    }
    return {
      score: scorer.score(),
      ms: (performance.now() - started) / Math.max(1, chosen.length),
      engine: backend.label,
    };
  } finally {
    prepared.dispose();
  }
}

/** An autoencoder is judged by its own input. */
function sampleOf({ dataset }: Samples, sample: number, out: Float32Array): Float32Array {
  out.set(dataset.samples.subarray(sample * out.length, (sample + 1) * out.length));
  return out;
}
