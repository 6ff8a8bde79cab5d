/** Our parameters, weights and biases against TensorFlow 2.21's converter on the same data. */
import { describe, expect, it } from 'vitest';
import type { Graph, TensorData } from '../model/graph';
import { optimize } from '../model/passes/optimize';
import { convert } from './convert';
import { plan } from './plan';
import { stockRecipe } from './recipe';
import { calibrate } from './stats';
import {
  fixture,
  fixtureNames,
  goldenData,
  oracleRunner,
  representative,
  type FixtureName,
  type Golden,
} from './testing/fixtures';
import type { Recipe, SchemeId, Stats } from './types';

async function prepared(name: FixtureName): Promise<{ graph: Graph; stats: Stats }> {
  const { graph: imported, samples } = fixture(name);
  const { graph } = optimize(imported);
  const runner = await oracleRunner(graph);
  const feeds = Array.from({ length: samples }, (_, index) => representative(graph, index));
  const stats = await calibrate(graph, runner.run, feeds, { method: 'minmax' });
  runner.dispose();
  return { graph, stats: overwrittenInPlace(graph, stats) };
}

/**
 * TensorFlow 2.21's calibrator reads tensors at the end of a run, when ADD and MUL have overwritten an
 * input that nobody else reads: its range for that input also covers the result. We don't, so that
 * the comparison has to.
 */
function overwrittenInPlace(graph: Graph, stats: Stats): Stats {
  const values = { ...stats.values };
  for (const node of graph.nodes) {
    if (node.op !== 'ADD' && node.op !== 'MUL') continue;
    const result = stats.values[graph.values[node.outputs[0]!]!.name]!;
    const victim = node.inputs.find((index) => {
      const readers = graph.nodes.filter(({ inputs }) => inputs.includes(index));
      return !graph.inputs.includes(index) && !graph.values[index]!.data && readers.length === 1;
    });
    if (victim === undefined) continue;
    const { name } = graph.values[victim]!;
    const own = values[name]!;
    values[name] = {
      ...own,
      min: Math.min(own.min, result.min),
      max: Math.max(own.max, result.max),
    };
  }
  return { ...stats, values };
}

const isBorder = (op: string) => op === 'QUANTIZE' || op === 'DEQUANTIZE';

/** Operators in order, QUANTIZE and DEQUANTIZE apart: where in the list they stand is free. */
function split<T extends { op: string }>(nodes: readonly T[]): [T[], T[]] {
  return [nodes.filter(({ op }) => !isBorder(op)), nodes.filter(({ op }) => isBorder(op))];
}

/**
 * int8: identical. int32 biases: within one step, as their scale holds the input's, whose range comes
 * from another float kernel here (XNNPACK) than in the converter (reference), 1e-7 apart. With the
 * converter's own input scale every bias is identical.
 */
function sameIntegers(ours: ArrayLike<number>, theirs: ArrayLike<number>, where: string) {
  expect(ours.length, where).toBe(theirs.length);
  const most = theirs instanceof Int8Array ? 0 : 1;
  for (let i = 0; i < ours.length; i += 1) {
    expect(Math.abs(ours[i]! - theirs[i]!), `${where} [${i}]`).toBeLessThanOrEqual(most);
  }
}

function compare(graph: Graph, golden: Golden) {
  const [nodes, borders] = split(graph.nodes);
  const [operators, goldenBorders] = split(golden.operators);
  expect(nodes.map(({ op }) => op)).toEqual(operators.map(({ op }) => op));
  expect(borders.map(({ op }) => op).sort()).toEqual(goldenBorders.map(({ op }) => op).sort());
  nodes.forEach((node, n) => {
    const operator = operators[n]!;
    const pairs = [
      ...node.inputs.map((index, i) => [index, operator.inputs[i]!] as const),
      ...node.outputs.map((index, i) => [index, operator.outputs[i]!] as const),
    ];
    for (const [ours, theirs] of pairs) {
      if (ours < 0 || theirs < 0) continue;
      const value = graph.values[ours]!;
      const tensor = golden.tensors[theirs]!;
      const where = `${node.name}: ${value.name}`;
      expect(value.dtype, where).toBe(tensor.dtype);
      if (!tensor.scale) continue;
      expect(Array.from(value.quant!.zeroPoint), where).toEqual(tensor.zeroPoint);
      value.quant!.scale.forEach((scale, i) => {
        expect(Math.abs(scale / tensor.scale![i]! - 1), where).toBeLessThan(1e-6);
      });
      if (tensor.scale.length > 1) expect(value.quant!.axis, where).toBe(tensor.axis);
      if (tensor.data)
        sameIntegers(value.data as Int8Array | Int32Array, goldenData(tensor), where);
    }
  });
}

/** TensorFlow 2.21's choice: per-channel FULLY_CONNECTED too. The stock recipes are per-tensor there. */
function converterRecipe(scheme: SchemeId, io: 'int8' | 'float32'): Recipe {
  const recipe = stockRecipe(scheme, { io });
  return { ...recipe, rules: recipe.rules.slice(0, 1) };
}

describe.each(fixtureNames)('%s as the TFLite converter makes it', (name) => {
  it.each<[SchemeId, 'int8' | 'float32', 'int8' | 'int8-float-io' | 'int8-per-tensor']>([
    ['int8', 'int8', 'int8'],
    ['int8', 'float32', 'int8-float-io'],
    ['int8-per-tensor', 'int8', 'int8-per-tensor'],
  ])('%s with %s border', async (scheme, io, key) => {
    const { graph, stats } = await prepared(name);
    const converted = convert(graph, plan(graph, converterRecipe(scheme, io), stats));
    compare(converted, fixture(name).goldens[key]);
  });
});

/** Constants of a golden by name, as the bytes that the file holds. */
function goldenBytes(golden: Golden, dtype: string): Map<string, string> {
  const found = golden.tensors.filter((tensor) => tensor.data && tensor.dtype === dtype);
  return new Map(found.map(({ name, data }) => [name, data!]));
}

const base64 = (data: TensorData) =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

describe.each(fixtureNames)('%s without calibration', (name) => {
  const { graph: imported, goldens } = fixture(name);
  const { graph } = optimize(imported);

  it('float16: the constants of the converter, bit for bit', () => {
    const converted = convert(graph, plan(graph, stockRecipe('float16')));
    const ours = converted.values.filter(({ dtype }) => dtype === 'float16');
    const found = new Map(ours.map((value) => [value.name, base64(value.data!)]));
    expect(found).toEqual(goldenBytes(goldens.float16, 'float16'));
    const back = converted.nodes.filter(({ op }) => op === 'DEQUANTIZE');
    expect(back.length).toBe(ours.length);
  });

  it('dynamic: the same weights in int8, of the same values', () => {
    const converted = convert(graph, plan(graph, converterRecipe('dynamic', 'float32')));
    const ours = converted.values.filter(({ dtype, data }) => dtype === 'int8' && data);
    const found = new Map(ours.map((value) => [value.name, base64(value.data!)]));
    expect(found).toEqual(goldenBytes(goldens.dynamic, 'int8'));
  });
});
