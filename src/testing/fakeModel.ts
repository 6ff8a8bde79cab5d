import { elementCount, type Graph, type Layer, type Node, type Value } from '../model/graph';
import type { OpenedModel } from '../jobs/types';

const blockNames = ['expand', 'depthwise', 'project', 'add'] as const;

/** A graph in MobileNet's shape with `count` nodes, some of them with names longer than a column. */
export function fakeModel(name: string, count: number): OpenedModel {
  const values: Value[] = [];
  const nodes: Node[] = [];
  const layers: Layer[] = [];
  const value = (v: Value) => values.push(v) - 1;
  let last = value({
    name: 'image',
    shape: [1, 28, 28, 1],
    signature: [-1, 28, 28, 1],
    dtype: 'float32',
  });
  const input = last;
  let skip = last;
  const conv = { padding: 'SAME', strideW: 1, strideH: 1, dilationW: 1, dilationH: 1 } as const;
  for (let i = 0; i < count; i++) {
    const block = Math.floor(i / 4);
    const kind = i === count - 1 ? 'dense' : blockNames[i % 4]!;
    const prefix = block % 5 === 3 ? 'feature_extractor/backbone/inverted_residual_stage' : 'block';
    const node = `${prefix}_${block}/${kind}`;
    const shape = kind === 'dense' ? [1, 10] : [1, 14, 14, kind === 'depthwise' ? 48 : 16];
    const layer = layers.push({ name: node, type: typeOf(kind) }) - 1;
    const out = value({ name: `${node}/output`, shape, dtype: 'float32' });
    const base = { name: node, layer, outputs: [out] };
    if (kind === 'add') {
      nodes.push({ ...base, op: 'ADD', attrs: { activation: 'NONE' }, inputs: [skip, last] });
      skip = out;
    } else {
      const weightShape =
        kind === 'dense' ? [10, 64] : kind === 'depthwise' ? [1, 3, 3, 48] : [16, 1, 1, 16];
      const weights = value({
        name: `${node}/kernel`,
        shape: weightShape,
        dtype: 'float32',
        data: new Float32Array(elementCount(weightShape)),
      });
      const inputs = [last, weights];
      if (kind === 'depthwise')
        nodes.push({
          ...base,
          op: 'DEPTHWISE_CONV_2D',
          attrs: { ...conv, activation: 'RELU6', depthMultiplier: 1 },
          inputs,
        });
      else if (kind === 'dense')
        nodes.push({
          ...base,
          op: 'FULLY_CONNECTED',
          attrs: { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false },
          inputs,
        });
      else
        nodes.push({
          ...base,
          op: 'CONV_2D',
          attrs: { ...conv, activation: kind === 'expand' ? 'RELU6' : 'NONE' },
          inputs,
        });
    }
    last = out;
  }
  const graph: Graph = { name, values, nodes, inputs: [input], outputs: [last], layers };
  return {
    key: `fake ${name} ${count}`,
    name,
    format: 'keras-v3',
    description: 'Keras 3.15.0, .keras archive',
    fileBytes: 412_345,
    graph,
    optimized: graph,
    issues: [
      { severity: 'info', message: `${count} BatchNormalization layers were folded.` },
      {
        severity: 'warning',
        layer: nodes[5]?.name,
        message: 'Dropout acts only in training and was left out.',
      },
    ],
    summary: {
      layers: count,
      params: 103_420,
      macs: 4_812_300,
      inputs: [{ name: 'image', shape: [1, 28, 28, 1], dtype: 'float32' }],
      outputs: [{ name: 'probabilities', shape: [1, 10], dtype: 'float32' }],
      quantized: false,
      unsupported: [],
    },
  };
}

function typeOf(kind: string): string {
  return (
    { expand: 'Conv2D', depthwise: 'DepthwiseConv2D', project: 'Conv2D', add: 'Add' }[kind] ??
    'Dense'
  );
}
