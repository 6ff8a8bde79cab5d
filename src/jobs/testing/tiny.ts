/**
 * A model of two dense layers and samples on which every figure can be worked out on paper.
 *
 *   y₁ = x₁ − x₂, y₂ = x₂ / 4        z = y
 *
 * Calibration gives x the range 0 … 1020 (scale 4), y and z 0 … 255 (scale 1). Weights are exact.
 *   A: x = (41.2, 20)     float z = (21.2, 5)        int8: x = (40, 20), y = z = (20, 5)
 *   B: x = (97.9, 78.2)   float z = (19.7, 19.55)    int8: x = (96, 80), y = z = (16, 20)
 * Both are of class 0: float has both right, int8 has B wrong. Only the second layer in int8 rounds
 * y to (21, 5) and (20, 20), which leaves both right.
 */
import type { RoleOptions, Roles, Sample, Samples } from '../../data/samples';
import { createReferenceBackend } from '../../engine/reference';
import type { Graph, Node, Value } from '../../model/graph';
import { stockRecipe } from '../../quant/recipe';
import type { Recipe } from '../../quant/types';
import { createCores, localLock } from '../cores';
import type { JobContext, WorkerContext } from '../job';
import { needsOf } from '../needs';
import { noHelpers } from '../shards/helpers';
import type { JobEvents, OpenedModel, Progress, QuantizeRequest } from '../types';

const value = (name: string, shape: readonly number[], data?: readonly number[]): Value => ({
  name,
  shape,
  dtype: 'float32',
  ...(data ? { data: Float32Array.from(data) } : {}),
});

const dense = (name: string, inputs: readonly number[], output: number, layer: number): Node => ({
  name,
  op: 'FULLY_CONNECTED',
  attrs: { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false },
  inputs,
  outputs: [output],
  layer,
});

export const tinyGraph: Graph = {
  name: 'tiny',
  values: [
    value('x', [1, 2]),
    value('w1', [2, 2], [1, -1, 0, 0.25]),
    value('y', [1, 2]),
    value('w2', [2, 2], [1, 0, 0, 1]),
    value('z', [1, 2]),
  ],
  nodes: [dense('first', [0, 1, -1], 2, 0), dense('second', [2, 3, -1], 4, 1)],
  inputs: [0],
  outputs: [4],
  layers: [
    { name: 'first', type: 'Dense' },
    { name: 'second', type: 'Dense' },
  ],
};

export const tinyModel: OpenedModel = {
  key: 'model-key',
  name: 'tiny',
  format: 'tflite',
  description: 'two dense layers',
  fileBytes: 1234,
  graph: tinyGraph,
  optimized: tinyGraph,
  issues: [],
  summary: {
    layers: 2,
    params: 8,
    macs: 8,
    inputs: [],
    outputs: [],
    quantized: false,
    unsupported: [],
  },
};

const inputs = [
  [1020, 1020],
  [255, 0],
  [41.2, 20],
  [97.9, 78.2],
] as const;

export const tinySamples: Samples = {
  key: 'samples-key',
  name: 'four',
  description: 'four samples',
  count: inputs.length,
  synthetic: false,
  targets: [{ kind: 'classes', output: 0, count: 2 }],
  checks: [
    {
      id: 'range',
      label: 'Value range',
      status: 'told',
      value: 'none',
      sentence: 'As they are.',
      choices: [{ value: 'none', label: 'none' }],
    },
  ],
  inputShapes: [[1, 2]],
  read: (index) =>
    Promise.resolve<Sample>({ inputs: [Float32Array.from(inputs[index]!)], targets: [0] }),
  sampleKey: (index) => Promise.resolve(`sample ${'CDAB'[index]!}`),
  preview: (index) =>
    Promise.resolve({
      name: `sample ${index}`,
      numbers: Float32Array.from(inputs[index]!),
      min: 0,
      mean: 0,
      max: 0,
    }),
};

export const tinyRoles: Roles = {
  training: [0, 1],
  calibration: [0, 1],
  selection: [],
  evaluation: [2, 3],
  seed: 1,
};

export const tinySource = {
  source: { kind: 'synthetic', name: 'four', key: 'source', count: 4, seed: 1, choices: {} },
  roles: { calibration: 2, seed: 1 } satisfies RoleOptions,
} as const;

export const tinyRecipe = (options: Partial<Recipe> = {}): Recipe => ({
  ...stockRecipe('int8', { io: 'float32' }),
  ...options,
});

export const tinyRequest = (options: Partial<QuantizeRequest> = {}): QuantizeRequest => ({
  model: tinyModel,
  samples: tinySource,
  recipe: tinyRecipe(),
  measure: { latency: false, isolated: true, sensitivity: true },
  ...options,
});

export const tinyOpened = {
  samples: tinySamples,
  roles: tinyRoles,
  needs: needsOf(tinyGraph),
} as const;

/** A worker with the reference engine and the samples above. */
export function tinyWorker(options: Partial<WorkerContext> = {}): WorkerContext {
  return {
    backend: () => Promise.resolve(createReferenceBackend()),
    useThreads: () => undefined,
    cores: createCores(localLock(), 1),
    openSamples: () => Promise.resolve(tinyOpened),
    openInLiteRt: () => Promise.reject(new Error('no runtime here')),
    ...options,
  };
}

export interface Heard<P> {
  readonly events: JobEvents<P>;
  readonly progress: Progress[];
  readonly partials: P[];
}

export function listening<P>(): Heard<P> {
  const progress: Progress[] = [];
  const partials: P[] = [];
  return {
    progress,
    partials,
    events: {
      progress: (one) => {
        progress.push(one);
      },
      partial: (one) => {
        partials.push(one);
      },
    },
  };
}

/** What a job is given, without a wait for cores. */
export function tinyContext<P = never>(
  heard: Heard<P> = listening<P>(),
  options: Partial<JobContext<P>> = {},
): JobContext<P> {
  const { cores, ...worker } = tinyWorker();
  void cores;
  return {
    ...worker,
    events: heard.events,
    stop: { stopped: false },
    helpers: noHelpers,
    share: {
      count: 1,
      beside: () => Promise.resolve(1),
      lent: () => 1,
      others: () => undefined,
      border: () => Promise.resolve(),
      all: (work) => work(() => Promise.resolve()),
    },
    ...options,
  };
}
