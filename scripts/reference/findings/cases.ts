/** Every rule: nets that have its fault, in two architectures, and nets that nearly have it. */
import type { Backend } from '../../../src/engine/engine';
import type { Override } from '../../../src/quant/recipe';
import type { Calibration, SchemeId } from '../../../src/quant/types';
import type { RuleId } from '../../../src/run/findings';
import { architectures, detector, difference, regression, type MakeOptions } from './architectures';
import {
  fitReadout,
  layerOf,
  madeData,
  normal,
  normalise,
  outputsOf,
  type DataOptions,
  type Labelled,
  type Net,
} from './nets';

export interface Made {
  readonly net: Net;
  readonly calibration: Labelled;
  readonly evaluation: Labelled;
  /** Labels are those of the data; undefined: the outputs are only held against float's. */
  readonly labelled: boolean;
  readonly scheme?: SchemeId;
  readonly method?: Calibration;
  readonly overrides?: Readonly<Record<string, Override>>;
  readonly latency?: boolean;
}
export interface Case {
  readonly rule: RuleId | 'healthy';
  readonly architecture: string;
  readonly kind: 'fault' | 'near' | 'healthy';
  /** Thresholds are set on one half and judged on the other. */
  readonly half: 'set' | 'judged';
  /** Other rules that name the same cause rightly. */
  readonly alsoRight?: readonly RuleId[];
  make(backend: Backend): Promise<Made>;
}

const CALIBRATION = 120;
const EVALUATION = 300;
const FITTING = 240;
type ArchitectureId = keyof typeof architectures;

interface Recipe extends Partial<Omit<Made, 'net'>> {
  readonly data?: Partial<DataOptions>;
  readonly options?: MakeOptions;
  readonly gain?: number;
  /** Between the weights' normalising and the readout's fit. */
  readonly fault?: (net: Net, data: Labelled, backend: Backend) => void | Promise<void>;
  /** After the fit. */
  readonly head?: (net: Net, data: Labelled, backend: Backend) => void | Promise<void>;
  readonly calibrationOf?: (data: Labelled) => Labelled;
  readonly evaluationOf?: (data: Labelled) => Labelled;
  readonly unfit?: boolean;
}

const part = ({ inputs, labels }: Labelled, from: number, to: number): Labelled => ({
  inputs: inputs.slice(from, to),
  labels: labels.slice(from, to),
});
const scaled = ({ inputs, labels }: Labelled, by: number): Labelled => ({
  inputs: inputs.map((one) => one.map((x) => by * x)),
  labels,
});

async function made(net: Net, seed: number, recipe: Recipe, backend: Backend): Promise<Made> {
  const shape = net.values[net.input]!.shape;
  const count = FITTING + CALIBRATION + EVALUATION;
  const noise = net.name === 'plain' ? 1 : shape.length === 4 ? 0.35 : 0.7;
  const contrast = shape.length === 4 ? 0.08 : 0.2;
  const classes = recipe.options?.classes ?? 6;
  const data = madeData({
    ...{ seed: seed + 1, classes, shape, count, noise, contrast },
    ...recipe.data,
  });
  const fitting = part(data, 0, FITTING);
  await normalise(net, part(fitting, 0, 40).inputs, backend);
  await recipe.fault?.(net, fitting, backend);
  if (!recipe.unfit && net.nodes.some(({ name }) => name === 'logits'))
    await fitReadout(net, 'logits', fitting, backend, recipe.gain);
  await recipe.head?.(net, fitting, backend);
  const { calibrationOf = (one) => one, evaluationOf = (one) => one } = recipe;
  const { data: _, options, gain, fault, head, unfit, ...rest } = recipe;
  void [_, options, gain, fault, head, unfit];
  return {
    labelled: true,
    ...rest,
    net,
    calibration: calibrationOf(part(data, FITTING, FITTING + CALIBRATION)),
    evaluation: evaluationOf(part(data, FITTING + CALIBRATION, count)),
  };
}

const on =
  (id: ArchitectureId, seed: number, recipe: Recipe) =>
  (backend: Backend): Promise<Made> =>
    made(architectures[id].make(seed, recipe.options), seed, recipe, backend);
const of =
  (make: () => Net, seed: number, recipe: Recipe) =>
  (backend: Backend): Promise<Made> =>
    made(make(), seed, recipe, backend);

