/** Jobs with made-up figures, to build and look at the page without an engine. Never shipped. */
import { why } from '../../quant/why';
import { suggestPreprocessing } from '../../data/preprocess';
import { sampleShapeOf } from '../../jobs/feeds';
import type { LayerDetail, LayerResult } from '../../analysis/types';
import type { Dataset } from '../../data/types';
import type { JobEvents, OpenedModel, QuantizeRequest, Run } from '../../jobs/types';
import { IntactError } from '../../model/error';
import type { JobsClient } from '../../jobs/client';
import { fakeModel } from './fakeModel';

export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const drop = {
  float16: 0.001,
  dynamic: 0.05,
  int8: 0.2,
  'int8-per-tensor': 37.9,
  custom: 0.4,
} as const;
const shrink = {
  float16: 2,
  dynamic: 3.7,
  int8: 3.6,
  'int8-per-tensor': 3.9,
  custom: 3.5,
} as const;

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
      why: why('calibrated', {
        method: 'percentile',
        parameter: 99.99,
        samples: 200,
        min: -1.1,
        max: 6,
      }),
    },
  };
}

function layer(model: OpenedModel, index: number, request: QuantizeRequest): LayerResult {
  const node = model.optimized.nodes[index]!;
  const next = random(index * 7919 + request.recipe.scheme.length);
  const float = request.recipe.rules.some(
    (rule) => rule.algorithm_key === 'no_quantize' && new RegExp(rule.regex).test(node.name),
  );
  const bad = next() < 0.1 || request.recipe.scheme === 'int8-per-tensor';
  const sqnr = (bad ? 6 : 32) + next() * 12;
  const error = { sqnr, cosine: 1 - next() / 1000, mse: next() / 100, maxAbs: next() };
  const macs = node.op === 'ADD' ? 0 : Math.floor(next() * 800_000);
  const bytesFloat = node.op === 'ADD' ? 0 : Math.floor(1024 + next() * 60_000);
  const ms = 0.004 + next() * 0.2;
  return {
    id: node.name,
    layer: model.graph.layers[node.layer]!.name,
    type: model.graph.layers[node.layer]!.type,
    op: node.op,
    output: model.graph.values[node.outputs[0]!]!.name,
    outputShape: model.graph.values[node.outputs[0]!]!.shape,
    params: bytesFloat / 4,
    macs,
    scheme: float
      ? 'float32'
      : request.recipe.scheme === 'int8-per-tensor'
        ? 'int8'
        : request.recipe.scheme,
    why: why('recorded', { text: float ? 'Override: stays float' : 'Rule 1: * of static_wi8_ai8' }),
    bytesFloat,
    bytesQuantized: float ? bytesFloat : Math.ceil(bytesFloat / 3.8),
    energyFloat: { compute: macs * 4.6, memory: bytesFloat * 12 },
    energyQuantized: { compute: macs * 0.3, memory: bytesFloat * 3 },
    ...(node.op === 'ADD' && next() < 0.5 ? {} : { isolated: { ...error, sqnr: sqnr + 6 } }),
    accumulated: { ...error, rmseOverScale: 0.29 + next() * 0.6 },
    ...(next() < 0.1 ? {} : { sensitivity: bad ? -next() * 8 : (next() - 0.6) / 5 }),
    msFloat: ms,
    msQuantized: ms / (0.8 + next() * 4),
  };
}

function fakeRun(request: QuantizeRequest, id: string, done: number): Run {
  const { model, recipe, samples } = request;
  const scheme = recipe.scheme;
  const { synthetic } = samples.dataset;
  const count = samples.split.evaluation.length;
  const kind = synthetic ? ('agreement' as const) : ('accuracy' as const);
  const score = (value: number) => ({ kind, value, unit: '%' as const, samples: count, synthetic });
  const layers = model.optimized.nodes.map((_, index) => {
    const { isolated, sensitivity, msFloat, msQuantized, ...always } = layer(model, index, request);
    const share = index / model.optimized.nodes.length;
    return {
      ...always,
      ...(done > 0.3 && isolated ? { isolated } : {}),
      ...(done > 0.6 ? { msFloat, msQuantized } : {}),
      ...(done > 0.6 && (done - 0.6) / 0.4 >= share && sensitivity !== undefined
        ? { sensitivity }
        : {}),
    };
  });
  const sum = (of: (l: (typeof layers)[number]) => number) => layers.reduce((s, l) => s + of(l), 0);
  return {
    id,
    createdAt: Date.now(),
    modelName: model.name,
    recipe,
    plan: { target: recipe.target, nodes: {}, values: {}, io: recipe.io },
    graph: model.optimized,
    floatScore: score(synthetic ? 100 : 98.9),
    score: score((synthetic ? 100 : 98.9) - drop[scheme]),
    agreement: { ...score(99.6 - drop[scheme]), kind: 'agreement' },
    fileBytes: Math.round(412_345 / shrink[scheme]),
    floatFileBytes: 412_345,
    ...(done > 0.6
      ? { msFloat: sum((l) => l.msFloat ?? 0), msQuantized: sum((l) => l.msQuantized ?? 0) }
      : {}),
    energyFloat: sum((l) => l.energyFloat.compute + l.energyFloat.memory),
    energyQuantized: sum((l) => l.energyQuantized.compute + l.energyQuantized.memory),
    layers,
    details: Object.fromEntries(layers.map((l, i) => [l.id, detail(l.id, i)])),
    issues: [],
    engine: 'WASM relaxed SIMD, 1 thread',
    samples: { calibration: samples.split.calibration.length, evaluation: count, synthetic },
    pending: done >= 1 ? [] : done > 0.6 ? ['sensitivity'] : ['latency', 'sensitivity'],
  };
}

