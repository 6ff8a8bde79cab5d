/**
 * Cases with int16 activations: one operator each, on seeded numbers. What the current LiteRT makes of
 * them stands in fixtures/litert/int16.json (scripts/fixtures/make_int16_goldens.mjs).
 */
import type { DType, QuantParams } from '../../model/graph';
import { elementCount, type TensorData } from '../../model/graph';
import type { OpName } from '../../model/ops';
import { random, type Random } from '../../testing/random';
import { window } from '../numerics';
import { oneNodeGraph, type SuiteCase, type Unnamed } from './build';

const grid = (...scale: number[]): QuantParams => ({
  scale: Float32Array.from(scale),
  zeroPoint: new Int32Array(scale.length),
  axis: 0,
});
const image = [2, 6, 5, 8] as const;

function shorts(rng: Random, count: number): Int16Array {
  return Int16Array.from({ length: count }, () => {
    const draw = rng.next();
    if (draw < 0.02) return -32768;
    return draw < 0.04 ? 32767 : rng.int(-32768, 32767);
  });
}
const activation = (rng: Random, shape: readonly number[], scale?: number): Unnamed => ({
  shape,
  dtype: 'int16',
  quant: grid(scale ?? rng.scale(1e-5, 1e-3)),
});
const constant = (shape: readonly number[], data: TensorData, dtype: DType = 'int32'): Unnamed => ({
  shape,
  dtype,
  data,
});
const integers = (...numbers: number[]) => constant([numbers.length], Int32Array.from(numbers));

function made(
  rng: Random,
  name: string,
  op: OpName,
  attrs: object,
  inputs: readonly (Unnamed | undefined)[],
  outputs: readonly Unnamed[],
): SuiteCase {
  const graph = oneNodeGraph(name, op, attrs, inputs, outputs);
  const feeds = graph.inputs.map((index) => {
    const { shape, dtype } = graph.values[index]!;
    const count = elementCount(shape);
    const data =
      dtype === 'int16'
        ? shorts(rng, count)
        : dtype === 'int8'
          ? rng.int8s(count)
          : rng.floats(count);
    return { shape, dtype, data };
  });
  return { name, graph, feeds };
}

/** Weights and a bias on their grid. */
function weights(
  rng: Random,
  shape: readonly number[],
  axis: number,
  input: number,
  options: { readonly bits?: 4; readonly perTensor?: boolean; readonly bias?: boolean },
): (Unnamed | undefined)[] {
  const channels = shape[axis]!;
  const scales = Array.from({ length: options.perTensor ? 1 : channels }, () =>
    rng.scale(1e-3, 1e-1),
  );
  const data =
    options.bits === 4
      ? rng.int8s(elementCount(shape), -7, 7)
      : rng.int8s(elementCount(shape), -127);
  const bias = BigInt64Array.from({ length: channels }, () => BigInt(rng.int(-4e6, 4e6)));
  return [
    { shape, dtype: options.bits ? 'int4' : 'int8', data, quant: { ...grid(...scales), axis } },
    options.bias === false
      ? undefined
      : {
          shape: [channels],
          dtype: 'int64',
          data: bias,
          quant: grid(...scales.map((scale) => Math.fround(scale * input))),
        },
  ];
}

type LinearOptions = Parameters<typeof weights>[4] & {
  readonly activation?: string;
  readonly stride?: number;
  readonly padding?: 'SAME' | 'VALID';
};

function linear(
  rng: Random,
  op: 'CONV_2D' | 'DEPTHWISE_CONV_2D' | 'FULLY_CONNECTED',
  name: string,
  options: LinearOptions = {},
): SuiteCase {
  const input = rng.scale(1e-5, 1e-3);
  const { padding = 'SAME', stride = 1, activation: fused = 'NONE' } = options;
  const output = (shape: readonly number[], products: number) =>
    activation(rng, shape, Math.fround(input * 0.03 * 40 * Math.sqrt(products)));
  if (op === 'FULLY_CONNECTED') {
    const [w, b] = weights(rng, [9, 33], 0, input, options);
    const attrs = { activation: fused, keepNumDims: false, asymmetricQuantizeInputs: false };
    return made(
      rng,
      name,
      op,
      attrs,
      [activation(rng, [3, 33], input), w, b],
      [output([3, 9], 33)],
    );
  }
  const depthwise = op === 'DEPTHWISE_CONV_2D';
  const outC = depthwise ? 16 : 7;
  const [w, b] = weights(
    rng,
    depthwise ? [1, 3, 3, 16] : [7, 3, 3, 8],
    depthwise ? 3 : 0,
    input,
    options,
  );
  const attrs = {
    ...{ padding, strideH: stride, strideW: stride, dilationH: 1, dilationW: 1 },
    ...(depthwise ? { depthMultiplier: 2 } : {}),
    activation: fused,
  };
  const [h, width] = [window(padding, 6, 3, stride).output, window(padding, 5, 3, stride).output];
  const to = output([2, h, width, outC], depthwise ? 9 : 72);
  return made(rng, name, op, attrs, [activation(rng, image, input), w, b], [to]);
}

