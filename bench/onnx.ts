/**
 * Graphs as ONNX, for onnxruntime-web alone: float32 as it is, int8 as QuantizeLinear and DequantizeLinear pairs
 * with weights per channel. Images are turned to NCHW at the input, since ONNX knows no other order. Only the
 * operators of the bench's models; another is a sentence. Format: onnx.proto3, IR version 8, operator set 17.
 */
import { elementCount, type Graph, type Node, type Value } from '../src/model/graph';

/** Protocol buffers, as far as they are needed: varints (wire type 0) and bytes (2). */
type Field = readonly [number, number | bigint | string | Uint8Array];

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return bytes;
}

const text = new TextEncoder();

function message(fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [id, value] of fields) {
    if (typeof value === 'number' || typeof value === 'bigint') {
      parts.push(Uint8Array.from([...varint(BigInt(id << 3)), ...varint(BigInt(value))]));
      continue;
    }
    const bytes = typeof value === 'string' ? text.encode(value) : value;
    const head = [...varint(BigInt((id << 3) | 2)), ...varint(BigInt(bytes.length))];
    parts.push(Uint8Array.from(head), bytes);
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** TensorProto.DataType. */
const types = { float32: 1, int8: 3, int32: 6, int64: 7 } as const;
type Data = Float32Array | Int8Array | Int32Array | BigInt64Array;
const typeOf = (data: Data) =>
  data instanceof Float32Array
    ? types.float32
    : data instanceof Int8Array
      ? types.int8
      : data instanceof Int32Array
        ? types.int32
        : types.int64;
const raw = ({ buffer, byteOffset, byteLength }: Data) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

type Attribute = string | number | readonly number[];

/** AttributeProto: name 1, i 3, s 4, ints 8, type 20 (INT 2, STRING 3, INTS 7). */
function attribute(name: string, value: Attribute): Uint8Array {
  if (typeof value === 'string')
    return message([
      [1, name],
      [4, value],
      [20, 3],
    ]);
  if (typeof value === 'number')
    return message([
      [1, name],
      [3, value],
      [20, 2],
    ]);
  return message([[1, name], ...value.map((one): Field => [8, one]), [20, 7]]);
}

const isImage = ({ shape }: Value) => shape.length === 4;
const turned = (shape: readonly number[]) => [shape[0]!, shape[3]!, shape[1]!, shape[2]!];

/** NHWC data in NCHW order. */
function turn<D extends Float32Array | Int8Array>(data: D, shape: readonly number[]): D {
  const [n, h, w, c] = shape as [number, number, number, number];
  const out = data.slice() as D;
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++)
      for (let p = 0; p < h * w; p++) out[at++] = data[(i * h * w + p) * c + k]!;
  return out;
}

function writer() {
  const nodes: Uint8Array[] = [];
  const tensors: Uint8Array[] = [];
  let fresh = 0;
  const constant = (data: Data, shape: readonly number[]): string => {
    const name = `c${tensors.length}`;
    const dims = shape.map((size): Field => [1, size]);
    tensors.push(message([...dims, [2, typeOf(data)], [8, name], [9, raw(data)]]));
    return name;
  };
  const emit = (
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = `t${fresh++}`,
  ): string => {
    nodes.push(
      message([
        ...inputs.map((name): Field => [1, name]),
        [2, output],
        [4, op],
        ...Object.entries(attributes).map(([name, value]): Field => [5, attribute(name, value)]),
      ]),
    );
    return output;
  };
  const longs = (values: readonly number[]) =>
    constant(BigInt64Array.from(values, BigInt), [values.length]);
  const scalar = (value: number) => constant(Float32Array.of(value), []);
  return { nodes, tensors, constant, emit, longs, scalar };
}

type Writer = ReturnType<typeof writer>;

/** @throws Error with a sentence where the graph has an operator that isn't written */
export function onnxOf(graph: Graph): Uint8Array {
  const out = writer();
  const names = new Map<number, string>();
  const valueInfo = (name: string, { shape }: Value) => {
    const dims = message(shape.map((size): Field => [1, message([[1, size]])]));
    const tensor = message([
      [1, types.float32],
      [2, dims],
    ]);
    return message([
      [1, name],
      [2, message([[1, tensor]])],
    ]);
  };
  const inputs = graph.inputs.map((index, at) => {
    const value = graph.values[index]!;
    if (value.dtype !== 'float32') throw new Error(`It takes ${value.dtype} inputs.`);
    const name = `input${at}`;
    const inside = isImage(value) ? out.emit('Transpose', [name], { perm: [0, 3, 1, 2] }) : name;
    names.set(index, inside);
    return valueInfo(name, value);
  });
  for (const node of graph.nodes) {
    const result = written(graph, node, names, out);
    const index = node.outputs[0]!;
    names.set(index, onGrid(graph.values[index]!, result, out));
  }
  const outputs = graph.outputs.map((index, at) => {
    const value = graph.values[index]!;
    const name = `output${at}`;
    if (isImage(value)) out.emit('Transpose', [names.get(index)!], { perm: [0, 2, 3, 1] }, name);
    else out.emit('Identity', [names.get(index)!], {}, name);
    return valueInfo(name, value);
  });
  const body = message([
    ...out.nodes.map((one): Field => [1, one]),
    [2, graph.name],
    ...out.tensors.map((one): Field => [5, one]),
    ...inputs.map((one): Field => [11, one]),
    ...outputs.map((one): Field => [12, one]),
  ]);
  return message([
    [1, 8],
    [2, 'intact-bench'],
    [7, body],
    [8, message([[2, 17]])],
  ]);
}

