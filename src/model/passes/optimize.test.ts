/** Every rewriting gives the same numbers in the TFLite runtime; what must not be rewritten stays. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph';
import { numberToHalf } from '../half';
import { optimize } from './optimize';
import { splitActivation } from './splitActivation';
import { builder, conv, dense, distance, numbers, plain, results } from '../../testing/graphs';

const ops = (graph: Graph) => graph.nodes.map(({ op }) => op);

/** Optimizes, checks the numbers, gives the graph and the issues. */
async function optimized(graph: Graph) {
  const before = JSON.stringify(graph.nodes);
  const made = optimize(graph);
  expect(JSON.stringify(graph.nodes)).toBe(before);
  expect(distance(await results(graph), await results(made.graph))).toBeLessThan(1e-5);
  return made;
}

const positive = (count: number, seed: number) => numbers(count, seed).map((x) => x + 1.5);

type Builder = ReturnType<typeof builder>;

/** BatchNormalization as Keras models are imported: MUL, then ADD. */
function batchNorm(b: Builder, name: string, input: number, shape: number[]): number {
  const channels = shape.at(-1)!;
  const scale = b.constant(`${name}/scale`, [channels], positive(channels, 3));
  const offset = b.constant(`${name}/offset`, [channels], numbers(channels, 4));
  const scaled = b.node('MUL', `${name}/mul`, plain, [input, scale], shape);
  return b.node('ADD', `${name}/add`, plain, [scaled, offset], shape);
}

