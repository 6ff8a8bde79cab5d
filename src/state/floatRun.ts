/**
 * The float model as a run of its own, from what a quantized run measured of it in turn with itself:
 * no second pass over the samples.
 */
import { runId } from '../run/id';
import type { LayerFigures, Run } from '../run/types';

/**
 * undefined where the run starts from changed float weights: those are not the model as it is.
 * @param before the same float run with fewer figures: its id and what it was made of stay
 */
export function floatRunOf(run: Run, before?: Run, id = before?.id ?? runId()): Run | undefined {
  const { made, figures } = run;
  if (!made.recipe || made.recipe.steps.length > 0 || made.from !== undefined) return undefined;
  const layers = Object.fromEntries(
    Object.entries(figures.layers).flatMap(([id, { msFloat }]): [string, LayerFigures][] =>
      msFloat === undefined ? [] : [[id, { msFloat, msQuantized: msFloat }]],
    ),
  );
  return {
    id,
    made: before?.made ?? {
      // Before the run that it was measured with, in every order by time.
      createdAt: made.createdAt - 1,
      subject: made.subject,
      graph: made.graph,
      converted: made.graph,
      layers: made.layers.map((layer) => ({
        ...layer,
        scheme: 'float32',
        why: { code: 'no-rule', params: {} },
        bytesQuantized: layer.bytesFloat,
        energyQuantized: layer.energyFloat,
      })),
      details: {},
      issues: made.issues,
      samples: made.samples,
      engine: made.engine,
    },
    figures: {
      whole: figures.float,
      float: figures.float,
      likeness: [],
      layers,
      samples: figures.floatSamples ?? [],
      counts: { evaluated: figures.counts.evaluated },
      alarms: [],
      ...(figures.computed?.floats !== undefined && { computed: figures.computed }),
    },
    pending: run.pending.filter((figure) => figure === 'score' || figure === 'latency'),
  };
}