/** An int8 value's float tensor through its grid. */
function onGrid({ dtype, quant }: Value, name: string, out: Writer): string {
  if (dtype !== 'int8' || !quant) return name;
  const scale = out.scalar(quant.scale[0]!);
  const zero = out.constant(Int8Array.of(quant.zeroPoint[0]!), []);
  return out.emit('DequantizeLinear', [
    out.emit('QuantizeLinear', [name, scale, zero]),
    scale,
    zero,
  ]);
}

/** Weights (in the order that ONNX wants, output channels first) as float32, from their grid where they have one. */
function weightsOf(
  { quant }: Value,
  data: Float32Array | Int8Array,
  shape: readonly number[],
  out: Writer,
): string {
  const name = out.constant(data, shape);
  if (data instanceof Float32Array) return name;
  const scale = quant!.scale;
  const many = scale.length > 1;
  return out.emit(
    'DequantizeLinear',
    [
      name,
      out.constant(Float32Array.from(scale), many ? [scale.length] : []),
      out.constant(new Int8Array(scale.length), many ? [scale.length] : []),
    ],
    many ? { axis: 0 } : {},
  );
}

function biasOf(graph: Graph, node: Node, channels: number, out: Writer): string[] {
  const index = node.inputs[2] ?? -1;
  if (index < 0) return [];
  const { data } = graph.values[index]!;
  if (data instanceof Float32Array) return [out.constant(data, [channels])];
  const [from, weights] = node.inputs.map((one) => graph.values[one]?.quant);
  const scales = Float32Array.from({ length: channels }, (_, c) =>
    Math.fround(from!.scale[0]! * (weights!.scale[c] ?? weights!.scale[0]!)),
  );
  const name = out.constant(data as Int32Array, [channels]);
  const zeros = out.constant(new Int32Array(channels), [channels]);
  return [
    out.emit('DequantizeLinear', [name, out.constant(scales, [channels]), zeros], { axis: 0 }),
  ];
}

const bounds: Readonly<Record<string, readonly [number, number]>> = {
  RELU: [0, Infinity],
  RELU6: [0, 6],
};

/** An activation that the output's grid does not already carry. */
function activated(name: string, activation: string, { quant, dtype }: Value, out: Writer): string {
  if (activation === 'NONE') return name;
  const clamp = bounds[activation];
  if (!clamp) throw new Error(`${activation} is not written as ONNX.`);
  if (dtype === 'int8' && quant) {
    const [scale, zero] = [quant.scale[0]!, quant.zeroPoint[0]!];
    const within =
      (-128 - zero) * scale >= clamp[0] - scale / 2 && (127 - zero) * scale <= clamp[1] + scale / 2;
    if (within) return name;
  }
  if (clamp[1] === Infinity) return out.emit('Relu', [name]);
  return out.emit('Clip', [name, out.scalar(clamp[0]), out.scalar(clamp[1])]);
}

function spatial(attrs: {
  readonly padding: string;
  readonly strideH: number;
  readonly strideW: number;
}) {
  return {
    auto_pad: attrs.padding === 'SAME' ? 'SAME_UPPER' : 'VALID',
    strides: [attrs.strideH, attrs.strideW],
  };
}

const simple: Readonly<Record<string, string>> = {
  RELU: 'Relu',
  LOGISTIC: 'Sigmoid',
  TANH: 'Tanh',
  DEQUANTIZE: 'Identity',
  QUANTIZE: 'Identity',
};
const pairs: Readonly<Record<string, string>> = { ADD: 'Add', MUL: 'Mul', SUB: 'Sub' };

