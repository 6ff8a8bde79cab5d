/** Layers of several inputs. */
import type { OpAttrs } from '../../../model/ops';
import { axisIn, emit, intConstant, malformed, reshapeTo } from '../../build/emit';
import { scalarConstant, shapeOf, unsupported } from '../../build/emit';
import { flag, integers, number } from './fields';
import type { LayerCall, LayerDefinition, LayerRule } from './layer';

const plain = { activation: 'NONE' } as const;
type Binary = 'ADD' | 'SUB' | 'MUL' | 'MAXIMUM' | 'MINIMUM';

export function binary(call: LayerCall, op: Binary, a: number, b: number, suffix = ''): number {
  const operands = [a, b];
  if (op === 'MAXIMUM' || op === 'MINIMUM') return emit(call, op, {}, operands, suffix);
  return emit(call, op, plain satisfies OpAttrs['ADD'], operands, suffix);
}

/** Keras puts ones behind the batch of the inputs with fewer dimensions. */
function aligned(call: LayerCall): number[] {
  const rank = Math.max(...call.inputs.map((input) => shapeOf(call, input).length));
  return call.inputs.map((input, index) => {
    const shape = shapeOf(call, input);
    if (shape.length === rank) return input;
    const ones = new Array<number>(rank - shape.length).fill(1);
    return reshapeTo(call, input, [...ones, ...shape.slice(1)], `align_${index}`);
  });
}

function chain(op: Binary, exactly?: number): LayerRule {
  return (call) => {
    const count = call.inputs.length;
    if (count < 1 || (exactly !== undefined && count !== exactly))
      return malformed(`it gets ${count} inputs.`);
    const [first, ...rest] = aligned(call) as [number, ...number[]];
    return rest.reduce(
      (sum, input, index) =>
        binary(call, op, sum, input, index === rest.length - 1 ? '' : `${index + 1}`),
      first,
    );
  };
}

function average(call: LayerCall): number {
  const [first, ...rest] = aligned(call) as [number, ...number[]];
  const sum = rest.reduce((total, input, index) => {
    const suffix = index === rest.length - 1 ? 'sum' : `sum_${index + 1}`;
    return binary(call, 'ADD', total, input, suffix);
  }, first);
  return binary(call, 'MUL', sum, scalarConstant(call, 'share', 1 / (rest.length + 1)));
}

/** a + scale · b (keras.src.applications.inception_resnet_v2). */
function scaledSum(call: LayerCall): number {
  const [a, b] = call.inputs;
  if (a === undefined || b === undefined || call.inputs.length !== 2)
    return malformed(`it gets ${call.inputs.length} inputs.`);
  const scale = scalarConstant(call, 'scale', number(call.config, 'scale', 1));
  return binary(call, 'ADD', a, binary(call, 'MUL', b, scale, 'scaled'));
}

function concatenate(call: LayerCall): number {
  const [first] = call.inputs;
  if (first === undefined) return malformed('it has no inputs.');
  const rank = shapeOf(call, first).length;
  const axis = axisIn(integers(call.config, 'axis', [-1])[0] ?? -1, rank);
  if (axis === 0) return unsupported('a concatenation along the batch.');
  if (call.inputs.length === 1) return first;
  return emit(call, 'CONCATENATION', { axis, activation: 'NONE' }, call.inputs);
}

/** x / √max(Σx², 1e-12) along one axis, as keras.ops.normalize. */
function normalized(call: LayerCall, input: number, axis: number, name: string): number {
  const over = intConstant(call, `${name}_axis`, [axis]);
  const square = emit(call, 'SQUARE', {}, [input], `${name}_square`);
  const sum = emit(call, 'SUM', { keepDims: true }, [square, over], `${name}_sum`);
  const safe = binary(call, 'MAXIMUM', sum, scalarConstant(call, 'epsilon', 1e-12), `${name}_max`);
  const inverse = emit(call, 'RSQRT', {}, [safe], `${name}_rsqrt`);
  return binary(call, 'MUL', input, inverse, `${name}_normalize`);
}

/** Sums products along one axis of each input; ranks 2 and 3 (keras.layers.Dot). */
function dot(call: LayerCall): number {
  const [a, b] = call.inputs;
  if (a === undefined || b === undefined || call.inputs.length !== 2)
    return malformed(`it takes two inputs, but gets ${call.inputs.length}.`);
  const ranks = [shapeOf(call, a).length, shapeOf(call, b).length] as const;
  const axes = integers(call.config, 'axes');
  const axisA = axisIn(axes[0]!, ranks[0]);
  const axisB = axisIn(axes[1] ?? axes[0]!, ranks[1]);
  const normalize = flag(call.config, 'normalize', false);
  const x = normalize ? normalized(call, a, axisA, 'left') : a;
  const y = normalize ? normalized(call, b, axisB, 'right') : b;
  if (ranks[0] === 2 && ranks[1] === 2) {
    const products = binary(call, 'MUL', x, y, 'mul');
    return emit(call, 'SUM', { keepDims: true }, [products, intConstant(call, 'axis', [1])]);
  }
  if (ranks[0] !== 3 || ranks[1] !== 3 || axisA === 0 || axisB === 0)
    return unsupported('a dot product of more than three dimensions.');
  const attrs = { adjX: axisA === 1, adjY: axisB === 2, asymmetricQuantizeInputs: false };
  return emit(call, 'BATCH_MATMUL', attrs, [x, y]);
}

/** Keras 1: one layer for all, the mode in the config. */
function merge(call: LayerCall): number | readonly number[] {
  const mode = call.config['mode'];
  if (mode === 'sum') return chain('ADD')(call);
  if (mode === 'mul') return chain('MUL')(call);
  if (mode === 'max') return chain('MAXIMUM')(call);
  if (mode === 'ave') return average(call);
  if (mode === 'concat')
    return concatenate({ ...call, config: { axis: number(call.config, 'concat_axis', -1) } });
  return unsupported(`the merge mode ${JSON.stringify(mode)?.slice(0, 40)}.`);
}

export const mergeLayers: Readonly<Record<string, LayerDefinition>> = {
  Add: { rule: chain('ADD') },
  Subtract: { rule: chain('SUB', 2) },
  Multiply: { rule: chain('MUL') },
  Average: { rule: average },
  Maximum: { rule: chain('MAXIMUM') },
  Minimum: { rule: chain('MINIMUM') },
  Concatenate: { rule: concatenate },
  CustomScaleLayer: { rule: scaledSum },
  Dot: { rule: dot },
  Merge: { rule: merge },
};
