/** Models made ready on the backend that answers samples, beside those in WASM whose layers are looked at. */
import type { Sample } from '../../data/samples';
import type { Graph } from '../../model/graph';
import type { JobContext } from '../job';
import { prepare, type Prepared } from '../prepared';
import { computedNow, evaluationEngine, type EvaluationEngine } from './evaluationEngine';
import type { Answering } from './measured';

interface Models {
  readonly quantized: Graph;
  readonly original: Graph;
  /** The first that is only answered; undefined: every sample's layers are looked at. */
  readonly sample: Sample | undefined;
  /** Of the model and its recipe. */
  readonly key: string;
}

/** Runs `work`, and disposes of what was prepared whatever happens. */
export async function withAnswering(
  { quantized, original, sample, key }: Models,
  context: Pick<JobContext, 'backend' | 'gpu' | 'choice' | 'share'>,
  work: (answering: Answering, engine: EvaluationEngine) => Promise<void>,
): Promise<void> {
  const engine = await evaluationEngine({ graph: quantized, sample, key }, context);
  const { backend, batch, floats, computed } = engine;
  if (computed.backend === 'wasm') {
    await work({ computed: () => computed }, engine);
    return;
  }
  const prepared: Prepared[] = [];
  try {
    prepared.push(await prepare(backend, quantized));
    prepared.push(await prepare(floats ? backend : await context.backend(), original));
    const [own, float] = prepared;
    await work(
      {
        models: { quantized: own!, original: float!, batch },
        computed: (answered) =>
          computedNow(
            engine,
            prepared.map(({ executable }) => executable),
            answered,
            floats
              ? `The float model’s answers beyond the samples whose layers are compared, and sensitivity, are float on ${backend.label}: their last digits depend on the adapter.`
              : undefined,
          ),
      },
      engine,
    );
  } finally {
    for (const one of prepared) one.dispose();
  }
}