/** The node's float result, before its own grid. */
function written(
  graph: Graph,
  node: Node,
  names: ReadonlyMap<number, string>,
  out: Writer,
): string {
  const values = node.inputs.map((index) => graph.values[index]);
  const to = graph.values[node.outputs[0]!]!;
  const [from, second] = values;
  const input = (at: number) => names.get(node.inputs[at]!) ?? operand(values[at]!, to, out);
  switch (node.op) {
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D': {
      const deep = node.op === 'DEPTHWISE_CONV_2D';
      const data = second!.data as Float32Array | Int8Array;
      const [o, h, w, i] = second!.shape as [number, number, number, number];
      const channels = deep ? i : o;
      // 1·H·W·C → C·1·H·W: the same turn as of an image.
      const shape = deep ? [i, 1, h, w] : [o, i, h, w];
      const weights = weightsOf(second!, turn(data, second!.shape), shape, out);
      const { dilationH, dilationW, activation } = node.attrs;
      const attributes = {
        ...{ ...spatial(node.attrs), dilations: [dilationH, dilationW], kernel_shape: [h, w] },
        group: deep ? from!.shape[3]! : 1,
      };
      const made = out.emit(
        'Conv',
        [input(0), weights, ...biasOf(graph, node, channels, out)],
        attributes,
      );
      return activated(made, activation, to, out);
    }
    case 'FULLY_CONNECTED': {
      const data = second!.data as Float32Array | Int8Array;
      const [channels, depth] = second!.shape as [number, number];
      const flat = flattened(input(0), from!, [-1, depth], out);
      const weights = weightsOf(second!, data, [channels, depth], out);
      const made = out.emit('Gemm', [flat, weights, ...biasOf(graph, node, channels, out)], {
        transB: 1,
      });
      return activated(made, node.attrs.activation, to, out);
    }
    case 'AVERAGE_POOL_2D':
    case 'MAX_POOL_2D': {
      const { filterH, filterW, activation } = node.attrs;
      const op = node.op === 'MAX_POOL_2D' ? 'MaxPool' : 'AveragePool';
      const attributes = { ...spatial(node.attrs), kernel_shape: [filterH, filterW] };
      return activated(out.emit(op, [input(0)], attributes), activation, to, out);
    }
    case 'MEAN': {
      const axes = Array.from(second!.data as Int32Array, (axis) => (axis + 4) % 4);
      if (!isImage(from!) || axes.some((axis) => axis === 0 || axis === 3))
        throw new Error('A MEAN over other axes than height and width is not written as ONNX.');
      const keepdims = node.attrs.keepDims ? 1 : 0;
      return out.emit('ReduceMean', [input(0)], { axes: axes.map((axis) => axis + 1), keepdims });
    }
    case 'PAD': {
      const pads = Array.from(second!.data as Int32Array);
      const order = isImage(from!) ? [0, 3, 1, 2] : from!.shape.map((_, axis) => axis);
      const both = [0, 1].flatMap((side) => order.map((axis) => pads[2 * axis + side]!));
      return out.emit('Pad', [input(0), out.longs(both)], { mode: 'constant' });
    }
    case 'RESHAPE':
    case 'SQUEEZE': {
      const flat = flattened(input(0), from!, to.shape, out);
      return isImage(to) ? out.emit('Transpose', [flat], { perm: [0, 3, 1, 2] }) : flat;
    }
    case 'SOFTMAX':
      return out.emit('Softmax', [input(0)], { axis: isImage(to) ? 1 : -1 });
    case 'RELU6':
      return out.emit('Clip', [input(0), out.scalar(0), out.scalar(6)]);
    case 'ADD':
    case 'MUL':
    case 'SUB': {
      const made = out.emit(pairs[node.op]!, [input(0), input(1)]);
      return activated(made, node.attrs.activation, to, out);
    }
    default: {
      const op = simple[node.op];
      if (!op) throw new Error(`${node.op} is not written as ONNX.`);
      return out.emit(op, [input(0)]);
    }
  }
}

/** Rows of numbers in TFLite's order: an image is turned back first. */
function flattened(name: string, from: Value, shape: readonly number[], out: Writer): string {
  const rows = isImage(from) ? out.emit('Transpose', [name], { perm: [0, 2, 3, 1] }) : name;
  return out.emit('Reshape', [rows, out.longs(shape)]);
}

/** A constant operand of arithmetic, with as many axes as the result. */
function operand(value: Value, to: Value, out: Writer): string {
  const { data, quant } = value;
  const reals = Float32Array.from(data as Int8Array, (one) =>
    quant ? (one - quant.zeroPoint[0]!) * quant.scale[0]! : one,
  );
  const shape = [
    ...new Array<number>(to.shape.length - value.shape.length).fill(1),
    ...value.shape,
  ];
  if (elementCount(shape) !== reals.length) throw new Error('An operand has no known shape.');
  const image = shape.length === 4;
  const name = out.constant(image ? turn(reals, shape) : reals, image ? turned(shape) : shape);
  return onGrid(value, name, out);
}
