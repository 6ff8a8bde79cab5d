/** What convolutions and pooling share: sizes from the config, 1D as 2D of height 1, channels first. */
import { emit, intConstant, malformed, reshapeTo, shapeOf } from '../../build/emit';
import { transposeTo } from '../../build/emit';
import type { Json } from './fields';
import { field, sizes, text } from './fields';
import type { LayerCall } from './layer';
import { isChannelsFirst, onlyInput } from './layer';

export type Dimensions = 1 | 2;
type Pair = readonly [number, number];

export interface Geometry {
  /** [height, width]; height 1 in one dimension. */
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilation: Pair;
  readonly padding: 'same' | 'valid' | 'causal';
}

function readPadding(config: Json): Geometry['padding'] {
  const padding = text(config, 'padding', 'valid').toLowerCase();
  if (padding === 'same' || padding === 'valid' || padding === 'causal') return padding;
  return malformed(`it has the padding "${padding}"; Keras knows same, valid and causal.`);
}

export function readGeometry(config: Json, dimensions: Dimensions): Geometry {
  return {
    kernel: sizes(config, 'kernel_size', dimensions),
    strides: sizes(config, 'strides', dimensions, [1]),
    dilation: sizes(config, 'dilation_rate', dimensions, [1]),
    padding: readPadding(config),
  };
}

export function readPool(config: Json, dimensions: Dimensions): Geometry {
  const kernel = sizes(config, 'pool_size', dimensions, [2]);
  const strides =
    field(config, 'strides') === undefined ? kernel : sizes(config, 'strides', dimensions);
  return { kernel, strides, dilation: [1, 1], padding: readPadding(config) };
}

/** Order of axes that brings the channels to the end, and the one back. */
function channelOrders(rank: number): { last: number[]; first: number[] } {
  const inner = Array.from({ length: rank - 2 }, (_, index) => index);
  return {
    last: [0, ...inner.map((axis) => axis + 2), 1],
    first: [0, rank - 1, ...inner.map((axis) => axis + 1)],
  };
}

/** Applies `body` to the input with channels last; the result has the layer's own order again. */
export function withChannelsLast(call: LayerCall, body: (input: number) => number): number {
  const input = onlyInput(call);
  if (!isChannelsFirst(call)) return body(input);
  const { last, first } = channelOrders(shapeOf(call, input).length);
  const out = body(transposeTo(call, input, last, 'channels_last'));
  return transposeTo(call, out, first, 'channels_first');
}

/** Applies a two-dimensional `body` (NHWC) to the layer's input of one or two spatial dimensions. */
export function withWindow(
  call: LayerCall,
  dimensions: Dimensions,
  body: (input: number) => number,
): number {
  return withChannelsLast(call, (input) => {
    const shape = shapeOf(call, input);
    if (shape.length !== dimensions + 2)
      return malformed(
        `it needs an input of ${dimensions + 2} dimensions, but gets [${shape.join(', ')}].`,
      );
    if (dimensions === 2) return body(input);
    const out = body(reshapeTo(call, input, [1, shape[1]!, shape[2]!], 'expand'));
    const [, , width, channels] = shapeOf(call, out);
    return reshapeTo(call, out, [width!, channels!], 'squeeze');
  });
}

/** TFLite's padding; causal becomes zeros in front (along the width: causal exists in 1D only). */
export function padded(
  call: LayerCall,
  input: number,
  geometry: Geometry,
): { input: number; padding: 'SAME' | 'VALID' } {
  if (geometry.padding !== 'causal')
    return { input, padding: geometry.padding === 'same' ? 'SAME' : 'VALID' };
  const front = (geometry.kernel[1] - 1) * geometry.dilation[1];
  if (geometry.kernel[0] !== 1) return malformed('causal padding exists in one dimension only.');
  if (front === 0) return { input, padding: 'VALID' };
  const pads = intConstant(call, 'causal_paddings', [0, 0, 0, 0, front, 0, 0, 0], [4, 2]);
  return { input: emit(call, 'PAD', {}, [input, pads], 'causal'), padding: 'VALID' };
}
