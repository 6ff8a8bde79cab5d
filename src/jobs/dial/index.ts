/**
 * Mixed precision as a dial: every layer alone orders them, then mixtures are measured as wholes on the
 * samples that choose. Sends the run with what there is after each point; stopped, it keeps that.
 */
import {
  answersFrom,
  budgetProblem,
  choose,
  curve,
  forBudget,
  type Space,
} from '../../analysis/dial';
import { cheapestFirst, worstFirst } from '../../analysis/dial/order';
import { macs } from '../../analysis/cost';
import { constantBytes } from '../../analysis/size';
import { IntactError } from '../../model/error';
import { elementCount } from '../../model/graph';
import type { Budget, Dial, DialLayer, DialPoint } from '../../run/dial';
import type { Run } from '../../run/types';
import { fileOf } from '../export';
import type { Job } from '../job';
import { growing } from '../measure/growing';
import { affordable, workOf } from '../measure/work';
import { phases, type Report } from '../progress';
import { aloneSamples, everyAlone } from './alone';
import { groundOf, type Ground } from './ground';
import { layerTimes, type LayerTimes } from './times';
import {
  floatAnswers,
  measurePoint,
  mixKey,
  planner,
  type FloatAnswers,
  type Planner,
} from './points';

/** Multiply-accumulates that all points together may take, as far as the bounds allow. */
const WORK = 4e11;
const POINTS = { least: 10, usual: 24, most: 64 } as const;
const SAMPLES = { least: 16, most: 600 } as const;
/** The float model's outputs, kept to be compared with. */
const KEPT_BYTES = 256 * 2 ** 20;

export const dial: Job<'dial'> = async (request, context) => {
  const ground = await groundOf(request, context);
  const { budget } = request;
  const problem = budget && budgetProblem(budget, ground.scoring.kind);
  if (problem !== undefined) throw new IntactError('usage', problem);
  const report = phases(context.events, {
    alone: 4,
    latency: request.latency ? 2 : 0,
    points: 10,
  });
  const run = growing({ ...request.run, pending: [] }, context.events);
  const plans = planner(ground);
  const count = samplesOfPoints(ground);
  const known = knownOf(request.run, ground, count);
  const layers = known?.layers ?? (await orderedLayers(ground, plans, report.alone));
  report.points('The float model', 0, POINTS.most);
  const float = await floatAnswers(ground, count);
  if (!float) return run.run;
  const times =
    request.latency && !context.stop.stopped
      ? await layerTimes(ground, plans, report.latency)
      : undefined;
  const state = startOf(ground, layers, float, times, known);
  run.set({ dial: state });
  run.publish('now');
  const grown = await searched(
    request.budget,
    state,
    { ground, plans, float, times },
    report.points,
    (now) => {
      run.set({ dial: now });
      run.publish('now');
    },
  );
  run.set({ dial: grown });
  run.publish('now');
  context.events.progress({ label: 'Done', fraction: 1 });
  return run.run;
};

/** Samples of each point: as many as the usual number of points can have. */
function samplesOfPoints({ graph, chosen, original }: Ground): number {
  const each = workOf(graph);
  const bytes = original.outputs.reduce(
    (sum, index) => sum + 4 * elementCount(original.values[index]!.shape),
    0,
  );
  const kept = Math.max(1, Math.floor(KEPT_BYTES / Math.max(1, bytes)));
  return Math.min(chosen.length, kept, affordable(WORK, each * POINTS.usual, SAMPLES));
}

/** What the run has of a dial on these very samples. */
function knownOf({ figures }: Run, { on }: Ground, count: number): Dial | undefined {
  const { dial: known } = figures;
  return known?.on === on && known.samples === count ? known : undefined;
}

