/** Cases of arithmetic and of unary operators, int8, and of QUANTIZE and DEQUANTIZE. */
import { elementCount, type DType } from '../../model/graph';
import type { Activation, OpAttrs } from '../../model/ops';
import { broadcastPlan } from '../numerics';
import { oneOp, type Spec, type SuiteCase } from './build';
import { random, type Random } from '../../testing/random';

type Shape = readonly number[];

/** Every int8 value at least once. */
function everyInt8(): Int8Array {
  return Int8Array.from({ length: 256 }, (_, index) => index - 128);
}

function operand(rng: Random, shape: Shape, constant: boolean, scale: number): Spec {
  const data = rng.int8s(elementCount(shape));
  const zeroPoint = rng.int(-128, 127);
  return { shape, scale, zeroPoint, ...(constant ? { constant: data } : { feed: data }) };
}

function binary(
  seed: number,
  op: 'ADD' | 'SUB' | 'MUL',
  a: Shape,
  b: Shape,
  activation: Activation,
  constant = false,
  ratio: readonly [number, number] = [0.3, 3],
): SuiteCase {
  const rng = random(seed);
  const scaleA = rng.scale(0.01, 0.1);
  const scaleB = rng.scale(0.01, 0.1);
  const natural = op === 'MUL' ? scaleA * scaleB * 100 : Math.max(scaleA, scaleB);
  const scale = Math.fround(natural * rng.scale(...ratio));
  return oneOp(
    `${op} ${a.join('x')} with ${b.join('x')}${constant ? ' constant' : ''} ${activation}${ratio[1] > 3 || ratio[0] < 0.3 ? ` ratio ${ratio.join('-')}` : ''}`,
    op,
    { activation },
    [operand(rng, a, false, scaleA), operand(rng, b, constant, scaleB)],
    [{ shape: broadcastPlan([a, b]).shape, scale, zeroPoint: rng.int(-128, 127) }],
  );
}

function plainBinary(
  seed: number,
  op: 'MAXIMUM' | 'MINIMUM' | 'SQUARED_DIFFERENCE' | 'PRELU',
  a: Shape,
  b: Shape,
  constant: boolean,
): SuiteCase {
  const rng = random(seed);
  const scale = rng.scale(0.01, 0.1);
  const first = operand(rng, a, false, scale);
  const kept = op === 'MAXIMUM' || op === 'MINIMUM';
  const own = operand(
    rng,
    b,
    constant,
    op === 'PRELU' ? rng.scale(0.002, 0.02) : rng.scale(0.01, 0.1),
  );
  const second = kept ? { ...own, scale, zeroPoint: first.zeroPoint! } : own;
  const out = kept
    ? { scale, zeroPoint: first.zeroPoint! }
    : {
        scale:
          op === 'SQUARED_DIFFERENCE'
            ? Math.fround(rng.scale(0.5, 2) * 0.5)
            : Math.fround(scale * rng.scale(0.6, 1.4)),
        zeroPoint: rng.int(-128, 127),
      };
  return oneOp(
    `${op} ${a.join('x')} with ${b.join('x')}${constant ? ' constant' : ''}`,
    op,
    {},
    [first, second],
    [{ shape: broadcastPlan([a, b]).shape, ...out }],
  );
}

function comparison(
  seed: number,
  op: 'EQUAL' | 'NOT_EQUAL' | 'GREATER' | 'GREATER_EQUAL' | 'LESS' | 'LESS_EQUAL',
  a: Shape,
  b: Shape,
  same: boolean,
): SuiteCase {
  const rng = random(seed);
  const scale = rng.scale(0.01, 0.1);
  const first = operand(rng, a, false, scale);
  const second = operand(rng, b, false, same ? scale : rng.scale(0.01, 0.1));
  return oneOp(
    `${op} ${a.join('x')} with ${b.join('x')}${same ? ' same scale' : ''}`,
    op,
    {},
    [first, same ? { ...second, zeroPoint: first.zeroPoint! } : second],
    [{ shape: broadcastPlan([a, b]).shape, dtype: 'bool' }],
  );
}