function fakeData(inputShape: readonly number[], count: number, synthetic: boolean): Dataset {
  const size = inputShape.slice(1).reduce((a, b) => a * b, 1);
  const next = random(5);
  const samples = new Uint8Array(count * size);
  for (let s = 0; s < count; s++) {
    let x = 8 + next() * 12;
    let y = 4;
    for (let step = 0; step < 60; step++) {
      x = Math.min(25, Math.max(2, x + (next() - 0.5) * 2.5));
      y = Math.min(25, y + next() * 0.7);
      samples[s * size + Math.floor(y) * 28 + Math.floor(x)] = 255;
      samples[s * size + Math.floor(y) * 28 + Math.floor(x) + 1] = 160;
    }
  }
  return {
    name: synthetic ? 'Synthetic samples' : 'mnist.npz',
    description: synthetic ? 'Synthetic' : 'NPZ (x, y)',
    count,
    sampleShape: inputShape.slice(1),
    samples,
    ...(synthetic ? {} : { labels: new Int32Array(count).map((_, i) => i % 10) }),
    synthetic,
  };
}

/** `pace`: milliseconds per step; 0 in tests. */
export function createFakeJobs(pace = 60): JobsClient {
  let generation = 0;
  let runs = 0;
  async function steps(
    label: string,
    count: number,
    events: JobEvents,
    at?: (done: number) => void,
  ) {
    const mine = generation;
    for (let i = 1; i <= count; i++) {
      await new Promise((resolve) => setTimeout(resolve, pace));
      if (mine !== generation) throw new IntactError('cancelled', 'Cancelled.');
      events.progress({ label: `${label} ${i} of ${count}`, fraction: i / count });
      at?.(i / count);
    }
  }
  return {
    cancel: () => void generation++,
    async openModel(files, events) {
      const [file] = files;
      await steps('Reading part', 3, events);
      if (!file || file.path.includes('bad')) {
        throw new IntactError(
          'not-this-format',
          `${file?.path} is a PyTorch checkpoint. Export it to TensorFlow Lite or Keras and open that.`,
        );
      }
      return fakeModel(file.path, file.path.includes('big') ? 150 : 12);
    },
    async readData(_files, inputShape, events) {
      await steps('Decoding sample', 4, events);
      return fakeData(inputShape, 2000, false);
    },
    choosePreprocessing: async (model, dataset) => ({
      preprocessing: suggestPreprocessing(dataset, sampleShapeOf(model.graph)),
      tried: [],
    }),
    syntheticData: async (inputShape, count) => fakeData(inputShape, count, true),
    async quantize(request, events) {
      const id = `run-${Date.now()}-${runs++}`;
      await steps('Calibrating: sample', 10, events, (done) => {
        if (done >= 0.5) events.partial?.(fakeRun(request, id, 0.2));
      });
      await steps('Measuring layer', 20, events, (done) =>
        events.partial?.(fakeRun(request, id, 0.3 + 0.69 * done)),
      );
      return fakeRun(request, id, 1);
    },
    evaluate: async (_model, samples) => ({
      score: {
        kind: 'accuracy',
        value: 92.5,
        unit: '%',
        samples: samples.split.evaluation.length,
        synthetic: false,
      },
      ms: 0.3,
      engine: 'made up',
    }),
    exportTflite: async () => new Uint8Array(1000),
    async verify(_model, _run, samples, events) {
      await steps('LiteRT: sample', 8, events);
      const count = samples.split.evaluation.length;
      return {
        runtime: 'LiteRT.js 2.5.3',
        samples: count,
        identical: count,
        largestDifference: 0,
        largestSteps: 0,
      };
    },
  };
}
