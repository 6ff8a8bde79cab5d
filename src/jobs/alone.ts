import { floatActivations, samplesThatFit } from './floatActivations';
import { PARTIAL_EVERY_MS, phases, reporter, withLayers, without, type Job } from './measuring';
import { layerSensitivity } from './sensitivity';

/** Time that the layer-by-layer measurement may take, and its bounds in samples per layer. */
const SENSITIVITY_BUDGET_MS = 20_000;
const SENSITIVITY_SAMPLES = { least: 8, most: 256 } as const;

/** Each quantized layer alone: error at its output, and the change of the score. */
export async function sensitivities(job: Job): Promise<void> {
  const { request, events, backend, float, task, stats } = job;
  const report = reporter(events, phases.sensitivity);
  const layers = job.run.layers.filter(
    (layer) => layer.scheme !== 'float32' && measurable(layer.op),
  );
  const evaluation = request.samples.split.evaluation;
  const started = performance.now();
  await float.run(evaluation[0]!);
  const once = Math.max(0.05, performance.now() - started);
  // A layer alone costs half a run on average: only what it reaches is computed.
  const affordable = Math.floor(SENSITIVITY_BUDGET_MS / (once * Math.max(1, layers.length / 2)));
  const count = Math.min(
    SENSITIVITY_SAMPLES.most,
    Math.max(SENSITIVITY_SAMPLES.least, affordable),
    samplesThatFit(float),
    evaluation.length,
  );
  report(`Keeping the float model's numbers on ${count} samples`, 0, 1);
  const activations = await floatActivations(float, evaluation.slice(0, count));
  job.run = { ...job.run, samples: { ...job.run.samples, alone: count } };
  let last = performance.now();
  for (const [position, layer] of layers.entries()) {
    report(
      `Layer ${position + 1} of ${layers.length} alone, on ${count} samples: ${layer.id}`,
      position,
      layers.length,
    );
    const { isolated, change } = await layerSensitivity(layer.id, {
      backend,
      graph: float.graph,
      activations,
      dataset: request.samples.dataset,
      recipe: request.recipe,
      stats,
      task,
    });
    job.run = withLayers(job.run, ({ id }) =>
      id === layer.id ? { isolated, sensitivity: change } : {},
    );
    if (performance.now() - last > PARTIAL_EVERY_MS) {
      last = performance.now();
      events.partial?.(job.run);
    }
  }
  job.run = without(job.run, 'isolated', 'sensitivity');
}

/** Nodes that only relabel or move bytes lose nothing of their own. */
function measurable(op: string): boolean {
  return op !== 'RESHAPE' && op !== 'SQUEEZE' && op !== 'EXPAND_DIMS' && op !== 'TRANSPOSE';
}
