/**
 * MobileNets as graphs, made from a seed: what is timed depends on shapes alone, so that no weights are
 * shipped. V1 is Howard et al. (arXiv 1704.04861, table 1), V2 Sandler et al. (arXiv 1801.04381, table 2),
 * with Keras' borders: stride 2 behind a PAD.
 */
import { elementCount, type Graph, type Node, type Value } from '../src/model/graph';
import { random } from '../src/numbers/random';

const classes = 1000;
function builder(name: string, size: number) {
  const uniform = random(1);
  const centred = () => uniform() - 0.5;
  const values: Value[] = [];
  const nodes: Node[] = [];
  const value = (shape: readonly number[], data?: Float32Array | Int32Array) =>
    values.push({
      name: `v${values.length}`,
      shape,
      dtype: data instanceof Int32Array ? 'int32' : 'float32',
      ...(data && { data }),
    }) - 1;
  /** He et al. (arXiv 1502.01852): activations keep their size. */
  const weights = (shape: readonly number[], fanIn: number) => {
    const range = 2 * Math.sqrt(6 / fanIn);
    return value(
      shape,
      Float32Array.from({ length: elementCount(shape) }, () => centred() * range),
    );
  };
  const bias = (n: number) =>
    value(
      [n],
      Float32Array.from({ length: n }, () => centred() * 0.1),
    );
  const input = value([1, size, size, 3]);
  const shapeOf = (at: number) => values[at]!.shape as [number, number, number, number];
  const node = (part: Pick<Node, 'op' | 'attrs'>, inputs: number[], shape: readonly number[]) => {
    const output = value(shape);
    const made = { ...part, name: `n${nodes.length}`, inputs, outputs: [output], layer: 0 };
    nodes.push(made as Node);
    return output;
  };
  const strides = (stride: number) => ({
    padding: stride === 1 ? ('SAME' as const) : ('VALID' as const),
    strideH: stride,
    strideW: stride,
    dilationH: 1,
    dilationW: 1,
  });
  /** One line and column after the input, as Keras has it for even sizes. */
  const padded = (x: number, stride: number) => {
    if (stride === 1) return x;
    const [, h, w, c] = shapeOf(x);
    const paddings = value([4, 2], Int32Array.of(0, 0, 0, 1, 0, 1, 0, 0));
    return node({ op: 'PAD', attrs: {} }, [x, paddings], [1, h + 1, w + 1, c]);
  };
  const half = (n: number, stride: number) => (stride === 1 ? n : Math.floor((n - 3) / 2) + 1);
  const convolve = (
    x: number,
    channels: number,
    kernel: 1 | 3,
    stride: number,
    activation: 'NONE' | 'RELU6' = 'RELU6',
  ) => {
    const from = kernel === 3 ? padded(x, stride) : x;
    const [, h, w, c] = shapeOf(from);
    const inputs = [
      from,
      weights([channels, kernel, kernel, c], kernel * kernel * c),
      bias(channels),
    ];
    const shape = [1, half(h, stride), half(w, stride), channels];
    return node({ op: 'CONV_2D', attrs: { ...strides(stride), activation } }, inputs, shape);
  };
  const depthwise = (x: number, stride: number) => {
    const from = padded(x, stride);
    const [, h, w, c] = shapeOf(from);
    const attrs = { ...strides(stride), depthMultiplier: 1, activation: 'RELU6' as const };
    const shape = [1, half(h, stride), half(w, stride), c];
    return node(
      { op: 'DEPTHWISE_CONV_2D', attrs },
      [from, weights([1, 3, 3, c], 9), bias(c)],
      shape,
    );
  };
  const add = (a: number, b: number) =>
    node({ op: 'ADD', attrs: { activation: 'NONE' } }, [a, b], shapeOf(a));
  const classify = (x: number): Graph => {
    const channels = shapeOf(x)[3];
    const axes = value([2], Int32Array.of(1, 2));
    const pooled = node({ op: 'MEAN', attrs: { keepDims: false } }, [x, axes], [1, channels]);
    const logits = node(
      {
        op: 'FULLY_CONNECTED',
        attrs: { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false },
      },
      [pooled, weights([classes, channels], channels), bias(classes)],
      [1, classes],
    );
    const output = node({ op: 'SOFTMAX', attrs: { beta: 1 } }, [logits], [1, classes]);
    const layers = [{ name, type: 'Made' }];
    return { name, values, nodes, inputs: [input], outputs: [output], layers };
  };
  return { input, shapeOf, convolve, depthwise, add, classify };
}

/** Width 1; 224×224 unless another even size is asked for. */
export function mobileNetV2(size = 224): Graph {
  const name = `MobileNetV2-${size}`;
  const { input, shapeOf, convolve, depthwise, add, classify } = builder(name, size);
  let x = convolve(input, 32, 3, 2);
  // Expansion, channels, repetitions, stride of the first.
  const blocks: readonly (readonly [number, number, number, number])[] = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ];
  for (const [expansion, channels, repetitions, stride] of blocks) {
    for (let i = 0; i < repetitions; i++) {
      const before = x;
      const inside = shapeOf(x)[3];
      if (expansion > 1) x = convolve(x, expansion * inside, 1, 1);
      x = depthwise(x, i === 0 ? stride : 1);
      x = convolve(x, channels, 1, 1, 'NONE');
      if (i > 0) x = add(before, x);
    }
  }
  return classify(convolve(x, 1280, 1, 1));
}

/** 96×96, width 0.25. */
export function mobileNetV1(): Graph {
  const { input, convolve, depthwise, classify } = builder('MobileNetV1-0.25-96', 96);
  let x = convolve(input, 8, 3, 2);
  const layers: readonly (readonly [number, number])[] = [
    [16, 1],
    [32, 2],
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    ...Array.from({ length: 5 }, () => [128, 1] as const),
    [256, 2],
    [256, 1],
  ];
  for (const [channels, stride] of layers) x = convolve(depthwise(x, stride), channels, 1, 1);
  return classify(x);
}

export const madeModels = {
  'MobileNetV1-0.25-96': mobileNetV1,
  'MobileNetV2-224': () => mobileNetV2(),
} as const;