function binary(
  rng: Random,
  op: OpName,
  name: string,
  fused: string | undefined,
  b: readonly number[] = image,
) {
  const [one, two] = [rng.scale(1e-4, 1e-3), rng.scale(1e-4, 1e-3)];
  const same = op === 'MAXIMUM' || op === 'MINIMUM';
  const to = op === 'MUL' ? Math.fround(one * two * 32768) : Math.fround(one + two);
  const attrs = fused === undefined ? {} : { activation: fused, potScaleInt16: false };
  const inputs = [activation(rng, image, one), activation(rng, b, same ? one : two)];
  return made(rng, name, op, attrs, inputs, [activation(rng, image, same ? one : to)]);
}

function transposed(rng: Random, fused = 'NONE'): SuiteCase {
  const input = rng.scale(1e-5, 1e-3);
  const [w, b] = weights(rng, [4, 3, 3, 8], 0, input, {});
  const to = activation(rng, [2, 12, 10, 4], Math.fround(input * 0.03 * 300));
  const attrs = { padding: 'SAME', strideH: 2, strideW: 2, activation: fused };
  const ins = [integers(2, 12, 10, 4), w, activation(rng, image, input), b];
  return made(rng, `TRANSPOSE_CONV ${fused}`, 'TRANSPOSE_CONV', attrs, ins, [to]);
}

function product(rng: Random, adjX: boolean, adjY: boolean): SuiteCase {
  const [one, two] = [rng.scale(1e-5, 1e-3), rng.scale(1e-5, 1e-3)];
  const ins = [
    activation(rng, adjX ? [2, 9, 5] : [2, 5, 9], one),
    activation(rng, adjY ? [2, 7, 9] : [2, 9, 7], two),
  ];
  const to = activation(rng, [2, 5, 7], Math.fround(one * two * 60_000));
  const attrs = { adjX, adjY, asymmetricQuantizeInputs: false };
  return made(rng, `BATCH_MATMUL ${adjX} ${adjY}`, 'BATCH_MATMUL', attrs, ins, [to]);
}

const pool = (fused = 'NONE', size = 2, padding = 'VALID') => ({
  ...{ padding, strideH: 2, strideW: 2, filterH: size, filterW: size },
  activation: fused,
});

