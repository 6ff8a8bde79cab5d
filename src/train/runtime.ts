/**
 * One program on one backend: parameter tensors, constants, and passes over a batch. Tensors made in a
 * pass belong to the caller's tidy.
 */
import { IntactError } from '../model/error';
import { elementCount, type Node, type Value } from '../model/graph';
import type { Activation } from '../model/ops';
import { unbounded, type Quantizer, type Rounding } from './arithmetic';
import type { Opened } from './backend';
import { withGradient } from './composed';
import { layers } from './ops';
import { boundsOf } from './ops/activation';
import type { Forward, Site } from './ops/layer';
import { linearRounding, withSecondRounding, type LinearRounding } from './linearRounding';
import { permuted } from './permute';
import { formOf, type NodeSite, type Program, type WeightSite } from './program';
import type { ScaleClass } from './scaleClasses';
import { tf, type TfTensor } from './tf';

export interface Runtime {
  readonly program: Program;
  /** By index of the layout's parameters. */
  readonly tensors: readonly TfTensor[];
  /** New numbers for all parameters. */
  load(flat: Float32Array): void;
  /**
   * @param inputs per graph input the samples' numbers one after the other, or a tensor of them
   * @param what `heads`: as far as the loss needs; `outputs`: everything
   * @returns per head or output its tensor
   */
  forward(
    inputs: readonly (Float32Array | TfTensor)[],
    count: number,
    what: 'heads' | 'outputs',
    tap?: (value: number, tensor: TfTensor) => void,
  ): TfTensor[];
  dispose(): void;
}

const limits = (dtype: string) =>
  dtype === 'int16' ? { low: -32768, high: 32767 } : { low: -128, high: 127 };

/** A tensor of a constant, kept. */
function constantTensor({ data, shape, dtype }: Value, name: string): TfTensor {
  const size = [...shape];
  switch (dtype) {
    case 'float32':
      return tf.tensor(data as Float32Array, size, 'float32');
    case 'bool':
      return tf.tensor(Uint8Array.from(data as Uint8Array), size, 'bool');
    case 'int32':
    case 'int64':
    case 'int16':
    case 'int8':
    case 'uint8':
      return tf.tensor(Int32Array.from(data as Int32Array, Number), size, 'int32');
    default:
      throw new IntactError(
        'unsupported',
        `"${name}" holds ${dtype} numbers, which can't be trained with. Turn them into float32 first.`,
      );
  }
}

const detached = (x: TfTensor): TfTensor =>
  x.dtype === 'float32'
    ? withGradient(
        [x],
        ([v]) => ({ value: tf.clone(v!), keep: [v!] }),
        (_, [v]) => [tf.zerosLike(v!)],
      )
    : x;

