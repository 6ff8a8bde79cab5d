/** Structure of built graphs: names, sharing, refusals, older forms of configs. */
import { describe, expect, it } from 'vitest';
import { IntactError } from '../../../model/error';
import type { KerasSource, WeightArray } from '../source';
import { buildKerasGraph } from './index';

const array = (...shape: number[]): WeightArray => ({
  name: 'w',
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i % 7) - 3),
});

function source(
  config: unknown,
  weights: Record<string, WeightArray[]> = {},
  kerasVersion = '2.15.0',
): KerasSource {
  return { name: 'model', config, kerasVersion, weights: (path) => weights[path.join('>')] };
}

const sequential = (...layers: unknown[]) => ({
  class_name: 'Sequential',
  config: { name: 'sequential', layers },
});
const layer = (class_name: string, name: string, config: object = {}) => ({
  class_name,
  config: { name, ...config },
});
const input = (...shape: (number | null)[]) =>
  layer('InputLayer', 'input', { batch_input_shape: [null, ...shape] });

function refusal(run: () => unknown): IntactError {
  try {
    run();
  } catch (error) {
    if (error instanceof IntactError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('names', () => {
  it('are the path of the layer, with a suffix where it has several nodes', () => {
    const inner = sequential(
      layer('SeparableConv2D', 'conv', { filters: 4, kernel_size: 3, activation: 'sigmoid' }),
      layer('BatchNormalization', 'bn'),
    );
    inner.config.name = 'block';
    const { graph } = buildKerasGraph(
      source(sequential(input(6, 6, 2), inner, layer('Flatten', 'flat')), {
        'block>conv': [array(3, 3, 2, 1), array(1, 1, 2, 4), array(4)],
        'block>bn': [array(4), array(4), array(4), array(4)],
      }),
    );
    expect(graph.nodes.map(({ name }) => name)).toEqual([
      'block/conv/depthwise',
      'block/conv/pointwise',
      'block/conv/sigmoid',
      'block/bn/mul',
      'block/bn/add',
      'flat',
    ]);
    expect(graph.layers).toEqual([
      { name: 'block/conv', type: 'SeparableConv2D' },
      { name: 'block/bn', type: 'BatchNormalization' },
      { name: 'flat', type: 'Flatten' },
    ]);
    for (const node of graph.nodes) expect(graph.values[node.outputs[0]!]!.name).toBe(node.name);
  });

  it('stay unique when a nested path and a plain name are the same', () => {
    const inner = sequential(layer('ReLU', 'b'));
    inner.config.name = 'a';
    const { graph } = buildKerasGraph(source(sequential(input(3), inner, layer('ReLU', 'a/b'))));
    expect(graph.nodes.map(({ name }) => name)).toEqual(['a/b', 'a/b#2']);
  });
});

describe('shared layers', () => {
  it('use one constant in all calls', () => {
    const dense = {
      ...layer('Dense', 'dense', { units: 3, activation: 'relu' }),
      name: 'dense',
      inbound_nodes: [[['x', 0, 0, {}]], [['dense', 0, 0, {}]]],
    };
    const config = {
      class_name: 'Model',
      config: {
        name: 'model',
        layers: [{ ...input(3), name: 'x', inbound_nodes: [] }, dense],
        input_layers: [['x', 0, 0]],
        output_layers: [['dense', 1, 0]],
      },
    };
    const { graph } = buildKerasGraph(source(config, { dense: [array(3, 3), array(3)] }));
    const [first, second] = graph.nodes;
    expect([first!.name, second!.name]).toEqual(['dense', 'dense#2']);
    expect(second!.inputs.slice(1)).toEqual(first!.inputs.slice(1));
    expect(first!.attrs).toMatchObject({ activation: 'RELU' });
    expect(graph.layers).toHaveLength(1);
  });
});

describe('layers that cannot run', () => {
  it('are named, with the shapes that follow from their configs', () => {
    const { graph, issues } = buildKerasGraph(
      source(
        sequential(
          input(5, 3),
          layer('LSTM', 'memory', { units: 4, return_sequences: true }),
          layer('Dense', 'out', { units: 2 }),
        ),
        { out: [array(4, 2), array(2)] },
      ),
    );
    expect(graph.nodes.map(({ op }) => op)).toEqual(['UNSUPPORTED', 'FULLY_CONNECTED']);
    expect(graph.nodes[0]!.attrs).toMatchObject({ kind: 'LSTM' });
    expect(graph.values[graph.outputs[0]!]!.shape).toEqual([1, 5, 2]);
    expect(issues.map(({ severity, layer: name }) => [severity, name])).toEqual([
      ['error', 'memory'],
    ]);
  });

  it.each([
    ['Lambda', 'never run', {}],
    ['MyPackage>Fancy', 'not a layer', {}],
    ['Fancy', 'custom class', { module: 'my_code.layers' }],
    ['Conv2D', 'custom class', { module: 'my_code.layers' }],
    ['Activation', 'activation function "mystery"', { config: { activation: 'mystery' } }],
  ])('%s: %s', (kind, reason, more: { config?: object; module?: string }) => {
    const spec = { ...layer(kind, 'odd', more.config), module: more.module };
    // What follows has no fitting weights for the guessed shape: it must not be refused as damaged.
    const next = layer('BatchNormalization', 'next');
    const nine = [array(9), array(9), array(9), array(9)];
    const { graph, issues } = buildKerasGraph(
      source(sequential(input(3), spec, next), { next: nine }),
    );
    expect(graph.nodes[0]!.attrs).toMatchObject({ kind });
    expect(issues[0]!.message).toContain(reason);
    expect(graph.nodes[1]!.op).toBe('UNSUPPORTED');
    expect(issues).toHaveLength(2);
    // A Dense layer behind it tells the width in its kernel.
    const dense = layer('Dense', 'next', { units: 2 });
    const known = buildKerasGraph(
      source(sequential(input(3), spec, dense), { next: [array(9, 2), array(2)] }),
    );
    expect(known.graph.nodes[1]!.op).toBe('FULLY_CONNECTED');
    expect(known.issues).toHaveLength(1);
  });

  it('include a mean over masked steps', () => {
    const { issues } = buildKerasGraph(
      source(
        sequential(
          input(5),
          layer('Embedding', 'words', { input_dim: 9, output_dim: 2, mask_zero: true }),
          layer('GlobalAveragePooling1D', 'mean'),
        ),
        { words: [array(9, 2)] },
      ),
    );
    expect(issues.map(({ layer: name }) => name)).toEqual(['mean']);
  });
});

describe('damage', () => {
  it('is refused with the layer named', () => {
    const dense = layer('Dense', 'dense', { units: 2 });
    const missing = refusal(() => buildKerasGraph(source(sequential(input(3), dense))));
    expect(missing.code).toBe('malformed');
    expect(missing.message).toContain('"dense"');
    const weights = { dense: [array(4, 2), array(2)] };
    const other = refusal(() => buildKerasGraph(source(sequential(input(3), dense), weights)));
    expect(other.message).toContain('[4, 2]');
  });

  it('in the order of layers: a cycle', () => {
    const relu = (name: string, from: string) => ({
      ...layer('ReLU', name),
      name,
      inbound_nodes: [[[from, 0, 0, {}]]],
    });
    const config = {
      class_name: 'Functional',
      config: {
        layers: [{ ...input(3), name: 'x', inbound_nodes: [] }, relu('a', 'b'), relu('b', 'a')],
        input_layers: [['x', 0, 0]],
        output_layers: [['b', 0, 0]],
      },
    };
    expect(refusal(() => buildKerasGraph(source(config))).code).toBe('malformed');
  });

  it('claims of size: sub-models that double at every level', () => {
    let model: ReturnType<typeof sequential> = sequential(layer('ReLU', 'relu'));
    for (let depth = 0; depth < 40; depth++) {
      const inner = model;
      inner.config.name = 'm';
      model = sequential(inner, inner);
    }
    const outer = sequential(input(2), model);
    expect(refusal(() => buildKerasGraph(source(outer))).code).toBe('limit');
  });

  it('claims of size: enormous filters, tiles and paddings', () => {
    for (const spec of [
      layer('Conv2D', 'c', { filters: 2e9, kernel_size: 3 }),
      layer('ZeroPadding2D', 'c', { padding: 2e9 }),
      layer('UpSampling2D', 'c', { size: 1e6 }),
      layer('Resizing', 'c', { height: 1e9, width: 1e9 }),
    ])
      expect(refusal(() => buildKerasGraph(source(sequential(input(4, 4, 3), spec)))).code).toBe(
        'malformed',
      );
  });

  it('a subclassed model is told apart', () => {
    const config = { class_name: 'MyModel', config: { width: 3 } };
    const error = refusal(() => buildKerasGraph(source(config)));
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain('MyModel');
  });
});

describe('older and other forms', () => {
  it('Keras 1: its own names of layers and arguments', () => {
    const config = {
      class_name: 'Sequential',
      config: [
        layer('Convolution2D', 'c', {
          batch_input_shape: [null, 8, 8, 2],
          nb_filter: 4,
          nb_row: 3,
          nb_col: 3,
          border_mode: 'same',
          subsample: [2, 2],
          dim_ordering: 'tf',
          bias: true,
          activation: 'relu',
        }),
        layer('MaxPooling2D', 'p', { pool_size: [2, 2], strides: [2, 2], border_mode: 'valid' }),
        layer('Flatten', 'f'),
        layer('Dropout', 'd', { p: 0.5 }),
        layer('Dense', 'out', { output_dim: 3, activation: 'softmax', bias: true }),
      ],
    };
    const weights = { c: [array(3, 3, 2, 4), array(4)], out: [array(16, 3), array(3)] };
    const { graph, issues } = buildKerasGraph(source(config, weights, '1.2.2'));
    expect(issues).toEqual([]);
    expect(graph.nodes.map(({ op }) => op)).toEqual([
      'CONV_2D',
      'MAX_POOL_2D',
      'RESHAPE',
      'FULLY_CONNECTED',
      'SOFTMAX',
    ]);
  });

  it('TF.js: camelCase and no InputLayer', () => {
    const conv = layer('Conv1D', 'conv1d_Conv1D1', {
      batchInputShape: [null, 9, 2],
      filters: 4,
      kernelSize: [3],
      strides: [2],
      useBias: false,
      activation: 'hardSigmoid',
    });
    const weights = { conv1d_Conv1D1: [array(3, 2, 4)] };
    const { graph } = buildKerasGraph(source(sequential(conv), weights, 'tfjs 3.18.0'));
    expect(graph.values[graph.outputs[0]!]!.shape).toEqual([1, 4, 4]);
  });

  it('a slope is the float32 that a .tflite stores, so that an export computes the same', () => {
    const leaky = layer('LeakyReLU', 'leaky', { alpha: 0.1 });
    const { graph } = buildKerasGraph(source(sequential(input(4), leaky)));
    expect(graph.nodes[0]!.attrs).toEqual({ alpha: Math.fround(0.1) });
  });

  it('a fixed batch and open sizes are told', () => {
    const fixed = layer('InputLayer', 'input', { batch_shape: [32, null, null, 3] });
    const { graph, issues } = buildKerasGraph(source(sequential(fixed, layer('ReLU', 'r'))));
    expect(graph.values[graph.inputs[0]!]!.shape).toEqual([1, 224, 224, 3]);
    expect(graph.values[graph.inputs[0]!]!.signature![0]).toBe(-1);
    expect(issues.map(({ severity }) => severity)).toEqual(['info', 'warning', 'warning']);
  });
});
