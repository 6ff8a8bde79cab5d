/** Small runs with numbers that can be worked out by hand. */
import { stockRecipe } from '../../../quant/recipe';
import type { Recipe } from '../../../quant/types';
import type { LayerFacts, LayerFigures, SampleFigures } from '../../../run/types';
import type { Comparable, Contestant } from '../types';

export interface TestLayer extends LayerFigures {
  readonly id: string;
  readonly layer?: string;
  readonly op?: string;
  readonly bytes?: number;
}

export interface TestRun {
  readonly id: string;
  readonly recipe?: Recipe;
  readonly layers?: readonly TestLayer[];
  readonly accuracy?: number;
  readonly bytes?: number;
  readonly model?: string;
  readonly samples?: string;
  readonly synthetic?: boolean;
  readonly answers?: readonly SampleFigures[];
  readonly from?: string;
  readonly pending?: Comparable['pending'];
  readonly ms?: number;
}

export const sqnr = (value: number) => ({ sqnr: value, cosine: 1, mse: 0, maxAbs: 0 });

export function testRun(options: TestRun): Comparable {
  const { id, recipe, layers = [], accuracy = 90, bytes = 1000, answers = [], ms } = options;
  const { model = 'net', samples = 'digits', synthetic = false, pending = [] } = options;
  const score = {
    kind: 'classes',
    output: 'y',
    label: 'accuracy',
    value: accuracy,
    unit: '%',
    better: 'higher',
    samples: 100,
    synthetic,
    more: [],
  } as const;
  const whole = { scores: [score], fileBytes: bytes, energy: 10, ...(ms ? { ms } : {}) };
  return {
    id,
    made: {
      createdAt: 0,
      subject: { key: model, name: model, format: 'keras', fileBytes: 1 },
      ...(recipe ? { recipe } : {}),
      ...(options.from ? { from: options.from } : {}),
      layers: layers.map(facts),
      samples: {
        key: samples,
        name: samples,
        synthetic,
        checks: [],
        roles: (['calibration', 'evaluation'] as const).map((role) => ({
          role,
          count: 100,
          key: `${samples} ${role}`,
        })),
      },
      engine: 'WASM',
    },
    figures: {
      whole,
      float: { ...whole, fileBytes: 4000, scores: [{ ...score, value: 95 }] },
      likeness: [],
      layers: Object.fromEntries(layers.map(({ id: name, ...figures }) => [name, figures])),
      samples: answers,
      counts: { evaluated: 100, isolated: 100 },
      alarms: [],
    },
    pending,
  };
}

function facts({ id, layer = id, op = 'CONV_2D', bytes = 10 }: TestLayer): LayerFacts {
  return {
    ...{ id, layer, op, type: 'Conv2D', output: id, outputShape: [1, 2] },
    ...{ params: 1, macs: 1, scheme: 'int8' as const },
    why: { code: 'no-rule', params: {} },
    ...{ bytesFloat: 4 * bytes, bytesQuantized: bytes },
    energyFloat: { compute: 2, memory: 2 },
    energyQuantized: { compute: 1, memory: 1 },
  };
}

export const entered = (...runs: readonly Comparable[]): Contestant[] =>
  runs.map((run) => ({ run, label: run.id, state: 'finished' as const }));

export const int8 = stockRecipe('int8');
export const perTensor = stockRecipe('int8-per-tensor');

/** As `layers` takes it, with training of this seed. */
export const trained = (seed: number, epochs = 5): Recipe => ({
  ...int8,
  steps: [
    {
      kind: 'train',
      seed,
      options: {
        epochs,
        batch: 32,
        loss: 'distill',
        optimizer: 'relative',
        learningRate: 0.001,
        augment: false,
        frozen: [],
        ranges: 'learned',
      },
    },
  ],
});

/** One answer a sample: right, or wrong with the class that was said. */
export const said = (list: readonly (readonly [answer: number, correct: boolean])[]) =>
  list.map(([answer, correct], index): SampleFigures => ({
    key: `sample ${index}`,
    index,
    outputs: [{ answer, correct }],
  }));