export function createRuntime(program: Program, { arithmetic, heap }: Opened): Runtime {
  const { graph, plan, layout } = program;
  const kept = new Map<string, TfTensor>();
  /** Made once, outside of any tidy. */
  const once = (key: string, make: () => TfTensor): TfTensor => {
    let tensor = kept.get(key);
    if (!tensor) kept.set(key, (tensor = tf.keep(tf.tidy(make))));
    return tensor;
  };
  const tensors = layout.parameters.map(({ initial, shape }) =>
    tf.keep(tf.tensor(initial.slice(), [...shape], 'float32')),
  );

  function load(flat: Float32Array): void {
    layout.parameters.forEach(({ offset, size, shape }, index) => {
      const numbers = flat.subarray(offset, offset + size);
      if (heap) heap.write(tensors[index]!, numbers);
      else {
        tensors[index]!.dispose();
        tensors[index] = tf.keep(tf.tensor(numbers.slice(), [...shape], 'float32'));
      }
    });
  }

  const classScale = (entry: ScaleClass): TfTensor => {
    const parameter = program.scaleParameters.get(entry);
    return parameter === undefined
      ? once(`scale ${entry.members[0]}`, () => tf.tensor1d(entry.plan.scale.slice()))
      : tensors[parameter]!;
  };
  const quantizerOf = (entry: ScaleClass, rounding: Rounding): Quantizer => ({
    scale: classScale(entry),
    zero: entry.plan.zeroPoint[0]!,
    ...limits(entry.plan.dtype),
    rounding,
  });

  function pass(
    inputs: readonly (Float32Array | TfTensor)[],
    count: number,
    what: 'heads' | 'outputs',
    tap?: (value: number, tensor: TfTensor) => void,
  ): TfTensor[] {
    /** Values as they were made. */
    const made = new Map<number, { tensor: TfTensor; integer: boolean }>();
    const forms = new Map<string, TfTensor>();
    const memo = (key: string, make: () => TfTensor) => {
      let tensor = forms.get(key);
      if (!tensor) forms.set(key, (tensor = make()));
      return tensor;
    };
    const put = (index: number, tensor: TfTensor, integer: boolean) => {
      made.set(index, { tensor, integer });
      tap?.(index, tensor);
    };
    const home = (index: number) => {
      const found = made.get(index);
      if (found) return found;
      throw new IntactError(
        'internal',
        `"${graph.values[index]?.name}" is read before it is made.`,
      );
    };
    const shapeOf = (index: number, batched: boolean): number[] => {
      const [first, ...rest] = graph.values[index]!.shape;
      return first === undefined ? [] : [batched ? first * count : first, ...rest];
    };
    /** The activation on its own grid, or on the one that is wanted. */
    const onGrid = (index: number, wanted?: ScaleClass): TfTensor => {
      const own = program.classes.get(index);
      const { tensor, integer } = home(index);
      if (!own) return tensor;
      const first = integer
        ? tensor
        : memo(`${index}`, () => arithmetic.finish(tensor, unbounded, quantizerOf(own, 'even')));
      if (!wanted || wanted === own) return first;
      return memo(`${index} as ${wanted.members[0]}`, () =>
        arithmetic.finish(first, unbounded, quantizerOf(wanted, 'up')),
      );
    };

    graph.inputs.forEach((index, position) => {
      const value = graph.values[index]!;
      const shape = shapeOf(index, true);
      const numbers = inputs[position]!;
      if (value.dtype !== 'float32' && numbers instanceof Float32Array) {
        put(index, tf.tensor(Int32Array.from(numbers), shape, 'int32'), false);
        return;
      }
      const tensor =
        numbers instanceof Float32Array ? tf.tensor(numbers, shape, 'float32') : numbers;
      const own = plan?.io === 'int8' ? program.classes.get(index) : undefined;
      put(
        index,
        own ? arithmetic.finish(tensor, unbounded, quantizerOf(own, 'even')) : tensor,
        own !== undefined,
      );
    });

    for (const site of program.sites) {
      if (what === 'heads' && !program.neededByHeads.has(site.node)) continue;
      const results = runNode(site);
      const integer = site.integer;
      site.node.outputs.forEach((output, k) => {
        const result = results[k];
        if (result) put(output, result, integer && program.classes.has(output));
      });
    }
    if (what === 'heads') return program.heads.map(({ value }) => home(value).tensor);
    return graph.outputs.map((index) =>
      plan?.io === 'int8' && program.classes.has(index)
        ? onGrid(index)
        : graph.values[index]!.data === undefined
          ? home(index).tensor
          : once(`constant ${index}`, () => constantTensor(graph.values[index]!, 'An output')),
    );

    function runNode(nodeSite: NodeSite): readonly TfTensor[] {
      const { node } = nodeSite;
      const outClass = nodeSite.integer ? program.classes.get(node.outputs[0]!) : undefined;
      const operand = (position: number): TfTensor => {
        const index = node.inputs[position] ?? -1;
        const value = graph.values[index];
        if (index < 0 || !value)
          throw new IntactError('internal', `"${node.name}" has no input ${position}.`);
        const tensor = value.data === undefined ? activation(index) : constant(index, value);
        return nodeSite.stopped ? detached(tensor) : tensor;
      };
      const activation = (index: number): TfTensor => {
        if (!nodeSite.integer || graph.values[index]!.dtype !== 'float32')
          return home(index).tensor;
        return onGrid(index, nodeSite.moves ? outClass : undefined);
      };
      const constant = (index: number, value: Value): TfTensor => {
        const plainTensor =
          nodeSite.slope !== undefined && index === node.inputs[1]
            ? tensors[nodeSite.slope]!
            : once(`constant ${index}`, () => constantTensor(value, node.name));
        const quantized =
          nodeSite.integer && value.dtype === 'float32' && formOf(plan, node, value);
        if (!quantized) return plainTensor;
        if (nodeSite.moves && outClass)
          return memo(`${index} constant as ${outClass.members[0]}`, () =>
            arithmetic.finish(plainTensor, unbounded, quantizerOf(outClass, 'away')),
          );
        const { key, form } = quantized;
        const grid = (): Quantizer => ({
          scale: once(`grid ${key}`, () => tf.tensor1d(form.scale.slice(0, 1))),
          zero: form.zeroPoint[0]!,
          ...limits(form.dtype),
          rounding: 'away',
        });
        const apply = () => arithmetic.finish(plainTensor, unbounded, grid());
        return nodeSite.slope === undefined
          ? (grid(), once(`constant ${key} ${index}`, apply))
          : memo(`slope ${key}`, apply);
      };
      const rounding = linearRounding(
        graph,
        plan,
        node,
        nodeSite.integer ? nodeSite.weights : undefined,
      );
      const site: Site = {
        node: node as never,
        attrs: node.attrs as never,
        arithmetic,
        batch: nodeSite.batched ? count : 1,
        needsInputGradient: nodeSite.needsInputGradient,
        needsWeightGradient:
          !nodeSite.weights ||
          nodeSite.weights.parameter !== undefined ||
          nodeSite.weights.grid?.parameter !== undefined,
        inputs: node.inputs.length,
        ties: rounding.ties,
        has: (position) => (node.inputs[position] ?? -1) >= 0,
        input: operand,
        integers: (position) => integersOf(node, position),
        value: (position) => graph.values[node.inputs[position]!]!,
        outShape: (position = 0) => shapeOf(node.outputs[position]!, nodeSite.batched),
        weights: () => nodeSite.weights && weightsOf(nodeSite.weights, memo),
        bias: (channels) => biasOf(nodeSite, channels, rounding, outClass),
        grid: (rounding) => outClass && quantizerOf(outClass, rounding),
        finish: (x, rounding, fused = 'NONE') => finish(x, rounding, fused),
      };
      const finish = (x: TfTensor, rounding: Rounding, fused: Activation): TfTensor => {
        const bounds = boundsOf(fused);
        const to = outClass && quantizerOf(outClass, rounding);
        if (bounds) return arithmetic.finish(x, bounds, to);
        return arithmetic.finish(fused === 'TANH' ? tf.tanh(x) : tf.sign(x), unbounded, to);
      };
      const layer = layers[node.op];
      if (layer.kind === 'refused') throw new IntactError('unsupported', layer.why);
      const result = (layer.forward as unknown as Forward<never>)(site as never);
      return Array.isArray(result) ? (result as TfTensor[]) : [result as TfTensor];
    }

    function biasOf(
      { node, bias, layout: place, weights }: NodeSite,
      channels: number,
      rounding: LinearRounding,
      outClass: ScaleClass | undefined,
    ): TfTensor {
      const data = place && program.classes.get(node.inputs[place.data]!);
      const placed = (plainBias: TfTensor) =>
        data && outClass && weights?.grid
          ? withSecondRounding(
              plainBias,
              rounding,
              classScale(data),
              weightScale(weights),
              classScale(outClass),
            )
          : plainBias;
      if (!bias || !place) {
        const index = place ? (node.inputs[place.bias] ?? -1) : -1;
        if (index >= 0 && graph.values[index]!.data === undefined) return home(index).tensor;
        return placed(once(`zeros ${channels}`, () => tf.zeros([channels])));
      }
      const plainTensor =
        bias.parameter === undefined
          ? once(`bias ${bias.value.name}`, () => constantTensor(bias.value, bias.value.name))
          : tensors[bias.parameter]!;
      if (bias.key === undefined || !data || !weights?.grid) return plainTensor;
      return placed(arithmetic.bias(plainTensor, classScale(data), weightScale(weights)));
    }
  }

  const weightScale = ({ grid }: WeightSite): TfTensor =>
    grid!.parameter === undefined
      ? once(`grid ${grid!.key}`, () => tf.tensor1d(grid!.start.slice()))
      : tensors[grid!.parameter]!;

  function weightsOf(
    weights: WeightSite,
    memo: (key: string, make: () => TfTensor) => TfTensor,
  ): TfTensor {
    const { value, shape, order, grid, channels, parameter } = weights;
    const data = value.data as Float32Array;
    const key = `weights ${value.name} ${shape.join()}`;
    const plainTensor =
      parameter === undefined
        ? once(key, () => tf.tensor(order ? permuted(data, order) : data.slice(), [...shape]))
        : tensors[parameter]!;
    if (!grid) return plainTensor;
    const scale = weightScale(weights);
    const apply = () => arithmetic.weights(plainTensor, scale, channels, grid.levels);
    const fixed = parameter === undefined && grid.parameter === undefined;
    return fixed ? once(`${key} on ${grid.key}`, apply) : memo(`${key} on ${grid.key}`, apply);
  }

  function integersOf(node: Node, position: number): readonly number[] {
    const value = graph.values[node.inputs[position] ?? -1];
    if (value?.data === undefined)
      throw new IntactError(
        'unsupported',
        `"${node.name}" (${node.op}) takes its shape from other layers, which can't be trained. Export the model with constant shapes.`,
      );
    return Array.from(value.data as ArrayLike<number | bigint>, Number);
  }

  return {
    program,
    tensors,
    load,
    forward: pass,
    dispose() {
      for (const tensor of [...tensors, ...kept.values()]) tensor.dispose();
      kept.clear();
    },
  };
}

/** Numbers of one sample at each graph input. */
export const inputSizes = ({ graph }: Program): number[] =>
  graph.inputs.map((index) => elementCount(graph.values[index]!.shape));