describe('BatchNorm into the node before', () => {
  it.each([
    ['with bias', true],
    ['without bias', false],
  ])('CONV_2D %s, ReLU6 after it', async (_, hasBias) => {
    const b = builder();
    const x = b.input('x', [1, 6, 6, 3]);
    const inputs = [x, b.constant('w', [5, 3, 3, 3])];
    if (hasBias) inputs.push(b.constant('b', [5]));
    const y = b.node('CONV_2D', 'conv', conv(), inputs, [1, 4, 4, 5]);
    const z = b.node('RELU6', 'relu', {}, [batchNorm(b, 'bn', y, [1, 4, 4, 5])], [1, 4, 4, 5]);
    const { graph, issues } = await optimized(b.graph([z]));
    expect(ops(graph)).toEqual(['CONV_2D']);
    expect(graph.nodes[0]!.name).toBe('conv');
    expect(graph.nodes[0]!.attrs).toMatchObject({ activation: 'RELU6' });
    expect(graph.values[graph.outputs[0]!]!.name).toBe('relu:0');
    expect(issues).toEqual([]);
  });

  it('DEPTHWISE_CONV_2D with a multiplier', async () => {
    const b = builder();
    const x = b.input('x', [1, 6, 6, 3]);
    const attrs = { ...conv({ padding: 'SAME' }), depthMultiplier: 2 };
    const w = b.constant('w', [1, 3, 3, 6]);
    const y = b.node('DEPTHWISE_CONV_2D', 'dw', attrs, [x, w], [1, 6, 6, 6]);
    const { graph } = await optimized(b.graph([batchNorm(b, 'bn', y, [1, 6, 6, 6])]));
    expect(ops(graph)).toEqual(['DEPTHWISE_CONV_2D']);
  });

  it('FULLY_CONNECTED', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    const w = b.constant('w', [4, 6]);
    const y = b.node('FULLY_CONNECTED', 'fc', dense, [x, w], [1, 4]);
    const { graph } = await optimized(b.graph([batchNorm(b, 'bn', y, [1, 4])]));
    expect(ops(graph)).toEqual(['FULLY_CONNECTED']);
  });

  it('TRANSPOSE_CONV; its ReLU is fused too', async () => {
    const b = builder();
    const x = b.input('x', [1, 3, 3, 2]);
    const size = b.integers('size', [4], [1, 6, 6, 3]);
    const attrs = { padding: 'SAME', strideW: 2, strideH: 2, activation: 'NONE' } as const;
    const w = b.constant('w', [3, 3, 3, 2]);
    const y = b.node('TRANSPOSE_CONV', 'deconv', attrs, [size, w, x], [1, 6, 6, 3]);
    const z = b.node('RELU', 'relu', {}, [batchNorm(b, 'bn', y, [1, 6, 6, 3])], [1, 6, 6, 3]);
    const before = b.graph([z]);
    const { graph } = optimize(before);
    expect(ops(graph)).toEqual(['TRANSPOSE_CONV']);
    expect(graph.nodes[0]!.attrs).toMatchObject({ activation: 'RELU' });
    expect(graph.values[graph.outputs[0]!]!.name).toBe('relu:0');
    // The runtime here refuses the fused form.
    const split = splitActivation(graph);
    expect(distance(await results(before), await results(split))).toBeLessThan(1e-5);
  });

  it('TRANSPOSE_CONV with a fused ReLU, and as old runtimes take it', async () => {
    const make = (activation: 'NONE' | 'RELU') => {
      const b = builder();
      const x = b.input('x', [1, 4, 4, 3]);
      const shape = b.integers('shape', [4], [1, 8, 8, 5]);
      const attrs = { padding: 'SAME', strideW: 2, strideH: 2, activation } as const;
      const inputs = [shape, b.constant('w', [5, 3, 3, 3]), x, b.constant('b', [5])];
      const y = b.node('TRANSPOSE_CONV', 'up', attrs, inputs, [1, 8, 8, 5]);
      return activation === 'RELU' ? b.graph([y]) : { b, y };
    };
    const apart = make('NONE') as { b: Builder; y: number };
    const z = apart.b.node('RELU', 'relu', {}, [apart.y], [1, 8, 8, 5]);
    const { graph: fused } = optimize(make('RELU') as Graph);
    expect(ops(fused)).toEqual(['TRANSPOSE_CONV']);
    const graph = splitActivation(fused);
    expect(ops(graph)).toEqual(['TRANSPOSE_CONV', 'RELU']);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['up', 'up/relu']);
    expect(graph.values[graph.outputs[0]!]!.name).toBe('up:0');
    const before = await results(apart.b.graph([z]));
    expect(distance(before, await results(graph))).toBe(0);
  });

  it('across RESHAPE (Conv1D), with the activation', async () => {
    const b = builder();
    const x = b.input('x', [1, 1, 8, 3]);
    const y = b.node('CONV_2D', 'conv', conv(), [x, b.constant('w', [4, 1, 3, 3])], [1, 1, 6, 4]);
    const flat = b.node('RESHAPE', 'squeeze', {}, [y, b.integers('s', [3], [1, 6, 4])], [1, 6, 4]);
    const z = b.node('RELU', 'relu', {}, [batchNorm(b, 'bn', flat, [1, 6, 4])], [1, 6, 4]);
    const { graph } = await optimized(b.graph([z]));
    expect(ops(graph)).toEqual(['CONV_2D', 'RESHAPE']);
    expect(graph.values[graph.outputs[0]!]!.name).toBe('relu:0');
  });

  it('a MUL across PAD, but not an ADD', async () => {
    const b = builder();
    const x = b.input('x', [1, 4, 4, 2]);
    const y = b.node('CONV_2D', 'conv', conv(), [x, b.constant('w', [3, 1, 1, 2])], [1, 4, 4, 3]);
    const pads = b.integers('pads', [4, 2], [0, 0, 1, 1, 1, 1, 0, 0]);
    const padded = b.node('PAD', 'pad', {}, [y, pads], [1, 6, 6, 3]);
    const { graph, issues } = await optimized(b.graph([batchNorm(b, 'bn', padded, [1, 6, 6, 3])]));
    expect(ops(graph)).toEqual(['CONV_2D', 'PAD', 'ADD']);
    expect(issues).toHaveLength(1);
    expect(issues[0]!.message).toContain('"pad" pads with zeros');
  });

  it('weights shared by two nodes become two', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    const w = b.constant('w', [4, 6]);
    const bias = b.constant('b', [4]);
    const one = b.node('FULLY_CONNECTED', 'one', dense, [x, w, bias], [1, 4]);
    const two = b.node('FULLY_CONNECTED', 'two', dense, [x, w, bias], [1, 4]);
    const { graph } = await optimized(b.graph([batchNorm(b, 'bn', one, [1, 4]), two]));
    expect(ops(graph)).toEqual(['FULLY_CONNECTED', 'FULLY_CONNECTED']);
    expect(new Set(graph.values.map(({ name }) => name)).size).toBe(graph.values.length);
  });
});

