/** Layers that move, repeat, pad and cut. */
import { emit, intConstant, malformed, reshapeTo, shapeOf } from '../../build/emit';
import { transposeTo, unsupported } from '../../build/emit';
import { field, integer, integers } from './fields';
import type { Dimensions } from './geometry';
import { withChannelsLast } from './geometry';
import type { LayerCall, LayerDefinition, LayerRule } from './layer';
import { isChannelsFirst, onlyInput } from './layer';

const count = (shape: readonly number[]) => shape.reduce((total, size) => total * size, 1);

function reshape(call: LayerCall): number {
  const input = onlyInput(call);
  const total = count(shapeOf(call, input).slice(1));
  const target = field(call.config, 'target_shape');
  if (!Array.isArray(target)) return malformed('it has no target shape.');
  // Keras 3 writes the open size as null or −1.
  const wanted = integers({ target: target.map((size: unknown) => size ?? -1) }, 'target');
  const known = count(wanted.filter((size) => size !== -1));
  const shape = wanted.map((size) => (size === -1 ? total / known : size));
  if (count(shape) !== total || shape.some((size) => !Number.isInteger(size)))
    return malformed(`${total} elements cannot take the shape [${wanted.join(', ')}].`);
  return reshapeTo(call, input, shape);
}

function flatten(call: LayerCall): number {
  const input = onlyInput(call);
  const shape = shapeOf(call, input);
  const rank = shape.length;
  // Keras brings channels to the end first, so that weights behind it don't depend on the order.
  const spatial = Array.from({ length: Math.max(rank - 2, 0) }, (_, index) => index + 2);
  const from =
    isChannelsFirst(call) && rank > 2
      ? transposeTo(call, input, [0, ...spatial, 1], 'channels_last')
      : input;
  return reshapeTo(call, from, [count(shape.slice(1))]);
}

function permute(call: LayerCall): number {
  const order = integers(call.config, 'dims');
  return transposeTo(call, onlyInput(call), [0, ...order]);
}

function repeatVector(call: LayerCall): number {
  const input = onlyInput(call);
  const [, width] = shapeOf(call, input);
  if (width === undefined || shapeOf(call, input).length !== 2)
    return malformed('it needs an input of 2 dimensions.');
  const row = reshapeTo(call, input, [1, width], 'expand');
  const times = intConstant(call, 'times', [1, integer(call.config, 'n'), 1]);
  return emit(call, 'TILE', {}, [row, times]);
}

/** [[top, bottom], [left, right]] from a number, a pair or pairs; in one dimension [[before, after]]. */
function edges(call: LayerCall, name: string, dimensions: Dimensions): [number, number][] {
  const value = field(call.config, name) ?? 1;
  const list: unknown[] = Array.isArray(value) ? value : new Array<unknown>(dimensions).fill(value);
  const pairs: unknown[] =
    dimensions === 1 && list.length === 2 ? [list] : dimensions === 1 ? [[list[0], list[0]]] : list;
  return pairs.slice(0, dimensions).map((item) => {
    const [first, second = first] = integers({ item }, 'item');
    if (first === undefined || second === undefined || first < 0 || second < 0)
      return malformed(`its ${name} must not be negative.`);
    return [first, second];
  });
}

function wantRank(call: LayerCall, input: number, dimensions: Dimensions): readonly number[] {
  const shape = shapeOf(call, input);
  if (shape.length !== dimensions + 2)
    malformed(`it needs an input of ${dimensions + 2} dimensions, but gets ${shape.length}.`);
  return shape;
}

function zeroPadding(dimensions: Dimensions): LayerRule {
  return (call) =>
    withChannelsLast(call, (input) => {
      wantRank(call, input, dimensions);
      const pads = [0, 0, ...edges(call, 'padding', dimensions).flat(), 0, 0];
      const operand = intConstant(call, 'paddings', pads, [dimensions + 2, 2]);
      return emit(call, 'PAD', {}, [input, operand]);
    });
}

/** Cuts the spatial axes; the batch stays open. */
export function cut(
  call: LayerCall,
  input: number,
  begin: readonly number[],
  size: readonly number[],
): number {
  const channels = shapeOf(call, input).at(-1)!;
  const from = intConstant(call, 'begin', [0, ...begin, 0]);
  const length = intConstant(call, 'size', [-1, ...size, channels]);
  return emit(call, 'SLICE', {}, [input, from, length]);
}

function cropping(dimensions: Dimensions): LayerRule {
  return (call) =>
    withChannelsLast(call, (input) => {
      const shape = wantRank(call, input, dimensions);
      const pairs = edges(call, 'cropping', dimensions);
      const size = pairs.map(([before, after], k) => shape[k + 1]! - before - after);
      if (size.some((length) => length < 1)) return malformed('it crops everything away.');
      const begin = pairs.map(([before]) => before);
      return cut(call, input, begin, size);
    });
}

/**
 * Keras 2 since TensorFlow 2 and Keras 3 sample at pixel centres; Keras before 2.3 and TF.js at
 * corners (tf.compat.v1.image.resize, tfjs-layers upSampling2d).
 */
function pixelCentres(call: LayerCall): boolean {
  const { major, minor, tfjs, text } = call.version;
  return !tfjs && (major >= 3 || (major === 2 && (minor >= 3 || text.endsWith('-tf'))));
}

/** Resizes NHWC to height × width. */
export function resized(
  call: LayerCall,
  input: number,
  size: readonly [number, number],
  interpolation: unknown,
  halfPixelCenters: boolean,
  suffix = '',
): number {
  const operands = [input, intConstant(call, 'size', size)];
  const attrs = { alignCorners: false, halfPixelCenters };
  if (interpolation === 'nearest')
    return emit(
      call,
      'RESIZE_NEAREST_NEIGHBOR',
      { alignCorners: false, halfPixelCenters: true },
      operands,
      suffix,
    );
  if (interpolation === 'bilinear') return emit(call, 'RESIZE_BILINEAR', attrs, operands, suffix);
  return unsupported(`${JSON.stringify(interpolation)} interpolation; nearest and bilinear work.`);
}

function upSampling(dimensions: Dimensions): LayerRule {
  return (call) =>
    withChannelsLast(call, (input) => {
      const shape = wantRank(call, input, dimensions);
      const [first = 1, second = first] = integers(call.config, 'size', [2]);
      if (first < 1 || second < 1) return malformed('it makes its input smaller than nothing.');
      const [, height, width] = shape as [number, number, number];
      if (dimensions === 2) {
        const kind = field(call.config, 'interpolation') ?? 'nearest';
        const size = [height * first, width * second] as const;
        return resized(call, input, size, kind, pixelCentres(call));
      }
      const column = reshapeTo(call, input, [height, 1, width], 'expand');
      const longer = resized(call, column, [height * first, 1], 'nearest', true, 'resize');
      return reshapeTo(call, longer, [height * first, width], 'squeeze');
    });
}

const moved = (rule: LayerRule) => ({ rule, anyType: true, mask: 'ends' }) as const;

export const reshapeLayers: Readonly<Record<string, LayerDefinition>> = {
  Reshape: moved(reshape),
  Flatten: moved(flatten),
  Permute: moved(permute),
  RepeatVector: moved(repeatVector),
  ZeroPadding1D: moved(zeroPadding(1)),
  ZeroPadding2D: moved(zeroPadding(2)),
  Cropping1D: moved(cropping(1)),
  Cropping2D: moved(cropping(2)),
  UpSampling1D: { rule: upSampling(1), mask: 'ends' },
  UpSampling2D: { rule: upSampling(2), mask: 'ends' },
};