/** All cases of a seed. */
export function int16Cases(seed = 1): SuiteCase[] {
  const rng = random(seed);
  const unary = (
    op: OpName,
    attrs: object,
    from: number,
    to: number,
    shape: readonly number[] = image,
  ) =>
    made(
      rng,
      `${op} ${from.toPrecision(3)}`,
      op,
      attrs,
      [activation(rng, shape, from)],
      [activation(rng, shape, to)],
    );
  const moved = (
    op: OpName,
    attrs: object,
    shape: readonly number[],
    others: readonly Unnamed[] = [],
    from: readonly number[] = image,
  ) =>
    made(
      rng,
      `${op} moves`,
      op,
      attrs,
      [activation(rng, from, 1e-3), ...others],
      [activation(rng, shape, 1e-3)],
    );
  const mean = (
    axes: readonly number[],
    shape: readonly number[],
    keepDims: boolean,
    to?: number,
  ) =>
    made(
      rng,
      `MEAN ${axes.join()} ${keepDims} ${to === undefined ? 'other grid' : 'same grid'}`,
      'MEAN',
      { keepDims },
      [activation(rng, image, 1e-3), integers(...axes)],
      [activation(rng, shape, to ?? rng.scale(2e-4, 1e-3))],
    );
  const convert = (from: Unnamed, to: Unnamed, name: string) =>
    made(
      rng,
      name,
      from.dtype === 'float32' ? 'QUANTIZE' : to.dtype === 'float32' ? 'DEQUANTIZE' : 'QUANTIZE',
      {},
      [from],
      [to],
    );
  const bytes = (scale: number, zeroPoint: number): Unnamed => ({
    shape: image,
    dtype: 'int8',
    quant: { scale: Float32Array.of(scale), zeroPoint: Int32Array.of(zeroPoint), axis: 0 },
  });
  const unit = 1 / 32768;
  return [
    linear(rng, 'CONV_2D', 'CONV_2D'),
    linear(rng, 'CONV_2D', 'CONV_2D stride 2, RELU', { stride: 2, activation: 'RELU' }),
    linear(rng, 'CONV_2D', 'CONV_2D VALID, RELU6', { padding: 'VALID', activation: 'RELU6' }),
    linear(rng, 'CONV_2D', 'CONV_2D per tensor', { perTensor: true }),
    linear(rng, 'CONV_2D', 'CONV_2D without bias', { bias: false }),
    linear(rng, 'CONV_2D', 'CONV_2D int4', { bits: 4 }),
    linear(rng, 'DEPTHWISE_CONV_2D', 'DEPTHWISE_CONV_2D'),
    linear(rng, 'DEPTHWISE_CONV_2D', 'DEPTHWISE_CONV_2D stride 2, RELU', {
      stride: 2,
      activation: 'RELU',
    }),
    linear(rng, 'DEPTHWISE_CONV_2D', 'DEPTHWISE_CONV_2D without bias', { bias: false }),
    linear(rng, 'DEPTHWISE_CONV_2D', 'DEPTHWISE_CONV_2D int4', { bits: 4 }),
    linear(rng, 'FULLY_CONNECTED', 'FULLY_CONNECTED'),
    linear(rng, 'FULLY_CONNECTED', 'FULLY_CONNECTED RELU6', { activation: 'RELU6' }),
    linear(rng, 'FULLY_CONNECTED', 'FULLY_CONNECTED per tensor', { perTensor: true }),
    linear(rng, 'FULLY_CONNECTED', 'FULLY_CONNECTED without bias', { bias: false }),
    linear(rng, 'FULLY_CONNECTED', 'FULLY_CONNECTED int4', { bits: 4 }),
    ...(['NONE', 'RELU', 'RELU6'] as const).flatMap((fused) => [
      binary(rng, 'ADD', `ADD ${fused}`, fused),
      binary(rng, 'SUB', `SUB ${fused}`, fused),
      binary(rng, 'MUL', `MUL ${fused}`, fused),
    ]),
    binary(rng, 'ADD', 'ADD broadcast', 'NONE', [8]),
    binary(rng, 'MUL', 'MUL broadcast', 'NONE', [2, 1, 1, 8]),
    binary(rng, 'MAXIMUM', 'MAXIMUM', undefined),
    binary(rng, 'MINIMUM', 'MINIMUM', undefined),
    made(
      rng,
      'AVERAGE_POOL_2D',
      'AVERAGE_POOL_2D',
      pool(),
      [activation(rng, image, 1e-3)],
      [activation(rng, [2, 3, 2, 8], 1e-3)],
    ),
    made(
      rng,
      'AVERAGE_POOL_2D SAME 3',
      'AVERAGE_POOL_2D',
      pool('RELU', 3, 'SAME'),
      [activation(rng, image, 1e-3)],
      [activation(rng, [2, 3, 3, 8], 1e-3)],
    ),
    made(
      rng,
      'MAX_POOL_2D',
      'MAX_POOL_2D',
      pool('RELU6'),
      [activation(rng, image, 1e-3)],
      [activation(rng, [2, 3, 2, 8], 1e-3)],
    ),
    mean([1, 2], [2, 8], false),
    mean([1, 2], [2, 8], false, 1e-3),
    mean([1, 2], [2, 1, 1, 8], true),
    mean([1, 2], [2, 1, 1, 8], true, 1e-3),
    mean([3], [2, 6, 5], false),
    mean([1], [2, 5, 8], false, 1e-3),
    unary('SOFTMAX', { beta: 1 }, 2e-4, unit, [5, 10]),
    unary('SOFTMAX', { beta: 1 }, 1e-3, unit, [4, 100]),
    unary('SOFTMAX', { beta: 1 }, 3e-5, unit, [4, 1000]),
    unary('LOGISTIC', {}, 3.1e-4, unit),
    unary('LOGISTIC', {}, 2 ** -12 * 1.002, unit),
    unary('LOGISTIC', {}, 2e-3, unit),
    unary('LOGISTIC', {}, 3e-5, unit),
    unary('TANH', {}, 3.1e-4, unit),
    unary('TANH', {}, 2 ** -12 * 1.002, unit),
    unary('TANH', {}, 2e-3, unit),
    unary('TANH', {}, 3e-5, unit),
    unary('RELU', {}, 3e-4, 2e-4),
    unary('RELU6', {}, 3e-4, 3e-4),
    unary('LEAKY_RELU', { alpha: 0.1 }, 3e-4, 2.9e-4),
    transposed(rng),
    transposed(rng, 'RELU'),
    product(rng, false, false),
    product(rng, true, false),
    product(rng, false, true),
    unary('HARD_SWISH', {}, 3e-4, 3e-4),
    unary('ABS', {}, 3e-4, 3e-4),
    unary('RSQRT', {}, 3e-4, 3e-4),
    unary('SQRT', {}, 3e-4, 3e-4),
    unary('GELU', { approximate: false }, 3e-4, 3e-4),
    unary('ELU', {}, 3e-4, 3e-4),
    unary('L2_NORMALIZATION', { activation: 'NONE' }, 3e-4, unit),
    binary(rng, 'SQUARED_DIFFERENCE', 'SQUARED_DIFFERENCE', undefined),
    made(
      rng,
      'DIV',
      'DIV',
      { activation: 'NONE' },
      [activation(rng, image, 1e-3), activation(rng, image, 1e-3)],
      [activation(rng, image, 1e-3)],
    ),
    moved('RESHAPE', {}, [2, 240], [integers(2, 240)]),
    moved('SQUEEZE', { squeezeDims: [0] }, [6, 5, 8], [], [1, 6, 5, 8]),
    moved('EXPAND_DIMS', {}, [1, 6, 5, 8], [integers(0)], [6, 5, 8]),
    moved('TRANSPOSE', {}, [2, 5, 6, 8], [integers(0, 2, 1, 3)]),
    moved('PAD', {}, [2, 8, 8, 8], [constant([4, 2], Int32Array.of(0, 0, 1, 1, 1, 2, 0, 0))]),
    moved(
      'MIRROR_PAD',
      { mode: 'REFLECT' },
      [2, 8, 8, 8],
      [constant([4, 2], Int32Array.of(0, 0, 1, 1, 1, 2, 0, 0))],
    ),
    moved('SLICE', {}, [2, 3, 2, 8], [integers(0, 1, 2, 0), integers(2, 3, 2, 8)]),
    moved(
      'STRIDED_SLICE',
      {
        beginMask: 0,
        endMask: 0,
        ellipsisMask: 0,
        newAxisMask: 0,
        shrinkAxisMask: 0,
        offset: false,
      },
      [2, 3, 2, 8],
      [integers(0, 0, 1, 0), integers(2, 6, 5, 8), integers(1, 2, 2, 1)],
    ),
    moved('GATHER', { axis: 1, batchDims: 0 }, [2, 2, 5, 8], [integers(3, 0)]),
    moved('TILE', {}, [2, 12, 5, 8], [integers(1, 2, 1, 1)]),
    moved('REVERSE_V2', {}, image, [integers(2)]),
    moved(
      'RESIZE_NEAREST_NEIGHBOR',
      { alignCorners: false, halfPixelCenters: true },
      [2, 12, 10, 8],
      [integers(12, 10)],
    ),
    moved(
      'RESIZE_BILINEAR',
      { alignCorners: false, halfPixelCenters: true },
      [2, 12, 10, 8],
      [integers(12, 10)],
    ),
    moved('SPACE_TO_DEPTH', { blockSize: 2 }, [2, 3, 2, 32], [], [2, 6, 4, 8]),
    moved('DEPTH_TO_SPACE', { blockSize: 2 }, [2, 12, 10, 2]),
    moved('REDUCE_MAX', { keepDims: false }, [2, 8], [integers(1, 2)]),
    moved('REDUCE_MIN', { keepDims: false }, [2, 8], [integers(1, 2)]),
    moved('BROADCAST_TO', {}, [2, 6, 5, 8], [integers(2, 6, 5, 8)], [1, 6, 5, 8]),
    moved('PACK', { axis: 0 }, [1, 6, 5, 8], [], [6, 5, 8]),
    moved('UNPACK', { axis: 0, num: 1 }, [6, 5, 8], [], [1, 6, 5, 8]),
    made(
      rng,
      'CONCATENATION',
      'CONCATENATION',
      { axis: 3, activation: 'NONE' },
      [activation(rng, image, 1e-3), activation(rng, image, 1e-3)],
      [activation(rng, [2, 6, 5, 16], 1e-3)],
    ),
    made(
      rng,
      'SPLIT',
      'SPLIT',
      { numSplits: 2 },
      [constant([], Int32Array.of(3)), activation(rng, image, 1e-3)],
      [activation(rng, [2, 6, 5, 4], 1e-3), activation(rng, [2, 6, 5, 4], 1e-3)],
    ),
    convert(
      { shape: image, dtype: 'float32' },
      activation(rng, image, 1e-4),
      'QUANTIZE float32 → int16',
    ),
    convert(activation(rng, image), { shape: image, dtype: 'float32' }, 'DEQUANTIZE int16'),
    convert(activation(rng, image, 3e-4), activation(rng, image, 2e-4), 'QUANTIZE int16 → int16'),
    convert(activation(rng, image, 3e-4), bytes(0.08, -7), 'QUANTIZE int16 → int8'),
    convert(bytes(0.08, -7), activation(rng, image, 3e-4), 'QUANTIZE int8 → int16'),
  ];
}
