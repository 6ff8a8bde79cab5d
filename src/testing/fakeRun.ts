/** Runs with made-up figures: repeatable, plausible, and of the shape that jobs send. Never shipped. */
import type { Check, RoleSummary } from '../data/samples';
import type { OpenedModel } from '../jobs/types';
import type { NodeScheme, Recipe, SchemeId } from '../quant/types';
import type { LayerDetail } from '../run/details';
import type { Score } from '../run/figures';
import { fakeFindings } from './fakeFindings';
import type { LayerFacts, LayerFigures, Made, PendingFigure, Run, SamplesRef } from '../run/types';

export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const drop: Readonly<Record<SchemeId | 'custom' | 'float', number>> = {
  float: 0,
  float16: 0.001,
  dynamic: 0.05,
  int8: 0.2,
  'int8-per-tensor': 37.9,
  int4: 2.4,
  int16x8: 0.01,
  int16x4: 2.3,
  'weight-only': 0.02,
  'weight-only-int4': 2.2,
  custom: 0.4,
};
const shrink: Readonly<Record<SchemeId | 'custom' | 'float', number>> = {
  float: 1,
  float16: 2,
  dynamic: 3.7,
  int8: 3.6,
  'int8-per-tensor': 3.9,
  int4: 6.8,
  int16x8: 3.6,
  int16x4: 6.7,
  'weight-only': 3.8,
  'weight-only-int4': 6.9,
  custom: 3.5,
};
const floatBytes = 412_345;
const floatAccuracy = 98.9;

function bell(next: () => number, low: number, high: number) {
  const counts = new Float64Array(64);
  for (let i = 0; i < 4000; i++) {
    const at = (next() + next() + next() + next()) / 4;
    counts[Math.floor(at * 64)]!++;
  }
  return { min: low, max: high, counts };
}

function detail(id: string, seed: number): LayerDetail {
  const next = random(seed);
  const channels = 16 + Math.floor(next() * 48);
  const spread = Float32Array.from({ length: channels }, () => 0.02 + next() ** 6 * 2);
  return {
    id,
    weights: {
      shape: [channels, 3, 3, 16],
      histogram: bell(next, -0.9, 0.9),
      scale: spread.map((x) => x / 127),
      channelMin: spread.map((x) => -x * (0.5 + 0.5 * next())),
      channelMax: spread,
    },
    activation: {
      histogram: bell(next, -1.2, 9.4),
      clipMin: -1.1,
      clipMax: 6,
      scale: 7.1 / 255,
      zeroPoint: -88,
      seenMin: -1.2,
      seenMax: 9.4,
      why: {
        code: 'calibrated',
        params: { method: 'percentile', parameter: 99.99, samples: 200, min: -1.1, max: 6 },
      },
    },
  };
}

const schemeOf: Readonly<Record<SchemeId | 'custom', NodeScheme>> = {
  float16: 'float16',
  dynamic: 'dynamic',
  int8: 'int8',
  'int8-per-tensor': 'int8',
  int4: 'int8',
  int16x8: 'int16',
  int16x4: 'int16',
  'weight-only': 'weight-only',
  'weight-only-int4': 'weight-only',
  custom: 'int8',
};

interface Layer {
  readonly facts: LayerFacts;
  readonly figures: LayerFigures;
}

function layer(model: OpenedModel, index: number, recipe: Recipe | undefined): Layer {
  const node = model.optimized.nodes[index]!;
  const next = random(index * 7919 + (recipe?.scheme.length ?? 0));
  const float =
    recipe?.rules.some(
      (rule) => rule.algorithm_key === 'no_quantize' && new RegExp(rule.regex).test(node.name),
    ) ?? true;
  const bad = next() < 0.1 || recipe?.scheme === 'int8-per-tensor';
  const sqnr = (bad ? 6 : 32) + next() * 12;
  const error = { sqnr, cosine: 1 - next() / 1000, mse: next() / 100, maxAbs: next() };
  const macs = node.op === 'ADD' ? 0 : Math.floor(next() * 800_000);
  const bytesFloat = node.op === 'ADD' ? 0 : Math.floor(1024 + next() * 60_000);
  const ms = 0.004 + next() * 0.2;
  const output = model.optimized.values[node.outputs[0]!]!;
  const energyFloat = { compute: macs * 4.6, memory: bytesFloat * 12 };
  const facts: LayerFacts = {
    id: node.name,
    layer: model.graph.layers[node.layer]!.name,
    type: model.graph.layers[node.layer]!.type,
    op: node.op,
    output: output.name,
    outputShape: output.shape,
    params: bytesFloat / 4,
    macs,
    scheme: float || !recipe ? 'float32' : schemeOf[recipe.scheme],
    why: !float
      ? {
          code: 'int8-weights',
          params: { rule: 1, regex: '.*', operation: '*', granularity: 'per-channel' },
        }
      : recipe
        ? {
            code: 'float-by-rule',
            params: { rule: 2, regex: `^${node.name}$`, operation: '*' },
          }
        : { code: 'no-rule', params: {} },
    bytesFloat,
    bytesQuantized: float ? bytesFloat : Math.ceil(bytesFloat / 3.8),
    energyFloat,
    energyQuantized: float ? energyFloat : { compute: macs * 0.3, memory: bytesFloat * 3 },
  };
  if (!recipe) return { facts, figures: { msFloat: ms, msQuantized: ms } };
  return {
    facts,
    figures: {
      ...(node.op === 'ADD' && next() < 0.5 ? {} : { isolated: { ...error, sqnr: sqnr + 6 } }),
      accumulated: { ...error, rmseOverScale: 0.29 + next() * 0.6 },
      ...(next() < 0.1 ? {} : { sensitivity: bad ? -next() * 8 : (next() - 0.6) / 5 }),
      msFloat: ms,
      msQuantized: ms / (0.8 + next() * 4),
    },
  };
}

