/**
 * Float graphs on TF.js' WASM backend, operator by operator as its own graph models are run. It has no int8
 * kernels, and its threads start from blob: addresses, which the studio's headers refuse.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Node, Tensor } from '../src/model/graph';

type Activation = 'linear' | 'relu' | 'relu6';
const activations: Readonly<Record<string, Activation>> = {
  NONE: 'linear',
  RELU: 'relu',
  RELU6: 'relu6',
};

function activationOf(name: string): Activation {
  const found = activations[name];
  if (!found) throw new Error(`${name} is not run in TF.js here.`);
  return found;
}

const padding = (text: string) => text.toLowerCase() as 'same' | 'valid';

/** @throws Error with a sentence where the graph has another type or an operator that isn't run */
export async function tfjsOf(graph: Graph, feeds: readonly Tensor[], wasmPath: string) {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(wasmPath);
  if (!(await tf.setBackend('wasm'))) throw new Error('TF.js has no WASM backend here.');
  const odd = graph.values.find(({ dtype, data }) => dtype !== 'float32' && !data);
  if (odd) throw new Error(`TF.js' WASM backend has no ${odd.dtype} kernels.`);
  const constants = new Map<number, tf.Tensor>();
  const steps = graph.nodes.map((node) => stepOf(graph, node, constants));
  const inputs = feeds.map(({ data, shape }) => tf.tensor(data as Float32Array, [...shape]));
  const run = () =>
    tf.tidy(() => {
      const values = new Map<number, tf.Tensor>(constants);
      graph.inputs.forEach((index, at) => values.set(index, inputs[at]!));
      for (const [at, step] of steps.entries())
        values.set(
          graph.nodes[at]!.outputs[0]!,
          step((index) => values.get(index)!),
        );
      return graph.outputs.map((index) => values.get(index)!);
    });
  const first = run();
  const outputs = first.map((one) => one.dataSync() as Float32Array);
  tf.dispose(first);
  return {
    outputs,
    run: () => {
      tf.dispose(run());
      return Promise.resolve();
    },
  };
}

type Get = (index: number) => tf.Tensor;

function stepOf(
  graph: Graph,
  node: Node,
  constants: Map<number, tf.Tensor>,
): (get: Get) => tf.Tensor {
  const [a = -1, b = -1, c = -1] = node.inputs;
  const to = graph.values[node.outputs[0]!]!;
  const constant = (index: number, change: (tensor: tf.Tensor) => tf.Tensor = (x) => x) => {
    const { data, shape } = graph.values[index]!;
    if (!(data instanceof Float32Array)) throw new Error('A weight that is computed is not run.');
    const made = tf.tidy(() => change(tf.tensor(data, [...shape])));
    constants.set(index, made);
    return made;
  };
  const bias = c >= 0 ? constant(c) : undefined;
  for (const index of [a, b])
    if (index >= 0 && graph.values[index]!.data instanceof Float32Array && !constants.has(index))
      constant(index);
  const whole = (index: number) => Array.from(graph.values[index]!.data as Int32Array);
  switch (node.op) {
    case 'CONV_2D': {
      // TFLite: O·H·W·I; TF: H·W·I·O.
      const filter = constant(b, (x) => tf.transpose(x, [1, 2, 3, 0])) as tf.Tensor4D;
      const { strideH, strideW, dilationH, dilationW, activation } = node.attrs;
      const options = {
        ...{ filter, strides: [strideH, strideW] as [number, number], bias },
        ...{ pad: padding(node.attrs.padding), activation: activationOf(activation) },
        dilations: [dilationH, dilationW] as [number, number],
      };
      return (get) => tf.fused.conv2d({ x: get(a) as tf.Tensor4D, ...options });
    }
    case 'DEPTHWISE_CONV_2D': {
      const { strideH, strideW, dilationH, dilationW, activation, depthMultiplier } = node.attrs;
      const [, h, w, channels] = graph.values[b]!.shape as [number, number, number, number];
      const size: [number, number, number, number] = [
        ...([h, w, channels / depthMultiplier] as const),
        depthMultiplier,
      ];
      const filter = constant(b, (x) => tf.reshape(x, size)) as tf.Tensor4D;
      const options = {
        ...{ filter, strides: [strideH, strideW] as [number, number], bias },
        ...{ pad: padding(node.attrs.padding), activation: activationOf(activation) },
        dilations: [dilationH, dilationW] as [number, number],
      };
      return (get) => tf.fused.depthwiseConv2d({ x: get(a) as tf.Tensor4D, ...options });
    }
    case 'FULLY_CONNECTED': {
      // As TF has them: with transposeB its WASM kernel leaves out bias and activation.
      const weights = constant(b, (x) => tf.transpose(x)) as tf.Tensor2D;
      const depth = graph.values[b]!.shape[1]!;
      const activation = activationOf(node.attrs.activation);
      return (get) =>
        tf.fused.matMul({
          ...{ a: tf.reshape(get(a), [-1, depth]), b: weights, bias, activation },
        });
    }
    case 'AVERAGE_POOL_2D':
    case 'MAX_POOL_2D': {
      const pool = node.op === 'MAX_POOL_2D' ? tf.maxPool : tf.avgPool;
      const { filterH, filterW, strideH, strideW } = node.attrs;
      const pad = padding(node.attrs.padding);
      return (get) => pool(get(a) as tf.Tensor4D, [filterH, filterW], [strideH, strideW], pad);
    }
    case 'MEAN': {
      const axes = whole(b);
      return (get) => tf.mean(get(a), axes, node.attrs.keepDims);
    }
    case 'PAD': {
      const pads = whole(b);
      const list = graph.values[a]!.shape.map(
        (_, axis) => [pads[2 * axis]!, pads[2 * axis + 1]!] as [number, number],
      );
      return (get) => tf.pad(get(a), list);
    }
    case 'RESHAPE':
    case 'SQUEEZE':
      return (get) => tf.reshape(get(a), [...to.shape]);
    case 'SOFTMAX':
      return (get) => tf.softmax(get(a));
    case 'RELU':
      return (get) => tf.relu(get(a));
    case 'RELU6':
      return (get) => tf.relu6(get(a));
    case 'LOGISTIC':
      return (get) => tf.sigmoid(get(a));
    case 'ADD':
    case 'MUL':
    case 'SUB': {
      const pair = { ADD: tf.add, MUL: tf.mul, SUB: tf.sub }[node.op];
      const activation = activationOf(node.attrs.activation);
      const act = { linear: (x: tf.Tensor) => x, relu: tf.relu, relu6: tf.relu6 }[activation];
      return (get) => act(pair(get(a), get(b)));
    }
    default:
      throw new Error(`${node.op} is not run in TF.js here.`);
  }
}
