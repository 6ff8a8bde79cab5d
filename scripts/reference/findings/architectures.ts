/** The architectures that faults are put into. */
import { building, type Building, type Net } from './nets';

export interface Architecture {
  readonly id: string;
  readonly shape: readonly number[];
  /** Layers to put faults in: one in the middle, the one that feeds it and the one that it feeds. */
  readonly before: string;
  readonly middle: string;
  readonly after: string;
  readonly make: (seed: number, options?: MakeOptions) => Net;
}
export interface MakeOptions {
  /** Instead of RELU. */
  readonly activation?: (b: Building, name: string, x: number) => number;
  readonly classes?: number;
  /** LOGISTIC of each class instead of SOFTMAX over all. */
  readonly sigmoid?: boolean;
}

const relu = (b: Building, name: string, x: number) => b.unary(`${name}/relu`, 'RELU', x);

function classified(b: Building, x: number, { classes = 6, sigmoid }: MakeOptions): Net {
  const logits = b.dense('logits', x, classes);
  return b.net(
    sigmoid
      ? b.unary('scores', 'LOGISTIC', logits)
      : b.unary('softmax', 'SOFTMAX', logits, { beta: 1 }),
  );
}

const image = [1, 12, 12, 3] as const;

const separable: Architecture = {
  ...{ id: 'separable', shape: image, before: 'pw1', middle: 'dw2', after: 'pw2' },
  make(seed, options = {}) {
    const b = building('separable', image, seed);
    const { activation: act = relu } = options;
    let x = act(b, 'conv0', b.conv('conv0', b.input, 8));
    for (const [at, channels, stride] of [
      [1, 16, 1],
      [2, 24, 2],
      [3, 24, 1],
    ] as const) {
      x = act(b, `dw${at}`, b.depthwise(`dw${at}`, x, stride));
      x = act(b, `pw${at}`, b.conv(`pw${at}`, x, channels, 1));
    }
    return classified(b, b.pool('pool', x), options);
  },
};

const residual: Architecture = {
  ...{ id: 'residual', shape: image, before: 'a1', middle: 'a2', after: 'b0' },
  make(seed, options = {}) {
    const b = building('residual', image, seed);
    const { activation: act = relu } = options;
    const block = (name: string, x: number, channels: number) => {
      const inner = act(b, `${name}1`, b.conv(`${name}1`, x, channels));
      const sum = b.binary(`${name}_add`, 'ADD', x, b.conv(`${name}2`, inner, channels));
      return act(b, `${name}_add`, sum);
    };
    let x = act(b, 'conv0', b.conv('conv0', b.input, 12));
    x = block('a', x, 12);
    x = act(b, 'b0', b.conv('b0', x, 20, 3, 2));
    x = block('b', x, 20);
    return classified(b, b.pool('pool', x), options);
  },
};

const dense: Architecture = {
  ...{ id: 'dense', shape: [1, 24], before: 'fc1', middle: 'fc2', after: 'fc3' },
  make(seed, options = {}) {
    const b = building('dense', [1, 24], seed);
    const { activation: act = relu } = options;
    let x = b.input;
    for (const [at, units] of [
      [1, 48],
      [2, 40],
      [3, 32],
    ] as const)
      x = act(b, `fc${at}`, b.dense(`fc${at}`, x, units));
    return classified(b, x, options);
  },
};

const plain: Architecture = {
  ...{ id: 'plain', shape: image, before: 'conv0', middle: 'conv1', after: 'conv2' },
  make(seed, options = {}) {
    const b = building('plain', image, seed);
    const { activation: act = relu } = options;
    let x = b.input;
    for (const [at, channels, stride] of [
      [0, 10, 1],
      [1, 16, 2],
      [2, 24, 1],
    ] as const)
      x = act(b, `conv${at}`, b.conv(`conv${at}`, x, channels, 3, stride));
    return classified(b, b.pool('pool', x), options);
  },
};

export const architectures = { separable, residual, dense, plain } as const;

/** Boxes (times `size`) and scores joined in one tensor, as detectors give them. */
export function detector(seed: number, size: number): Net {
  const b = building('detector', image, seed);
  let x = relu(b, 'conv0', b.conv('conv0', b.input, 8));
  x = relu(b, 'conv1', b.conv('conv1', x, 16, 3, 2));
  x = relu(b, 'conv2', b.conv('conv2', x, 24));
  const boxes = b.scale('size', b.conv('boxes', x, 4, 1), size);
  const scores = b.unary('scores', 'LOGISTIC', b.conv('classes', x, 3, 1));
  return b.net(
    b.concat(
      'joint',
      [b.reshape('boxes/flat', boxes, [1, 36, 4]), b.reshape('scores/flat', scores, [1, 36, 3])],
      2,
    ),
  );
}

/** Position (times `size`) and velocity of a tabular regression, joined in one tensor. */
export function regression(seed: number, size: number): Net {
  const b = building('regression', [1, 24], seed);
  let x = b.input;
  for (const [at, units] of [
    [1, 48],
    [2, 32],
  ] as const)
    x = relu(b, `fc${at}`, b.dense(`fc${at}`, x, units));
  const position = b.scale('metres', b.dense('position', x, 3), size);
  const velocity = b.dense('velocity', x, 3);
  const column = (name: string, at: number) => b.reshape(`${name}/flat`, at, [1, 3, 1]);
  return b.net(b.concat('state', [column('position', position), column('velocity', velocity)], 2));
}

/** Two branches with a large common part whose difference is what counts. */
export function difference(seed: number, shape: readonly number[]): Net {
  const b = building('difference', shape, seed);
  const conv = shape.length === 4;
  const layer = (name: string, x: number, n: number) =>
    conv ? b.conv(name, x, n) : b.dense(name, x, n);
  const x = relu(b, 'stem', layer('stem', b.input, 24));
  const apart = b.binary('apart', 'SUB', layer('left', x, 24), layer('right', x, 24));
  const y = relu(b, 'mix', layer('mix', relu(b, 'apart', apart), 24));
  return classified(b, conv ? b.pool('pool', y) : y, {});
}
