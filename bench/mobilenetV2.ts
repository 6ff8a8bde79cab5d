/**
 * MobileNetV2-224 (Sandler et al., arXiv 1801.04381, table 2) as Keras lays it out: zero padding in front of
 * the convolutions of stride 2, BatchNorm folded, weights from a seed (He), so that it needs no download.
 */
import { elementCount, type Graph, type Node, type Value } from '../src/model/graph';
import type { Activation, OpAttrs, OpName } from '../src/model/ops';
import { inferShapes } from '../src/model/infer';
import { uniform } from '../src/engine/webgpu/selfTestCases';

/** Expansion, channels, repeats, stride. */
const blocks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

export function mobilenetV2(size = 224, classes = 1000, seed = 1): Graph {
  const next = uniform(seed);
  const values: Value[] = [{ name: 'image', shape: [1, size, size, 3], dtype: 'float32' }];
  const nodes: Node[] = [];
  const constant = (name: string, shape: readonly number[], data: Value['data']) =>
    values.push({ name, shape, dtype: data instanceof Int32Array ? 'int32' : 'float32', data }) - 1;
  const random = (count: number, deviation: number) =>
    Float32Array.from(
      { length: count },
      () => (next() + next() + next() + next() - 2) * Math.sqrt(3) * deviation,
    );
  const add = <K extends OpName>(name: string, op: K, attrs: OpAttrs[K], inputs: number[]) => {
    const [inferred] = inferShapes(
      op,
      attrs,
      inputs.map((index) => values[index]),
    );
    const output = values.push({ name, shape: inferred!.shape, dtype: 'float32' }) - 1;
    nodes.push({ name, op, attrs, inputs, outputs: [output], layer: nodes.length } as Node);
    return output;
  };
  const linear = (
    name: string,
    from: number,
    kind: 'full' | 'depthwise',
    channels: number,
    filter: number,
    stride: number,
    activation: Activation,
  ) => {
    const inC = values[from]!.shape[3]!;
    let input = from;
    if (stride === 2) {
      const odd = values[from]!.shape[1]! % 2;
      const pads = constant(`${name}/pads`, [4, 2], Int32Array.of(0, 0, odd, 1, odd, 1, 0, 0));
      input = add(`${name}/pad`, 'PAD', {}, [from, pads]);
    }
    const attrs = {
      padding: stride === 2 ? 'VALID' : 'SAME',
      ...{ strideH: stride, strideW: stride, dilationH: 1, dilationW: 1, activation },
    } as const;
    const isFull = kind === 'full';
    const shape = isFull ? [channels, filter, filter, inC] : [1, filter, filter, channels];
    const deviation = Math.sqrt(2 / (filter * filter * (isFull ? inC : 1)));
    const weights = constant(`${name}/w`, shape, random(elementCount(shape), deviation));
    const bias = constant(`${name}/b`, [channels], random(channels, 0.1));
    return isFull
      ? add(name, 'CONV_2D', attrs, [input, weights, bias])
      : add(name, 'DEPTHWISE_CONV_2D', { ...attrs, depthMultiplier: 1 }, [input, weights, bias]);
  };
  let at = linear('first', 0, 'full', 32, 3, 2, 'RELU6');
  let number = 0;
  for (const [expansion, channels, repeats, firstStride] of blocks) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const name = `block ${number++}`;
      const stride = repeat === 0 ? firstStride : 1;
      const inC = values[at]!.shape[3]!;
      const wide =
        expansion === 1 ? at : linear(`${name} expand`, at, 'full', inC * expansion, 1, 1, 'RELU6');
      const deep = linear(
        `${name} depthwise`,
        wide,
        'depthwise',
        inC * expansion,
        3,
        stride,
        'RELU6',
      );
      const narrow = linear(`${name} project`, deep, 'full', channels, 1, 1, 'NONE');
      at =
        stride === 1 && inC === channels
          ? add(`${name} add`, 'ADD', { activation: 'NONE' }, [at, narrow])
          : narrow;
    }
  }
  at = linear('last', at, 'full', 1280, 1, 1, 'RELU6');
  const axes = constant('axes', [2], Int32Array.of(1, 2));
  at = add('mean', 'MEAN', { keepDims: false }, [at, axes]);
  const weights = constant(
    'classes/w',
    [classes, 1280],
    random(classes * 1280, Math.sqrt(1 / 1280)),
  );
  const bias = constant('classes/b', [classes], random(classes, 0.1));
  const dense = {
    keepNumDims: false,
    asymmetricQuantizeInputs: false,
    activation: 'NONE',
  } as const;
  at = add('classes', 'FULLY_CONNECTED', dense, [at, weights, bias]);
  at = add('softmax', 'SOFTMAX', { beta: 1 }, [at]);
  return {
    name: `MobileNetV2-${size}`,
    ...{ values, nodes, inputs: [0], outputs: [at] },
    layers: nodes.map(({ name, op }) => ({ name, type: op })),
  };
}
