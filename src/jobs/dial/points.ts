/** Mixtures measured as wholes: converted, run on the samples that choose, written to know their bytes. */
import { macs } from '../../analysis/cost';
import { ErrorAccumulator } from '../../analysis/compare';
import { answersFrom, isWorse, type Mix } from '../../analysis/dial';
import type { Sample } from '../../data/samples';
import type { Graph } from '../../model/graph';
import { convert, type Constants } from '../../quant/convert';
import { mixedPlan } from '../../quant/mixed';
import { withOverrides, type Override } from '../../quant/recipe';
import type { Plan } from '../../quant/types';
import type { Dial, DialPoint } from '../../run/dial';
import type { SampleAnswer } from '../../run/types';
import { fileOf } from '../export';
import { scoresOf } from '../measure/scores';
import { activationBytes, constantBytes, workOf } from '../measure/work';
import { runnable } from '../prepared';
import { inOrder } from '../shards/inOrder';
import { readOnce } from '../shards/readOnce';
import { worstSqnr } from './alone';
import { answersShard } from './answers';
import type { Ground } from './ground';

/** What is known of a mixture without running it. */
export interface Planned {
  readonly key: string;
  /** Every layer, followers too, in the graph's order. */
  readonly high: readonly string[];
  readonly low: readonly string[];
  readonly overrides: Readonly<Record<string, Override>>;
  readonly plan: Plan;
  readonly converted: Graph;
  readonly bytes: number;
  readonly highShare: number;
}

export const mixKey = ({ high, low }: Pick<DialPoint, 'high' | 'low'>) =>
  JSON.stringify([high, low]);

export interface Planner {
  plan(mix: Omit<Mix, 'found'>): Planned;
  /** Part of the MACs above 8 bit, without a conversion. */
  highShare(mix: Pick<Mix, 'high'>): number;
}

/** Plans mixtures; what was planned last stays known, and constants are made once. */
export function planner(ground: Ground): Planner {
  const { graph, stats, settled, mixtures } = ground;
  const constants: Constants = new Map();
  const work = graph.nodes.map((node) => ({ id: node.name, macs: macs(graph, node) }));
  const sum = (nodes: typeof work) => nodes.reduce((total, one) => total + one.macs, 0);
  const all = sum(work);
  const mixed = new Set(mixtures.layers.map(({ id }) => id));
  const apart = work.filter(({ id }) => !mixed.has(id) && isAbove8(ground.plan.nodes[id]?.scheme));
  const highShare = ({ high }: Pick<Mix, 'high'>) => {
    const raised = mixtures.withFollowers(new Set(high));
    const above = work.filter(({ id }) => mixed.has(id) && raised.has(id));
    return all === 0 ? 0 : (sum(above) + sum(apart)) / all;
  };
  const sizes = new Map<string, Omit<Planned, 'plan' | 'converted'>>();
  let last: Planned | undefined;
  const plan = (mix: Omit<Mix, 'found'>): Planned => {
    const raised = mixtures.withFollowers(new Set(mix.high));
    const narrow = new Set(mix.low);
    const ids = mixtures.layers.filter(({ id }) => raised.has(id));
    const high = ids.map(({ id }) => id);
    const low = mixtures.layers.flatMap((layer) =>
      layer.low && narrow.has(layer.id) && !raised.has(layer.id) ? [layer.id] : [],
    );
    const key = mixKey({ high, low });
    if (last?.key === key) return last;
    const overrides = mixtures.overrides(raised, new Set(low));
    const planned = mixedPlan(graph, withOverrides(mixtures.base, overrides), stats, settled);
    const converted = convert(graph, planned, constants);
    const known = sizes.get(key) ?? {
      ...{ key, high, low, overrides, highShare: highShare(mix) },
      bytes: fileOf(converted).length,
    };
    sizes.set(key, known);
    last = { ...known, plan: planned, converted };
    return last;
  };
  return { plan, highShare };
}

const isAbove8 = (scheme: Plan['nodes'][string]['scheme'] | undefined) =>
  scheme !== 'int8' && scheme !== 'dynamic';

/** The float model's outputs to the samples that choose, and what it scores. */
export interface FloatAnswers {
  readonly outputs: readonly (readonly Float32Array[])[];
  readonly answers: readonly SampleAnswer[];
  readonly score: Dial['float']['score'];
}

/** Runs a graph on the first `count` samples; undefined when stopped midway. */
async function answered(
  graph: Graph,
  ground: Ground,
  count: number,
  done: (position: number, sample: Sample, outputs: readonly Float32Array[]) => void,
): Promise<boolean> {
  const { samples, chosen, backend, context } = ground;
  const setup = { graph: runnable(graph) };
  const own = await answersShard(setup, backend);
  const read = readOnce(samples, chosen);
  try {
    const delivered = await inOrder(
      {
        ...{ kind: 'answers', setup, own, count },
        bytes: 2 * constantBytes(setup.graph) + activationBytes(setup.graph),
        work: workOf(setup.graph),
        task: async (position) => {
          const sample = await read.at(position);
          return sample.inputs;
        },
        done(position, outputs) {
          const sample = read.take(position);
          done(position, sample, outputs);
        },
        stopped: () => context.stop.stopped,
      },
      context,
    );
    return delivered === count;
  } finally {
    own.dispose();
  }
}

export async function floatAnswers(
  ground: Ground,
  count: number,
): Promise<FloatAnswers | undefined> {
  const scores = scoresOf([ground.scoring], ground.samples, 'target');
  const outputs: (readonly Float32Array[])[] = [];
  const answers: SampleAnswer[] = [];
  const whole = await answered(ground.original, ground, count, (_, sample, given) => {
    outputs.push(given);
    answers.push(scores.add(sample, given, given)[0]!);
  });
  return whole ? { outputs, answers, score: scores.scores()[0]! } : undefined;
}

/** One mixture on the same samples; undefined when stopped midway. */
export async function measurePoint(
  ground: Ground,
  { high, low, overrides, plan, converted, bytes, highShare }: Planned,
  found: DialPoint['found'],
  float: FloatAnswers,
): Promise<DialPoint | undefined> {
  const { scoring, samples, mixtures } = ground;
  const scores = scoresOf([scoring], samples, 'target');
  const errors = ground.original.outputs.map(() => new ErrorAccumulator());
  const answers: SampleAnswer[] = [];
  const whole = await answered(
    converted,
    ground,
    float.answers.length,
    (position, sample, given) => {
      const expected = float.outputs[position]!;
      answers.push(scores.add(sample, given, expected)[0]!);
      for (const [output, error] of errors.entries()) error.add(expected[output]!, given[output]!);
    },
  );
  if (!whole) return undefined;
  const own = answersFrom(answers);
  return {
    ...{ high, low, overrides, found, bytes, highShare },
    score: scores.scores()[0]!,
    sqnr: worstSqnr(errors),
    beyondChance: isWorse(answersFrom(float.answers), own),
    ...(plan.io === mixtures.base.io ? {} : { border: plan.io }),
    answers: own,
  };
}