type Unary =
  | 'RELU'
  | 'RELU6'
  | 'RELU_N1_TO_1'
  | 'LOGISTIC'
  | 'TANH'
  | 'ELU'
  | 'HARD_SWISH'
  | 'LEAKY_RELU'
  | 'GELU'
  | 'ABS'
  | 'NEG'
  | 'SQRT'
  | 'RSQRT'
  | 'SQUARE'
  | 'RELU_0_TO_1';

function unary<K extends Unary>(
  seed: number,
  op: K,
  attrs: OpAttrs[K],
  range: readonly [number, number] = [0.01, 0.1],
  fixed?: { readonly scale: number; readonly zeroPoint: number },
  label = '',
): SuiteCase {
  const rng = random(seed);
  const scale = rng.scale(...range);
  const positive = op === 'SQRT' || op === 'RSQRT';
  const out = fixed ?? {
    scale: Math.fround(scale * rng.scale(0.5, 1.5)),
    zeroPoint: rng.int(-128, 127),
  };
  return oneOp(
    `${op}${label} seed ${seed % 100}`,
    op,
    attrs,
    [
      {
        shape: [1, 16, 16, 1],
        scale,
        zeroPoint: positive ? -128 : rng.int(-128, 127),
        feed: everyInt8(),
      },
    ],
    [{ shape: [1, 16, 16, 1], ...out }],
  );
}

function convert(seed: number, from: DType, to: DType, ratio: number): SuiteCase {
  const rng = random(seed);
  const count = 300;
  const scale = rng.scale(0.01, 0.1);
  const input: Spec =
    from === 'float32'
      ? { shape: [count], dtype: from, feed: rng.floats(count, scale * 100) }
      : {
          shape: [count],
          dtype: from,
          scale,
          zeroPoint: from === 'uint8' ? rng.int(0, 255) : from === 'int8' ? rng.int(-128, 127) : 0,
          feed:
            from === 'uint8'
              ? Uint8Array.from({ length: count }, () => rng.int(0, 255))
              : from === 'int16'
                ? Int16Array.from({ length: count }, () => rng.int(-32768, 32767))
                : from === 'int32'
                  ? rng.int32s(count, 2 ** 27)
                  : rng.int8s(count),
        };
  const output: Spec =
    to === 'float32'
      ? { shape: [count], dtype: to }
      : {
          shape: [count],
          dtype: to,
          scale: Math.fround(scale * ratio),
          zeroPoint: to === 'uint8' ? rng.int(0, 255) : to === 'int8' ? rng.int(-128, 127) : 0,
        };
  const label = `${from} to ${to} ratio ${ratio}`;
  return to === 'float32'
    ? oneOp(`DEQUANTIZE ${label}`, 'DEQUANTIZE', {}, [input], [output])
    : oneOp(`QUANTIZE ${label}`, 'QUANTIZE', {}, [input], [output]);
}

/** x/scale on exact ties, so that the rounding rule shows. */
function quantizeTies(): SuiteCase {
  const values = Float32Array.from({ length: 64 }, (_, index) => (index - 32) * 0.25 + 0.125);
  return oneOp(
    'QUANTIZE ties',
    'QUANTIZE',
    {},
    [{ shape: [64], dtype: 'float32', feed: values }],
    [{ shape: [64], scale: 0.25, zeroPoint: 3 }],
  );
}

const image: Shape = [1, 5, 6, 7];