async function orderedLayers(
  ground: Ground,
  plans: Planner,
  report: Report,
): Promise<readonly DialLayer[]> {
  const { mixtures, graph } = ground;
  const ids = mixtures.layers.filter(({ follows }) => !follows).map(({ id }) => id);
  const narrow = mixtures.layers.filter(({ low }) => low).map(({ id }) => id);
  const count = aloneSamples(ground, ids.length + narrow.length);
  const together: Report = (label, done) => report(label, done, ids.length + narrow.length);
  const at8 = await everyAlone(ground, ids, 8, count, together);
  const at4 = await everyAlone(ground, narrow, 4, count, (label, done, total) =>
    together(label, ids.length + done, total),
  );
  const [wide, small] = [[], narrow].map((low) =>
    constantBytes(plans.plan({ high: [], low }).converted),
  );
  const work = new Map(graph.nodes.map((node) => [node.name, macs(graph, node)]));
  return mixtures.layers.map((layer): DialLayer => {
    const { id } = layer;
    return {
      ...layer,
      macs: work.get(id) ?? 0,
      saves: layer.low ? (wide!.get(id) ?? 0) - (small!.get(id) ?? 0) : 0,
      ...(at8.has(id) ? { at8: at8.get(id)! } : {}),
      ...(at4.has(id) ? { at4: at4.get(id)! } : {}),
    };
  });
}

function startOf(
  ground: Ground,
  layers: readonly DialLayer[],
  float: FloatAnswers,
  times: LayerTimes | undefined,
  known: Dial | undefined,
): Dial {
  const { on, samples, original, scoring } = ground;
  const { score } = float;
  const ms = times?.float ?? known?.float.ms;
  const latency = times?.said ?? known?.latency;
  const measured = layers.filter(({ at8, follows }) => at8 && !follows).length;
  return {
    on,
    samples: float.answers.length,
    aloneSamples:
      known?.aloneSamples ??
      aloneSamples(ground, measured + layers.filter(({ low }) => low).length),
    synthetic: samples.synthetic,
    float: {
      score,
      bytes: fileOf(original).length,
      ...(ms === undefined ? {} : { ms }),
      answers: answersFrom(float.answers),
    },
    layers,
    worstFirst: worstFirst(layers, { kind: scoring.kind, better: score.better }),
    cheapestFirst: cheapestFirst(layers, { kind: scoring.kind, better: score.better }),
    points: known?.points ?? [],
    ...(latency === undefined ? {} : { latency }),
  };
}

interface Means {
  readonly ground: Ground;
  readonly plans: Planner;
  readonly float: FloatAnswers;
  readonly times: LayerTimes | undefined;
}

/** Asks the search for one mixture after another; each that was measured before is answered at once. */
async function searched(
  budget: Budget | undefined,
  start: Dial,
  { ground, plans, float, times }: Means,
  report: Report,
  grown: (dial: Dial) => void,
): Promise<Dial> {
  const { context } = ground;
  const timed = (point: DialPoint): DialPoint => {
    const ms = times?.of(point);
    return ms === undefined ? point : { ...point, ms };
  };
  let now: Dial = { ...start, points: start.points.map(timed) };
  const known = new Map(now.points.map((point) => [mixKey(point), point]));
  const space: Space = {
    worstFirst: now.worstFirst,
    cheapestFirst: now.cheapestFirst,
    macs: new Map(now.layers.map(({ id, macs: work }) => [id, work])),
    bytes: (mix) => plans.plan(mix).bytes,
    highShare: plans.highShare,
    float: now.float,
  };
  const allowed = Math.min(
    POINTS.most,
    Math.max(POINTS.least, Math.floor(WORK / (workOf(ground.graph) * float.answers.length))),
  );
  const search = budget ? forBudget(budget, space) : curve(space);
  const chosen = () => {
    const choice = budget && choose(budget, now);
    return choice ? { chosen: choice } : {};
  };
  let made = 0;
  let step = search.next();
  while (!step.done) {
    if (context.stop.stopped) return { ...now, ...chosen(), ended: 'stopped' };
    const planned = plans.plan(step.value);
    let point = known.get(planned.key);
    if (!point) {
      if (made >= allowed) return { ...now, ...chosen(), ended: 'spent' };
      report(`Mixture ${made + 1} on ${float.answers.length} samples`, made, allowed);
      const measured = await measurePoint(ground, planned, step.value.found, float);
      if (!measured) return { ...now, ...chosen(), ended: 'stopped' };
      point = timed(measured);
      made++;
      known.set(planned.key, point);
      now = { ...now, points: [...now.points, point] };
      now = { ...now, ...chosen() };
      grown(now);
      await context.share.border();
    }
    step = search.next(point);
  }
  return { ...now, ...chosen() };
}
