/**
 * Small nets made from a seed, with weights normalised on data and a readout by the classes' centroids: they
 * answer well without a training, so that a fault that is put in has something to destroy.
 */
import { prepare } from '../../../src/jobs/prepared';
import type { Backend } from '../../../src/engine/engine';
import { elementCount, type Graph, type Node, type Value } from '../../../src/model/graph';
import { random } from '../../../src/numbers/random';

export interface Net {
  readonly name: string;
  readonly values: Value[];
  readonly nodes: Node[];
  readonly input: number;
  readonly outputs: number[];
}

/** Normal, by Box and Muller. */
export function normal(seed: number): () => number {
  const next = random(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

type Shape4 = readonly [number, number, number, number];

export function building(name: string, inputShape: readonly number[], seed: number) {
  const draw = normal(seed);
  const values: Value[] = [];
  const nodes: Node[] = [];
  const value = (own: string, shape: readonly number[], data?: Float32Array | Int32Array) =>
    values.push({
      ...{ name: own, shape, dtype: data instanceof Int32Array ? 'int32' : 'float32' },
      ...(data && { data }),
    }) - 1;
  const constant = (own: string, shape: readonly number[], size: number) =>
    value(
      own,
      shape,
      Float32Array.from({ length: elementCount(shape) }, () => draw() * size),
    );
  const input = value('input', inputShape);
  const shape = (at: number) => values[at]!.shape;
  const node = (own: string, part: object, inputs: number[], to: readonly number[]) => {
    const output = value(`${own}:0`, to);
    nodes.push({ ...part, name: own, inputs, outputs: [output], layer: 0 } as unknown as Node);
    return output;
  };
  const strides = (stride: number) => ({
    ...{ padding: 'SAME', strideH: stride, strideW: stride, dilationH: 1, dilationW: 1 },
    activation: 'NONE',
  });
  const down = (n: number, stride: number) => Math.ceil(n / stride);
  return {
    ...{ input, shape, values, nodes },
    conv(own: string, x: number, channels: number, kernel = 3, stride = 1) {
      const [, h, w, c] = shape(x) as Shape4;
      const weights = constant(`${own}/w`, [channels, kernel, kernel, c], 1);
      const to = [1, down(h, stride), down(w, stride), channels];
      const bias = constant(`${own}/b`, [channels], 0);
      return node(own, { op: 'CONV_2D', attrs: strides(stride) }, [x, weights, bias], to);
    },
    depthwise(own: string, x: number, stride = 1) {
      const [, h, w, c] = shape(x) as Shape4;
      const attrs = { ...strides(stride), depthMultiplier: 1 };
      const parts = [x, constant(`${own}/w`, [1, 3, 3, c], 1), constant(`${own}/b`, [c], 0)];
      const to = [1, down(h, stride), down(w, stride), c];
      return node(own, { op: 'DEPTHWISE_CONV_2D', attrs }, parts, to);
    },
    dense(own: string, x: number, units: number) {
      const from = shape(x).at(-1)!;
      const attrs = { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false };
      const parts = [x, constant(`${own}/w`, [units, from], 1), constant(`${own}/b`, [units], 0)];
      return node(own, { op: 'FULLY_CONNECTED', attrs }, parts, [1, units]);
    },
    unary: (own: string, op: Node['op'], x: number, attrs: object = {}) =>
      node(own, { op, attrs }, [x], shape(x)),
    binary: (own: string, op: 'ADD' | 'SUB' | 'MUL', a: number, b: number) =>
      node(own, { op, attrs: { activation: 'NONE' } }, [a, b], shape(a)),
    pool: (own: string, x: number) =>
      node(
        own,
        { op: 'MEAN', attrs: { keepDims: false } },
        [x, value(`${own}/axes`, [2], Int32Array.of(1, 2))],
        [1, shape(x).at(-1)!],
      ),
    reshape: (own: string, x: number, to: readonly number[]) =>
      node(
        own,
        { op: 'RESHAPE', attrs: {} },
        [x, value(`${own}/shape`, [to.length], Int32Array.from(to))],
        to,
      ),
    concat(own: string, parts: readonly number[], axis: number) {
      const to = [...shape(parts[0]!)];
      to[axis] = parts.reduce((sum, part) => sum + shape(part)[axis]!, 0);
      return node(
        own,
        { op: 'CONCATENATION', attrs: { axis, activation: 'NONE' } },
        [...parts],
        to,
      );
    },
    scale: (own: string, x: number, by: number) =>
      node(
        own,
        { op: 'MUL', attrs: { activation: 'NONE' } },
        [x, value(`${own}/by`, [1], Float32Array.of(by))],
        shape(x),
      ),
    net: (...outputs: number[]): Net => ({ name, values, nodes, input, outputs }),
  };
}
export type Building = ReturnType<typeof building>;

/** With constants of its own: what an engine has packed once it takes for the same ever after. */
export const graphOf = ({ name, values, nodes, input, outputs }: Net): Graph => ({
  ...{ name, nodes, inputs: [input], outputs },
  values: values.map((one) => (one.data ? { ...one, data: one.data.slice() } : one)),
  layers: [{ name, type: 'Made' }],
});

/** A layer's numbers, to be changed in place. Channels are the first axis, of depthwise weights the last. */
export function layerOf({ nodes, values }: Net, name: string) {
  const node = nodes.find((one) => one.name === name)!;
  const weights = values[node.inputs[1]!]!;
  const w = weights.data as Float32Array;
  const b = values[node.inputs[2]!]!.data as Float32Array;
  const channels = b.length;
  const depthwise = node.op === 'DEPTHWISE_CONV_2D';
  const each = w.length / channels;
  const inputs = weights.shape.at(-1)!;
  const at = (channel: number, i: number) =>
    depthwise ? i * channels + channel : channel * each + i;
  return {
    ...{ w, b, channels, node },
    scale(channel: number, by: number) {
      for (let i = 0; i < each; i++) w[at(channel, i)]! *= by;
      b[channel]! *= by;
    },
    /** The weights of one channel that read one input channel; not of depthwise. */
    scaleInput(channel: number, input: number, by: number) {
      for (let i = input; i < each; i += inputs) w[at(channel, i)]! *= by;
    },
    /** Of all channels. */
    scaleAllInputs(input: number, by: number) {
      for (let channel = 0; channel < channels; channel++) this.scaleInput(channel, input, by);
    },
    weightsOf: (channel: number) => Array.from({ length: each }, (_, i) => at(channel, i)),
  };
}

export type Inputs = readonly Float32Array[];

/** What a node's output is on some samples. */
export async function outputsOf(
  net: Net,
  name: string,
  inputs: Inputs,
  backend: Backend,
): Promise<Float32Array[]> {
  const node = net.nodes.find((one) => one.name === name)!;
  const graph = { ...graphOf(net), outputs: [node.outputs[0]!] };
  const prepared = await prepare(backend, graph);
  try {
    const all: Float32Array[] = [];
    for (const one of inputs) all.push((await prepared.run({ inputs: [one] }))[0]!);
    return all;
  } finally {
    prepared.dispose();
  }
}

/** Every weighted layer in turn: each channel of its output gets mean 0 and deviation 1, as BatchNorm would. */
export async function normalise(net: Net, inputs: Inputs, backend: Backend): Promise<void> {
  for (const { name, op } of net.nodes) {
    if (op !== 'CONV_2D' && op !== 'DEPTHWISE_CONV_2D' && op !== 'FULLY_CONNECTED') continue;
    const layer = layerOf(net, name);
    const seen = await outputsOf(net, name, inputs, backend);
    for (let channel = 0; channel < layer.channels; channel++) {
      let [sum, squares, count] = [0, 0, 0];
      for (const one of seen)
        for (let i = channel; i < one.length; i += layer.channels) {
          sum += one[i]!;
          squares += one[i]! ** 2;
          count++;
        }
      const mean = sum / count;
      const std = Math.sqrt(Math.max(1e-8, squares / count - mean * mean));
      layer.scale(channel, 1 / std);
      layer.b[channel]! -= mean / std;
    }
  }
}

/** The layer answers the class whose centroid is nearest, features weighed by their scatter within classes. */
export async function fitReadout(
  net: Net,
  name: string,
  { inputs, labels }: Labelled,
  backend: Backend,
  gain = 1,
): Promise<void> {
  const { node, w, b, channels: classes } = layerOf(net, name);
  const before = net.nodes.find(({ outputs }) => outputs.includes(node.inputs[0]!))!;
  const features = await outputsOf(net, before.name, inputs, backend);
  const size = features[0]!.length;
  const means = Array.from({ length: classes }, () => new Float64Array(size));
  const counts = new Float64Array(classes);
  features.forEach((one, at) => {
    counts[labels[at]!]!++;
    one.forEach((x, i) => (means[labels[at]!]![i]! += x));
  });
  means.forEach((mean, k) => mean.forEach((x, i) => (mean[i] = x / Math.max(1, counts[k]!))));
  const scatter = new Float64Array(size);
  features.forEach((one, at) =>
    one.forEach((x, i) => (scatter[i]! += (x - means[labels[at]!]![i]!) ** 2 / features.length)),
  );
  const middle = [...scatter].sort((x, y) => x - y)[size >> 1]!;
  const centre = means[0]!.map((_, i) => means.reduce((sum, mean) => sum + mean[i]! / classes, 0));
  means.forEach((mean, k) => {
    let offset = 0;
    mean.forEach((x, i) => {
      const weight = 1 / (scatter[i]! + 0.3 * middle + 1e-6);
      w[k * size + i] = gain * (x - centre[i]!) * weight;
      offset += 0.5 * (x * x - centre[i]! ** 2) * weight;
    });
    b[k] = -gain * offset;
  });
}

export interface Labelled {
  readonly inputs: readonly Float32Array[];
  readonly labels: readonly number[];
}

export interface DataOptions {
  readonly seed: number;
  readonly classes: number;
  readonly shape: readonly number[];
  readonly count: number;
  /** Deviation of what isn't the class's pattern; the patterns have deviation 1. */
  readonly noise: number;
  /** Deviation of the logarithm of each sample's contrast. */
  readonly contrast?: number;
}

/** A pattern for each class, smooth where there are positions, and noise. */
export function madeData({
  seed,
  classes,
  shape,
  count,
  noise,
  contrast = 0.2,
}: DataOptions): Labelled {
  const draw = normal(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  const patterns = Array.from({ length: classes }, () => {
    const raw = Float32Array.from({ length: size }, draw);
    if (shape.length < 3) return raw;
    const [h, w, c] = shape.slice(-3) as [number, number, number];
    return raw.map((_, at) => {
      const channel = at % c;
      const [y, x] = [Math.floor(at / (w * c)), Math.floor(at / c) % w];
      let [sum, n] = [0, 0];
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++)
          if (y + dy >= 0 && y + dy < h && x + dx >= 0 && x + dx < w) {
            sum += raw[((y + dy) * w + x + dx) * c + channel]!;
            n++;
          }
      return (2.5 * sum) / n;
    });
  });
  const labels = Array.from({ length: count }, (_, at) => at % classes);
  const inputs = labels.map((label) => {
    const strength = Math.exp(contrast * draw());
    return patterns[label]!.map((x) => strength * (x + noise * draw()));
  });
  return { inputs, labels };
}