/** The four nets of one rule: fault and near miss, on two architectures. */
function four(
  rule: RuleId,
  set: readonly [string, Case['make'], Case['make']],
  judged: readonly [string, Case['make'], Case['make']],
  alsoRight: readonly RuleId[] = [],
): Case[] {
  return (
    [
      ['set', set],
      ['judged', judged],
    ] as const
  ).flatMap(([half, [architecture, fault, near]]) => [
    { rule, architecture, kind: 'fault', half, alsoRight, make: fault },
    { rule, architecture, kind: 'near', half, alsoRight, make: near },
  ]);
}

// ── Faults ─────────────────────────────────────────────────────────────────────────────────────

/** Channels whose input is all but dead, and whose weights make up for it: what BatchNorm's folding gives. */
const unevenChannels =
  (id: ArchitectureId, by: number, channels = 2) =>
  (net: Net) => {
    const { before, middle, after } = architectures[id];
    const [from, own, to] = [layerOf(net, before), layerOf(net, middle), layerOf(net, after)];
    for (let channel = 0; channel < channels; channel++) {
      from.scale(channel, 1 / by);
      if (own.node.op === 'DEPTHWISE_CONV_2D') {
        for (const at of own.weightsOf(channel)) own.w[at]! *= by;
      } else {
        for (let other = 0; other < own.channels; other++)
          own.scaleInput(other, channel, other === channel ? by : 0);
      }
      to.scaleAllInputs(channel, 0.05);
    }
  };

/** A unit that hardly ever fires, and then by far the most, and that nobody reads. */
const spikes =
  ([middle, after]: readonly [string, string], by: number) =>
  async (net: Net, data: Labelled, backend: Backend) => {
    const own = layerOf(net, middle);
    const seen = (await outputsOf(net, middle, data.inputs, backend)).flatMap((one) =>
      Array.from(one).filter((_, at) => at % own.channels === 0),
    );
    seen.sort((a, b) => a - b);
    // Three in a thousand numbers of this channel.
    const threshold = seen[Math.floor(0.997 * seen.length)]!;
    const most = seen.at(-1)! - threshold;
    own.b[0]! -= threshold;
    own.scale(0, (4 * by) / Math.max(most, 1e-3));
    layerOf(net, after).scaleAllInputs(0, 0);
  };

/** Inputs of a layer far from zero in the mean: errors of weights become errors of the mean. */
const lifted = (id: ArchitectureId, by: number) => (net: Net) => {
  const { before, middle } = architectures[id];
  const [from, own] = [layerOf(net, before), layerOf(net, middle)];
  for (let channel = 0; channel < from.channels; channel++) from.b[channel]! += by;
  for (let channel = 0; channel < own.channels; channel++) {
    const sum = own.weightsOf(channel).reduce((all, at) => all + own.w[at]!, 0);
    own.b[channel]! -= by * sum;
  }
};

const leaky = (alpha: number): MakeOptions => ({
  activation: (b, name, x) => b.unary(`${name}/leaky`, 'LEAKY_RELU', x, { alpha }),
});
/** Units whose numbers are far below zero, where the activation passes a part of them, and that nobody reads. */
const sunken =
  (id: ArchitectureId, by: number, units = 4) =>
  (net: Net) => {
    const { middle, after } = architectures[id];
    const own = layerOf(net, middle);
    for (let channel = 0; channel < units; channel++) {
      own.scale(channel, by / 3);
      own.b[channel]! -= 2 * by;
      layerOf(net, after).scaleAllInputs(channel, 0);
    }
  };

/** In every channel one weight of a dead input that is by far the largest. */
const oneLargeWeight = (id: ArchitectureId, by: number) => (net: Net) => {
  const { before, middle } = architectures[id];
  const [from, own] = [layerOf(net, before), layerOf(net, middle)];
  from.scale(0, 0.2 / by);
  const draw = normal(5);
  for (let channel = 0; channel < own.channels; channel++)
    own.scaleInput(channel, 0, by * (1 + 0.2 * draw()));
};

/** Both branches get the same part, `by` times what they differ by. */
const common = (by: number) => (net: Net) => {
  const [left, right] = [layerOf(net, 'left'), layerOf(net, 'right')];
  for (let channel = 0; channel < left.channels; channel++) {
    left.b[channel]! += by * (channel % 2 === 0 ? 1 : -1);
    right.b[channel]! += by * (channel % 2 === 0 ? 1 : -1);
  }
};

/** The last class is told from the one before it by a hair, always on the same side. */
const byAHair = (margin: number) => (net: Net) => {
  const { w, b, channels } = layerOf(net, 'logits');
  const each = w.length / channels;
  const [one, other] = [channels - 2, channels - 1];
  for (let i = 0; i < each; i++) {
    const at = [one * each + i, other * each + i] as const;
    const middle = (w[at[0]]! + w[at[1]]!) / 2;
    const apart = w[at[1]]! - w[at[0]]!;
    w[at[0]] = middle - margin * apart;
    w[at[1]] = middle + margin * apart;
  }
  const [middle, apart] = [(b[one]! + b[other]!) / 2, b[other]! - b[one]!];
  b[one] = middle - margin * apart;
  b[other] = middle + margin * apart;
};

