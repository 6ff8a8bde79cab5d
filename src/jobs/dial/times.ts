/** Every layer's time at each precision, in whole models timed in turn: what a mixture's latency is estimated from. */
import type { DialPoint } from '../../run/dial';
import { latencies, type Latency } from '../measure/latency';
import { runnable } from '../prepared';
import type { Report } from '../progress';
import type { Ground } from './ground';
import type { Planner } from './points';

export interface LayerTimes {
  /** Of the float model, ms. */
  readonly float: number;
  /** Sum over the layers, each at its precision, ms; undefined where one was not timed. */
  of(point: Pick<DialPoint, 'high' | 'low'>): number | undefined;
  readonly said: string;
}

/** Milliseconds of timing, for all four models. */
const BUDGET_MS = 4000;

export async function layerTimes(
  { original, mixtures, samples, chosen, backend, context }: Ground,
  { plan }: Planner,
  report: Report,
): Promise<LayerTimes> {
  const free = mixtures.layers.filter(({ follows }) => !follows).map(({ id }) => id);
  const narrow = mixtures.layers.filter(({ low }) => low).map(({ id }) => id);
  const mixes = [
    { high: [], low: [] },
    { high: free, low: [] },
    ...(narrow.length > 0 ? [{ high: [], low: narrow }] : []),
  ];
  const graphs = mixes.map((mix) => runnable(plan(mix).converted));
  const sample = await samples.read(chosen[0]!);
  const [float, at8, at16, at4] = await latencies([original, ...graphs], sample, {
    ...{ backend, share: context.share, report, budgetMs: BUDGET_MS },
  });
  const ids = original.nodes.map(({ name }) => name);
  return {
    float: float!.total,
    of: ({ high, low }) => {
      const [raised, narrowed] = [new Set(high), new Set(low)];
      const of = (id: string): Latency | undefined =>
        raised.has(id) ? at16 : narrowed.has(id) ? at4 : at8;
      const sum = ids.reduce((total, id) => total + (of(id)?.layers.get(id) ?? NaN), 0);
      return Number.isNaN(sum) ? undefined : sum;
    },
    said: `Estimated: the sum of the layers’ times, each timed at its precision in a whole model in this browser’s engine (${backend.label}); what stands between two precisions is not in it.`,
  };
}
