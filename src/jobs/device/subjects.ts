/** The graphs that are timed: float32 at the border, the only one that LiteRT.js takes. */
import type { Backend } from '../../engine/engine';
import {
  allocate,
  elementCount,
  type Graph,
  type Node,
  type Tensor,
  type Value,
} from '../../model/graph';
import { isQuantized, optimize } from '../../model/passes/optimize';
import { convert } from '../../quant/convert';
import { plan } from '../../quant/plan';
import { stockRecipe } from '../../quant/recipe';
import { calibrate } from '../../quant/stats';
import type { Subject } from './types';

const CALIBRATION_SAMPLES = 4;

/** Uniform in [−1, 1), the same on every machine. */
export function madeUp(graph: Graph, sample: number): Tensor[] {
  let state = sample + 1;
  return graph.inputs.map((index) => {
    const { shape, dtype } = graph.values[index]!;
    const data = allocate(dtype, elementCount(shape)) as Float32Array;
    for (let i = 0; i < data.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      // Integers are indices or flags: 0 is right for all of them.
      data[i] = dtype === 'float32' ? state / 2 ** 31 : 0;
    }
    return { shape, dtype, data };
  });
}

/** int8 inputs and outputs behind QUANTIZE and DEQUANTIZE. */
function floatBorder(graph: Graph): Graph {
  const values: Value[] = [...graph.values];
  const before: Node[] = [];
  const after: Node[] = [];
  const outside = (index: number, into: boolean): number => {
    const inner = values[index]!;
    if (inner.dtype !== 'int8') return index;
    const side = values.push({ name: `${inner.name}_float`, shape: inner.shape, dtype: 'float32' });
    const [from, to] = into ? [side - 1, index] : [index, side - 1];
    const edge = {
      name: `${inner.name}_border`,
      attrs: {},
      inputs: [from],
      outputs: [to],
      layer: 0,
    };
    if (into) before.push({ ...edge, op: 'QUANTIZE' });
    else after.push({ ...edge, op: 'DEQUANTIZE' });
    return side - 1;
  };
  const inputs = graph.inputs.map((index) => outside(index, true));
  const outputs = graph.outputs.map((index) => outside(index, false));
  return { ...graph, values, inputs, outputs, nodes: [...before, ...graph.nodes, ...after] };
}

/** A quantized model as it is; a float one in three schemes, calibrated on made-up samples. */
export async function subjectsOf(imported: Graph, backend: Backend): Promise<Subject[]> {
  if (isQuantized(imported)) return [{ scheme: 'as it is', graph: floatBorder(imported) }];
  const { graph } = optimize(imported);
  const float = await backend.prepare(graph);
  const recipe = stockRecipe('int8', { io: 'float32' });
  const stats = await calibrate(
    graph,
    (feeds, tap) => float.run(feeds, tap),
    { length: CALIBRATION_SAMPLES, at: (index) => madeUp(graph, index) },
    recipe.calibration,
  );
  float.dispose();
  const dynamic = stockRecipe('dynamic', { io: 'float32' });
  return [
    { scheme: 'float32', graph },
    { scheme: 'dynamic', graph: convert(graph, plan(graph, dynamic, stats)) },
    { scheme: 'int8', graph: convert(graph, plan(graph, recipe, stats)) },
  ];
}