describe('what stays', () => {
  it.each(['output', 'second reader', 'activation'] as const)('because of an %s', async (why) => {
    const b = builder();
    const x = b.input('x', [1, 4, 4, 2]);
    const attrs = conv({ activation: why === 'activation' ? 'RELU' : 'NONE' });
    const y = b.node('CONV_2D', 'conv', attrs, [x, b.constant('w', [3, 1, 1, 2])], [1, 4, 4, 3]);
    const z = batchNorm(b, 'bn', y, [1, 4, 4, 3]);
    const other = b.node('TANH', 'tanh', {}, [y], [1, 4, 4, 3]);
    const outputs = { output: [z, y], 'second reader': [z, other], activation: [z] }[why];
    const { graph, issues } = await optimized(b.graph(outputs));
    expect(ops(graph)).toContain('MUL');
    expect(ops(graph)).toContain('ADD');
    expect(issues.length).toBeGreaterThan(0);
    expect(issues[0]!.severity).toBe('info');
    expect(issues[0]!.message).toMatch(/"bn\/mul" was not folded: .*"conv"/);
  });

  it('an activation that another node bypasses', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    const y = b.node('FULLY_CONNECTED', 'fc', dense, [x, b.constant('w', [4, 6])], [1, 4]);
    const z = b.node('RELU', 'relu', {}, [y], [1, 4]);
    const { graph } = await optimized(b.graph([z, y]));
    expect(ops(graph)).toEqual(['FULLY_CONNECTED', 'RELU']);
  });

  it('a second activation after a fused one', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    const attrs = { ...dense, activation: 'RELU6' } as const;
    const y = b.node('FULLY_CONNECTED', 'fc', attrs, [x, b.constant('w', [4, 6])], [1, 4]);
    const z = b.node('RELU_N1_TO_1', 'relu', {}, [y], [1, 4]);
    expect(ops((await optimized(b.graph([z]))).graph)).toEqual(['FULLY_CONNECTED', 'RELU_N1_TO_1']);
  });

  it('a reshape from an input of the model to an output', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    const y = b.node('RESHAPE', 'same', {}, [x, b.integers('s', [2], [1, 6])], [1, 6]);
    expect(ops((await optimized(b.graph([y]))).graph)).toEqual(['RESHAPE']);
  });
});

describe('BatchNorm into the node after', () => {
  it('valid CONV_2D: MUL and ADD', async () => {
    const b = builder();
    const x = b.input('x', [1, 6, 6, 3]);
    const y = batchNorm(b, 'bn', x, [1, 6, 6, 3]);
    const w = b.constant('w', [4, 3, 3, 3]);
    const { graph } = await optimized(
      b.graph([b.node('CONV_2D', 'conv', conv(), [y, w], [1, 4, 4, 4])]),
    );
    expect(ops(graph)).toEqual(['CONV_2D']);
  });

  it('padded CONV_2D: not the ADD', async () => {
    const b = builder();
    const x = b.input('x', [1, 6, 6, 3]);
    const y = batchNorm(b, 'bn', x, [1, 6, 6, 3]);
    const inputs = [y, b.constant('w', [4, 3, 3, 3]), b.constant('b', [4])];
    const z = b.node('CONV_2D', 'conv', conv({ padding: 'SAME' }), inputs, [1, 6, 6, 4]);
    const { graph, issues } = await optimized(b.graph([z]));
    expect(ops(graph)).toEqual(['MUL', 'ADD', 'CONV_2D']);
    expect(issues.map(({ message }) => message).join()).toContain('"conv" pads with zeros');
  });

  it('padded CONV_2D: a MUL alone (Rescaling)', async () => {
    const b = builder();
    const x = b.input('x', [1, 6, 6, 3]);
    const y = b.node('MUL', 'rescale', plain, [x, b.constant('s', [], [1 / 255])], [1, 6, 6, 3]);
    const inputs = [y, b.constant('w', [4, 3, 3, 3])];
    const z = b.node('CONV_2D', 'conv', conv({ padding: 'SAME' }), inputs, [1, 6, 6, 4]);
    expect(ops((await optimized(b.graph([z]))).graph)).toEqual(['CONV_2D']);
  });

  it('DEPTHWISE_CONV_2D with a multiplier', async () => {
    const b = builder();
    const x = b.input('x', [1, 6, 6, 3]);
    const y = batchNorm(b, 'bn', x, [1, 6, 6, 3]);
    const attrs = { ...conv(), depthMultiplier: 2 };
    const inputs = [y, b.constant('w', [1, 3, 3, 6])];
    const z = b.node('DEPTHWISE_CONV_2D', 'dw', attrs, inputs, [1, 4, 4, 6]);
    expect(ops((await optimized(b.graph([z]))).graph)).toEqual(['DEPTHWISE_CONV_2D']);
  });

  it('FULLY_CONNECTED across Flatten', async () => {
    const b = builder();
    const x = b.input('x', [1, 2, 2, 3]);
    const y = batchNorm(b, 'bn', x, [1, 2, 2, 3]);
    const flat = b.node('RESHAPE', 'flat', {}, [y, b.integers('s', [2], [1, 12])], [1, 12]);
    const z = b.node('FULLY_CONNECTED', 'fc', dense, [flat, b.constant('w', [4, 12])], [1, 4]);
    expect(ops((await optimized(b.graph([z]))).graph)).toEqual(['RESHAPE', 'FULLY_CONNECTED']);
  });

  it('SUB and DIV by constants (Normalization)', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    const y = b.node('SUB', 'mean', plain, [x, b.constant('m', [1, 6])], [1, 6]);
    const z = b.node('DIV', 'std', plain, [y, b.constant('d', [1, 6], positive(6, 5))], [1, 6]);
    const out = b.node('FULLY_CONNECTED', 'fc', dense, [z, b.constant('w', [4, 6])], [1, 4]);
    expect(ops((await optimized(b.graph([out]))).graph)).toEqual(['FULLY_CONNECTED']);
  });

  it('not a BatchNorm per feature after Flatten into the convolution before', async () => {
    const b = builder();
    const x = b.input('x', [1, 2, 2, 2]);
    const y = b.node('CONV_2D', 'conv', conv(), [x, b.constant('w', [3, 1, 1, 2])], [1, 2, 2, 3]);
    const flat = b.node('RESHAPE', 'flat', {}, [y, b.integers('s', [2], [1, 12])], [1, 12]);
    const { graph, issues } = await optimized(b.graph([batchNorm(b, 'bn', flat, [1, 12])]));
    expect(ops(graph)).toEqual(['CONV_2D', 'RESHAPE', 'MUL', 'ADD']);
    expect(issues[0]!.message).toContain('"flat" mixes its channels');
  });
});

