/**
 * Each layer with one half of it quantized, beside the float model: its weights on their grid and
 * everything else float, or its inputs and its output on theirs and the weights float.
 */
import type { Graph, Node, Value } from '../../model/graph';
import { dequantizeTensor, quantizeTensor } from '../../quant/affine';
import { constantKey } from '../../quant/constantPlan';
import type { Plan, ValuePlan } from '../../quant/types';
import { weightsOf } from '../../analysis/details';
import { freedTooSoon, joiner } from './joined';
import { affordable, constantBytes, workOf } from './work';

export interface HalfPair {
  readonly layer: string;
  readonly half: 'weightsOnly' | 'activationsOnly';
  /** Values of the graph. */
  readonly float: number;
  readonly twin: number;
}
export interface Halved {
  readonly graph: Graph;
  readonly pairs: readonly HalfPair[];
}

/** Constants are there twice more: models of more bytes are not looked at so closely. */
const MOST_CONSTANTS = 96 * 2 ** 20;
/** Multiply-accumulates; each sample takes three float runs. */
const WORK = 2.5e10;
/** Samples on which the halves, and the mean error of every channel, are measured. */
const SAMPLES = { least: 2, most: 16 } as const;

export const halvedSamples = (graph: Graph) => affordable(WORK, 3 * workOf(graph), SAMPLES);

const isInteger = (form: ValuePlan | undefined): form is ValuePlan =>
  form?.dtype === 'int8' || form?.dtype === 'int16' || form?.dtype === 'int4';

/** The numbers that a constant has on its grid. */
function onGrid({ data, shape }: Value, form: ValuePlan): Float32Array {
  const dtype = form.dtype as 'int8' | 'int16' | 'int4';
  const numbers = quantizeTensor(data as Float32Array, shape, form, dtype, true);
  return dequantizeTensor(numbers, shape, form);
}

/**
 * @param float ready to run, with the names that the plan was made for
 * @returns undefined where no layer has weights on a grid, or they are too many
 */
export function halved(float: Graph, plan: Plan, layers: ReadonlySet<string>): Halved | undefined {
  if (constantBytes(float) > MOST_CONSTANTS) return undefined;
  const { values, nodes, part } = joiner(true);
  const main = part(float, '', new Map());
  const inputs = float.inputs.map(main.at);
  const pairs: HalfPair[] = [];
  const add = (value: Value) => values.push(value) - 1;
  const onItsGrid = (index: number, node: Node): number => {
    const value = float.values[index]!;
    const form = plan.values[value.name];
    if (value.data || value.dtype !== 'float32' || !isInteger(form)) return main.at(index);
    const { dtype, scale, zeroPoint, axis } = form;
    const name = `half ${node.name} ${value.name}`;
    const integer = add({ ...value, name, dtype, quant: { scale, zeroPoint, axis } });
    const back = add({ ...value, name: `${name} back` });
    const { layer } = node;
    nodes.push(
      { name, op: 'QUANTIZE', attrs: {}, inputs: [main.at(index)], outputs: [integer], layer },
      {
        name: `${name} back`,
        op: 'DEQUANTIZE',
        attrs: {},
        inputs: [integer],
        outputs: [back],
        layer,
      },
    );
    return back;
  };
  for (const node of float.nodes) {
    main.push(node);
    const weights = layers.has(node.name) ? weightsOf(float, node) : undefined;
    if (!weights) continue;
    const form = plan.values[constantKey(weights.name, node.name)] ?? plan.values[weights.name];
    if (!isInteger(form)) continue;
    const at = node.outputs[0]!;
    const output = float.values[at]!;
    const [name, whole] = [`weights ${node.name}`, main.at(at)];
    const own = add({ ...weights, name: `${name} grid`, data: onGrid(weights, form) });
    const place = float.values.indexOf(weights);
    const result = add({ ...output, name });
    nodes.push({
      ...node,
      name,
      inputs: node.inputs.map((index) => (index === place ? own : main.at(index))),
      outputs: [result],
    } as Node);
    pairs.push({ layer: node.name, half: 'weightsOnly', float: whole, twin: result });
    const grid = plan.values[output.name];
    if (!isInteger(grid) || plan.nodes[node.name]?.scheme === 'weight-only') continue;
    const feeds = node.inputs.map((index) => (index < 0 ? index : onItsGrid(index, node)));
    const real = add({ ...output, name: `activations ${node.name}` });
    nodes.push({
      ...node,
      name: `activations ${node.name}`,
      inputs: feeds,
      outputs: [real],
    } as Node);
    const { dtype, scale, zeroPoint, axis } = grid;
    const twinName = `half ${node.name}`;
    const twin = add({ ...output, name: twinName, dtype, quant: { scale, zeroPoint, axis } });
    nodes.push({
      ...{ name: twinName, op: 'QUANTIZE', attrs: {}, layer: node.layer },
      ...{ inputs: [real], outputs: [twin] },
    });
    pairs.push({ layer: node.name, half: 'activationsOnly', float: whole, twin });
  }
  if (pairs.length === 0) return undefined;
  const outputs = float.outputs.map(main.at);
  const graph: Graph = { ...float, values, nodes, inputs, outputs };
  const kept = [...new Set([...outputs, ...freedTooSoon(graph, pairs)])];
  return { graph: { ...graph, outputs: kept }, pairs };
}