const classNames = Array.from({ length: 10 }, (_, i) => `digit ${i}`);

/** Counts whose diagonal is right in `accuracy` per cent of the samples. */
function confusion(accuracy: number, samples: number): Score['confusion'] {
  const size = classNames.length;
  const each = samples / size;
  const counts = Array.from({ length: size * size }, (_, at) => {
    const [truth, answer] = [Math.floor(at / size), at % size];
    const right = Math.round((each * accuracy) / 100);
    if (truth === answer) return right;
    return (truth + 1) % size === answer ? Math.round(each) - right : 0;
  });
  return { classes: classNames, counts };
}

function score(value: number, samples: number, synthetic: boolean): Score {
  return {
    kind: synthetic ? 'agreement' : 'classes',
    output: 'probabilities',
    label: synthetic ? 'agreement' : 'accuracy',
    value,
    unit: '%',
    better: 'higher',
    samples,
    synthetic,
    more: synthetic ? [] : [{ label: 'top-5', value: Math.min(100, value + 1), unit: '%' }],
    ...(synthetic ? {} : { confusion: confusion(value, samples) }),
  };
}

export interface FakeRunOptions {
  readonly id?: string;
  readonly model: OpenedModel;
  /** Undefined: the model as it is. */
  readonly recipe?: Recipe;
  /** Share of the measurements that is done, 0 … 1. */
  readonly done?: number;
  readonly samples?: SamplesRef;
}

export function fakeSamples(
  part: { synthetic?: boolean; checks?: readonly Check[]; key?: string; evaluation?: number } = {},
): SamplesRef {
  const { synthetic = false, checks = [], key = 'fake samples', evaluation = 2000 } = part;
  const counts = { training: 500, calibration: 200, selection: 50, evaluation } as const;
  return {
    key,
    name: synthetic ? 'Synthetic samples' : 'mnist.npz',
    synthetic,
    roles: Object.entries(counts).map(([role, count]) => ({
      role: role as RoleSummary['role'],
      count,
      key: `${key} ${role}`,
    })),
    checks,
  };
}

/** A run of the model; with `done` below 1, one that still grows. */
export function fakeRun(options: FakeRunOptions): Run {
  const { model, recipe, done = 1, samples = fakeSamples(), id = 'run-1' } = options;
  const scheme = recipe?.scheme ?? 'float';
  const evaluated = samples.roles.find(({ role }) => role === 'evaluation')?.count ?? 0;
  const { synthetic } = samples;
  const layers = model.optimized.nodes.map((_, index) => layer(model, index, recipe));
  const shown = layers.map(({ figures, facts }, index) => {
    const { isolated, sensitivity, msFloat, msQuantized, ...always } = figures;
    const share = index / layers.length;
    const alone = done > 0.6 && (done - 0.6) / 0.4 >= share;
    return [
      facts.id,
      {
        ...always,
        ...(done > 0.3 && isolated ? { isolated } : {}),
        ...(done > 0.6 ? { msFloat, msQuantized } : {}),
        ...(alone && sensitivity !== undefined ? { sensitivity } : {}),
      },
    ] as const;
  });
  const sum = (of: (l: Layer) => number) => layers.reduce((s, l) => s + of(l), 0);
  const energy = (which: 'energyFloat' | 'energyQuantized') =>
    sum(({ facts }) => facts[which].compute + facts[which].memory);
  const timed = done > 0.6;
  const made: Made = {
    createdAt: Date.now(),
    subject: {
      key: model.key,
      name: model.name,
      format: model.format,
      fileBytes: model.fileBytes,
    },
    ...(recipe
      ? { recipe, plan: { target: recipe.target, nodes: {}, values: {}, io: recipe.io } }
      : {}),
    graph: model.optimized,
    converted: model.optimized,
    layers: layers.map(({ facts }) => facts),
    details: recipe
      ? Object.fromEntries(layers.map(({ facts }, index) => [facts.id, detail(facts.id, index)]))
      : {},
    issues: [],
    samples,
    engine: 'WASM relaxed SIMD, 1 thread',
  };
  const accuracy = (synthetic ? 100 : floatAccuracy) - drop[scheme];
  const pending: PendingFigure[] = recipe
    ? done >= 1
      ? []
      : timed
        ? ['sensitivity']
        : ['latency', 'isolated', 'sensitivity']
    : done >= 1
      ? []
      : ['latency'];
  return {
    id,
    made,
    figures: {
      whole: {
        scores: [score(accuracy, evaluated, synthetic)],
        fileBytes: Math.round(floatBytes / shrink[scheme]),
        ...(timed ? { ms: sum(({ figures }) => figures.msQuantized ?? 0) } : {}),
        energy: energy('energyQuantized'),
      },
      float: {
        scores: [score(synthetic ? 100 : floatAccuracy, evaluated, synthetic)],
        fileBytes: floatBytes,
        ...(timed ? { ms: sum(({ figures }) => figures.msFloat ?? 0) } : {}),
        energy: energy('energyFloat'),
      },
      likeness: [{ ...score(99.6 - drop[scheme], evaluated, true), synthetic, kind: 'agreement' }],
      layers: Object.fromEntries(shown),
      samples: [],
      counts: { evaluated, isolated: 100, accumulated: evaluated },
      alarms: [],
      ...(recipe && done >= 1
        ? {
            findings:
              scheme === 'int8-per-tensor' ? fakeFindings(layers.map(({ facts }) => facts.id)) : [],
          }
        : {}),
    },
    pending,
  };
}