/** A logit that is never answered and far below the others. */
const farClass = (by: number) => (net: Net) => {
  const { w, b, channels } = layerOf(net, 'logits');
  const each = w.length / channels;
  const draw = normal(9);
  for (let i = 0; i < each; i++) w[(channels - 1) * each + i] = (by / each) * Math.abs(draw());
  for (let i = 0; i < each; i++) w[(channels - 1) * each + i]! *= -1;
  b[channels - 1] = -by;
};

const low = (by: number) => (net: Net) => {
  const { b, channels, w } = layerOf(
    net,
    net.nodes.some(({ name }) => name === 'logits') ? 'logits' : 'classes',
  );
  for (let i = 0; i < w.length; i++) w[i]! *= 0.3;
  for (let channel = 0; channel < channels; channel++) b[channel] = 0.3 * b[channel]! - by;
};

const few = (count: number) => (data: Labelled) => part(data, 0, count);
const percentile = (p: number): Calibration =>
  ({ method: 'percentile', percentile: p }) as Calibration;
const tensor = { scheme: 'int8-per-tensor' } as const;

export const cases: readonly Case[] = [
  ...four(
    'channel-ranges',
    [
      'separable',
      on('separable', 11, { ...tensor, fault: unevenChannels('separable', 80) }),
      on('separable', 12, { ...tensor, fault: unevenChannels('separable', 3) }),
    ],
    [
      'dense',
      on('dense', 13, { ...tensor, fault: unevenChannels('dense', 100, 3) }),
      on('dense', 14, { ...tensor, fault: unevenChannels('dense', 3, 3) }),
    ],
  ),
  ...four(
    'unlike-things',
    [
      'detector',
      of(() => detector(21, 300), 21, { labelled: false }),
      of(() => detector(22, 0.5), 22, { labelled: false }),
    ],
    [
      'regression',
      of(() => regression(23, 500), 23, { labelled: false }),
      of(() => regression(24, 2), 24, { labelled: false }),
    ],
  ),
  ...four(
    'outliers',
    [
      'residual',
      on('residual', 31, { fault: spikes(['a1', 'a2'], 25) }),
      on('residual', 32, { fault: spikes(['a1', 'a2'], 1.5) }),
    ],
    [
      'plain',
      on('plain', 33, { fault: spikes(['conv1', 'conv2'], 25) }),
      on('plain', 34, { fault: spikes(['conv1', 'conv2'], 1.5) }),
    ],
  ),
  ...four(
    'beyond-range',
    [
      'separable',
      on('separable', 41, { method: percentile(92) }),
      on('separable', 42, { method: percentile(99.99) }),
    ],
    [
      'dense',
      on('dense', 43, { method: percentile(92) }),
      on('dense', 44, { method: percentile(99.99) }),
    ],
  ),
  ...four(
    'bias-shift',
    [
      'dense',
      on('dense', 51, { scheme: 'int4', fault: lifted('dense', 6) }),
      on('dense', 52, { fault: lifted('dense', 1) }),
    ],
    [
      'plain',
      on('plain', 53, { scheme: 'int4', fault: lifted('plain', 6) }),
      on('plain', 54, { fault: lifted('plain', 1) }),
    ],
  ),
  ...four(
    'negative-tail',
    [
      'dense',
      on('dense', 61, { options: leaky(0.3), fault: sunken('dense', 60) }),
      on('dense', 62, { options: leaky(0.3) }),
    ],
    [
      'plain',
      on('plain', 63, { options: leaky(0.3), fault: sunken('plain', 60) }),
      on('plain', 64, { options: leaky(0.3) }),
    ],
  ),
  ...four(
    'coarse-grid',
    [
      'dense',
      on('dense', 71, { fault: oneLargeWeight('dense', 150) }),
      on('dense', 72, { fault: oneLargeWeight('dense', 2) }),
    ],
    [
      'residual',
      on('residual', 73, { fault: oneLargeWeight('residual', 300) }),
      on('residual', 74, { fault: oneLargeWeight('residual', 2) }),
    ],
    ['first-divergence'],
  ),
  ...four(
    'first-divergence',
    [
      'difference, dense',
      of(() => difference(81, [1, 24]), 81, { fault: common(120) }),
      of(() => difference(82, [1, 24]), 82, { fault: common(2) }),
    ],
    [
      'difference, convolutions',
      of(() => difference(83, [1, 12, 12, 3]), 83, { fault: common(200) }),
      of(() => difference(84, [1, 12, 12, 3]), 84, { fault: common(2) }),
    ],
    ['coarse-grid'],
  ),
  ...four(
    'vanished-classes',
    ['dense', on('dense', 91, { head: byAHair(0.002) }), on('dense', 92, { head: byAHair(0.2) })],
    [
      'separable',
      on('separable', 93, { head: byAHair(0.0004) }),
      on('separable', 94, { head: byAHair(0.2) }),
    ],
  ),
  ...four(
    'flattened-output',
    [
      'detector',
      of(() => detector(101, 0.001), 101, { labelled: false, head: low(10) }),
      of(() => detector(102, 0.5), 102, { labelled: false }),
    ],
    [
      'regression',
      of(() => regression(103, 5000), 103, { labelled: false }),
      of(() => regression(104, 3), 104, { labelled: false }),
    ],
    ['unlike-things'],
  ),
  ...four(
    'calibration-small',
    [
      'dense',
      on('dense', 111, { data: { contrast: 0.7 }, calibrationOf: few(2) }),
      on('dense', 112, { data: { contrast: 0.2 } }),
    ],
    [
      'plain',
      on('plain', 113, { data: { contrast: 0.7 }, calibrationOf: few(2) }),
      on('plain', 114, { data: { contrast: 0.2 } }),
    ],
  ),
  ...four(
    'calibration-unlike',
    [
      'separable',
      on('separable', 121, { calibrationOf: (data) => scaled(data, 0.25) }),
      on('separable', 122, { calibrationOf: (data) => scaled(data, 0.85) }),
    ],
    [
      'dense',
      on('dense', 123, { calibrationOf: (data) => scaled(data, 30) }),
      on('dense', 124, { calibrationOf: (data) => scaled(data, 1.3) }),
    ],
  ),
  ...four(
    'input-range',
    [
      'residual',
      on('residual', 131, {
        calibrationOf: (data) => scaled(data, 1 / 255),
        evaluationOf: (data) => scaled(data, 1 / 255),
      }),
      on('residual', 132, {
        calibrationOf: (data) => scaled(data, 0.7),
        evaluationOf: (data) => scaled(data, 0.7),
      }),
    ],
    [
      'dense',
      on('dense', 133, {
        calibrationOf: (data) => scaled(data, 1 / 255),
        evaluationOf: (data) => scaled(data, 1 / 255),
      }),
      on('dense', 134, {
        calibrationOf: (data) => scaled(data, 1.3),
        evaluationOf: (data) => scaled(data, 1.3),
      }),
    ],
  ),
  ...four(
    'wide-head',
    [
      'separable',
      on('separable', 141, { options: { classes: 7 }, data: { classes: 6 }, head: farClass(4000) }),
      on('separable', 142, { options: { classes: 7 }, data: { classes: 6 }, head: farClass(6) }),
    ],
    [
      'dense',
      on('dense', 143, { options: { classes: 7 }, data: { classes: 6 }, head: farClass(8000) }),
      on('dense', 144, { options: { classes: 7 }, data: { classes: 6 }, head: farClass(6) }),
    ],
  ),
  ...four(
    'float-islands',
    [
      'separable',
      on('separable', 151, { overrides: { dw2: 'float', pw2: 'float' } }),
      on('separable', 152, { overrides: { logits: 'float', softmax: 'float' } }),
    ],
    [
      'residual',
      on('residual', 153, { overrides: { a2: 'float' } }),
      on('residual', 154, { overrides: { conv0: 'float' } }),
    ],
    ['more-than-needed'],
  ),
  ...four(
    'more-than-needed',
    [
      'dense',
      on('dense', 161, { scheme: 'int16x8' }),
      on('dense', 162, { scheme: 'int16x8', fault: spikes(['fc2', 'fc3'], 100) }),
    ],
    [
      'plain',
      on('plain', 163, { scheme: 'int16x8' }),
      on('plain', 164, {
        fault: spikes(['conv1', 'conv2'], 40),
        overrides: { conv1: 'int16', conv2: 'int16' },
      }),
    ],
  ),
  ...(
    [
      ['separable', 201],
      ['residual', 202],
      ['dense', 203],
      ['plain', 204],
    ] as const
  ).map(([id, seed], at): Case => ({
    ...{ rule: 'healthy', architecture: id, kind: 'healthy', half: at % 2 ? 'judged' : 'set' },
    make: on(id, seed, {}),
  })),
];