describe('identities and constants', () => {
  it('go, and the names of outputs stay', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    const one = b.node('MUL', 'one', plain, [x, b.constant('1', [], [1])], [1, 6]);
    const y = b.node('TANH', 'tanh', {}, [one], [1, 6]);
    const folded = b.node('RESHAPE', 'r1', {}, [y, b.integers('s1', [2], [2, 3])], [2, 3]);
    const back = b.node('RESHAPE', 'r2', {}, [folded, b.integers('s2', [2], [1, 6])], [1, 6]);
    const same = b.node('RESHAPE', 'r3', {}, [back, b.integers('s3', [2], [1, 6])], [1, 6]);
    const { graph } = await optimized(b.graph([same]));
    expect(ops(graph)).toEqual(['TANH']);
    expect(graph.values[graph.outputs[0]!]!.name).toBe('r3:0');
  });

  it('arithmetic on constants is done once', async () => {
    const b = builder();
    const x = b.input('x', [2, 3]);
    const c = b.node('MUL', 'c', plain, [b.constant('p', [2, 1]), b.constant('q', [3])], [2, 3]);
    const s = b.node('SQUARE', 'square', {}, [c], [2, 3]);
    const y = b.node('ADD', 'add', plain, [x, s], [2, 3]);
    expect(ops((await optimized(b.graph([y]))).graph)).toEqual(['ADD']);
  });

  it('float16 constants become float32', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    const half = b.constant('half', [4, 6]);
    const w = b.node('DEQUANTIZE', 'w', {}, [half], [4, 6]);
    const made = b.graph([b.node('FULLY_CONNECTED', 'fc', dense, [x, w], [1, 4])]);
    const values = made.values.map((value) =>
      value.name === 'half'
        ? {
            ...value,
            dtype: 'float16' as const,
            data: Uint16Array.from(value.data as Float32Array, numberToHalf),
          }
        : value,
    );
    const { graph } = await optimized({ ...made, values });
    expect(ops(graph)).toEqual(['FULLY_CONNECTED']);
    expect(graph.values.map(({ dtype }) => dtype)).not.toContain('float16');
  });

  it('dead nodes go, unused inputs stay', async () => {
    const b = builder();
    const x = b.input('x', [1, 6]);
    b.input('unused', [1, 2]);
    b.node('EXP', 'dead', {}, [x], [1, 6]);
    const { graph } = optimize(b.graph([b.node('TANH', 'tanh', {}, [x], [1, 6])]));
    expect(ops(graph)).toEqual(['TANH']);
    expect(graph.inputs).toHaveLength(2);
  });
});