export function elementwiseCases(base: number): SuiteCase[] {
  let seed = base + 2000;
  const cases: SuiteCase[] = [];
  for (const op of ['ADD', 'SUB', 'MUL'] as const) {
    cases.push(
      binary(seed++, op, image, image, 'NONE'),
      binary(seed++, op, [2, 3, 4, 8], [2, 3, 4, 8], 'RELU'),
      binary(seed++, op, image, image, 'RELU6'),
      binary(seed++, op, image, image, 'RELU_N1_TO_1'),
      binary(seed++, op, image, [1, 1, 1, 7], 'NONE', true),
      binary(seed++, op, image, [7], 'RELU', true),
      binary(seed++, op, image, [1], 'NONE', true),
      binary(seed++, op, image, [], 'NONE', true),
      binary(seed++, op, [1, 1, 1, 7], image, 'NONE'),
      binary(seed++, op, image, [1, 5, 1, 7], 'NONE'),
      binary(seed++, op, [3, 1, 4], [2, 1], 'NONE'),
      binary(seed++, op, [3, 40], [3, 40], 'NONE', true),
      binary(seed++, op, image, image, 'NONE', false, [0.001, 0.003]),
      binary(seed++, op, image, image, 'RELU', false, [2000, 3000]),
    );
  }
  for (const op of ['MAXIMUM', 'MINIMUM', 'SQUARED_DIFFERENCE'] as const) {
    cases.push(
      plainBinary(seed++, op, image, image, false),
      plainBinary(seed++, op, image, [7], true),
    );
  }
  cases.push(
    plainBinary(seed++, 'PRELU', image, [1, 1, 7], true),
    plainBinary(seed++, 'PRELU', image, [5, 6, 7], true),
  );
  for (const op of [
    'EQUAL',
    'NOT_EQUAL',
    'GREATER',
    'GREATER_EQUAL',
    'LESS',
    'LESS_EQUAL',
  ] as const) {
    cases.push(
      comparison(seed++, op, image, image, false),
      comparison(seed++, op, image, [1, 1, 1, 7], true),
    );
  }
  seed = base + 2200;
  for (let repeat = 0; repeat < 4; repeat++) {
    cases.push(
      unary(seed++, 'RELU', {}),
      unary(seed++, 'RELU6', {}),
      unary(seed++, 'RELU_N1_TO_1', {}),
      unary(seed++, 'RELU_0_TO_1', {}),
      unary(seed++, 'LOGISTIC', {}, [0.01, 0.2], { scale: 1 / 256, zeroPoint: -128 }),
      unary(seed++, 'TANH', {}, [0.005, 0.1], { scale: 1 / 128, zeroPoint: 0 }),
      unary(seed++, 'TANH', {}, [0.005, 0.1], undefined, ' free scale'),
      unary(seed++, 'ELU', {}),
      unary(seed++, 'HARD_SWISH', {}),
      unary(seed++, 'LEAKY_RELU', { alpha: 0.2 }),
      unary(seed++, 'LEAKY_RELU', { alpha: 0.001 }, [0.01, 0.1], undefined, ' alpha 0.001'),
      unary(seed++, 'LEAKY_RELU', { alpha: -0.5 }, [0.01, 0.1], undefined, ' alpha -0.5'),
      unary(seed++, 'GELU', { approximate: false }),
      unary(seed++, 'GELU', { approximate: true }, [0.01, 0.1], undefined, ' approximate'),
      unary(seed++, 'ABS', {}),
      unary(seed++, 'RSQRT', {}),
    );
  }
  cases.push(
    quantizeTies(),
    convert(seed++, 'float32', 'int8', 1),
    convert(seed++, 'float32', 'int8', 0.3),
    convert(seed++, 'float32', 'uint8', 1),
    convert(seed++, 'float32', 'int16', 0.01),
    ...[0.9, 1, 0.5, 1.7, 3, 0.02, 120, 200, 400, 0.002].map((ratio) =>
      convert(seed++, 'int8', 'int8', ratio),
    ),
    convert(seed++, 'uint8', 'int8', 1),
    convert(seed++, 'int8', 'uint8', 1),
    convert(seed++, 'int8', 'uint8', 0.7),
    convert(seed++, 'uint8', 'int8', 0.7),
    convert(seed++, 'int16', 'int8', 300),
    convert(seed++, 'int8', 'float32', 1),
    convert(seed++, 'uint8', 'float32', 1),
    convert(seed++, 'int16', 'float32', 1),
  );
  return cases;
}
