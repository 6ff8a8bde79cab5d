/** What plan decides and convert makes of odd graphs; each result is run in the TFLite runtime. */
import { describe, expect, it } from 'vitest';
import { writeTflite } from '../formats/tflite/write';
import { elementCount, type Graph, type Node, type Tensor } from '../model/graph';
import { optimize } from '../model/passes/optimize';
import { builder, conv, dense, numbers, plain } from '../testing/graphs';
import { openOracle } from '../testing/oracle';
import { convert } from './convert';
import { plan } from './plan';
import { withOverrides } from './recipe';
import { calibrate } from './stats';
import { oracleRunner, oracleRecipe } from './testing/fixtures';
import type { Recipe, Stats } from './types';
import { inWords } from './words';

const feeds = (graph: Graph, seed: number): Tensor[] =>
  graph.inputs.map((index) => {
    const { shape, dtype } = graph.values[index]!;
    const count = elementCount(shape);
    const data = dtype === 'float32' ? numbers(count, seed) : new Int32Array(count).fill(seed % 2);
    return { shape, dtype, data };
  });

async function statsOf(graph: Graph): Promise<Stats> {
  const runner = await oracleRunner(graph);
  const stats = await calibrate(
    graph,
    runner.run,
    [1, 2, 3].map((seed) => feeds(graph, seed)),
    {
      method: 'minmax',
    },
  );
  runner.dispose();
  return stats;
}

/** Plans, converts and runs with a float border beside the float graph. Gives the SQNR of the first output. */
async function quantized(graph: Graph, recipe: Recipe = oracleRecipe('int8')) {
  const stats = await statsOf(graph);
  const made = plan(graph, recipe, stats);
  const converted = convert(graph, made);
  for (const names of [converted.nodes, converted.values].map((list) => list.map((x) => x.name))) {
    expect(new Set(names).size).toBe(names.length);
  }
  const border = convert(graph, { ...made, io: 'float32' });
  const run = async (of: Graph) => {
    const oracle = await openOracle(writeTflite(of));
    const [output] = oracle.run(feeds(graph, 2).map(({ data }) => data as Float32Array));
    oracle.dispose();
    return Array.from(output!.data);
  };
  const [exact, found] = [await run(graph), await run(border)];
  let [signal, noise] = [0, 0];
  exact.forEach((x, i) => {
    signal += x * x;
    noise += (x - found[i]!) ** 2;
  });
  const oracle = await openOracle(writeTflite(converted));
  oracle.dispose();
  return { plan: made, converted, border, sqnr: 10 * Math.log10(signal / noise) };
}

const ops = (graph: Graph) => graph.nodes.map(({ op }) => op);
const byName = (graph: Graph, name: string) => graph.values.find((value) => value.name === name)!;

describe('one scale for all inputs', () => {
  it('an input that two concatenations pull apart is rescaled for one', async () => {
    const b = builder();
    const x = b.input('x', [1, 8]);
    const big = b.node('MUL', 'big', plain, [x, b.constant('c', [], [9])], [1, 8]);
    const small = b.node('TANH', 'small', {}, [x], [1, 8]);
    const mid = b.node('ADD', 'mid', plain, [x, x], [1, 8]);
    const one = b.node('CONCATENATION', 'one', { axis: 1, ...plain }, [mid, big], [1, 16]);
    const two = b.node('CONCATENATION', 'two', { axis: 1, ...plain }, [mid, small], [1, 16]);
    const { converted, sqnr } = await quantized(b.graph([one, two]));
    expect(sqnr).toBeGreaterThan(30);
    for (const name of ['one', 'two']) {
      const node = converted.nodes.find((entry) => entry.name === name)!;
      const output = converted.values[node.outputs[0]!]!;
      for (const input of node.inputs) {
        expect(converted.values[input]!.quant!.scale).toEqual(output.quant!.scale);
        expect(converted.values[input]!.quant!.zeroPoint).toEqual(output.quant!.zeroPoint);
      }
    }
    const rescaled = converted.nodes.filter(({ op }) => op === 'QUANTIZE').map(({ name }) => name);
    expect(rescaled.sort()).toEqual(['mid:0/requantize', 'small:0/requantize']);
  });

  it('min(x, 0) does not take its range from what else reads x (SELU, ELU with alpha)', async () => {
    const b = builder();
    const x = b.node('ADD', 'sum', plain, [b.input('x', [1, 8]), b.constant('c', [8])], [1, 8]);
    const low = b.node('MINIMUM', 'low', {}, [x, b.constant('zero', [], [0])], [1, 8]);
    const curve = b.node('ELU', 'curve', {}, [low], [1, 8]);
    const line = b.node('RELU', 'line', {}, [x], [1, 8]);
    const y = b.node('ADD', 'selu', plain, [line, curve], [1, 8]);
    const { plan: made, sqnr } = await quantized(b.graph([y]));
    expect(sqnr).toBeGreaterThan(30);
    expect(made.values['sum:0']!.scale).not.toEqual(made.values['low:0']!.scale);
    expect(inWords(made.values['sum:0']!.why)).toContain('min-max');
  });

  it('a fixed scale goes on through RESHAPE', async () => {
    const b = builder();
    const x = b.input('x', [1, 8]);
    const soft = b.node('SOFTMAX', 'soft', { beta: 1 }, [x], [1, 8]);
    const y = b.node('RESHAPE', 'flat', {}, [soft, b.integers('s', [2], [2, 4])], [2, 4]);
    const { plan: made, converted } = await quantized(b.graph([y]));
    expect(byName(converted, 'flat:0').quant).toMatchObject({
      scale: Float32Array.of(1 / 256),
      zeroPoint: Int32Array.of(-128),
    });
    expect(inWords(made.values['soft:0']!.why)).toBe('fixed by SOFTMAX: 1/256, zero point -128');
    expect(inWords(made.values['flat:0']!.why)).toBe('same as "soft:0"');
  });
});

describe('constants', () => {
  it('weights and bias shared by a float and two int8 layers', async () => {
    const b = builder();
    const [x, w, bias] = [b.input('x', [1, 8]), b.constant('w', [8, 8]), b.constant('b', [8])];
    const one = b.node('FULLY_CONNECTED', 'one', dense, [x, w, bias], [1, 8]);
    const two = b.node('FULLY_CONNECTED', 'two', dense, [one, w, bias], [1, 8]);
    const three = b.node('FULLY_CONNECTED', 'three', dense, [two, w, bias], [1, 8]);
    const recipe = withOverrides(oracleRecipe('int8'), { one: 'float' });
    const { converted, sqnr, plan: made } = await quantized(b.graph([three]), recipe);
    expect(sqnr).toBeGreaterThan(25);
    const weights = converted.values.filter(({ data, shape }) => data && shape.length === 2);
    expect(weights.map(({ dtype }) => dtype).sort()).toEqual(['float32', 'int8']);
    expect(made.values['b@three']!.scale).not.toEqual(made.values['b']!.scale);
  });

  it('a bias that would overflow int32 raises its weight scale', async () => {
    const b = builder();
    const x = b.input('x', [1, 4]);
    const w = b.constant('w', [2, 4], [1e-7, 0, 0, 0, 1, 0.5, 0.25, 0]);
    const y = b.node(
      'FULLY_CONNECTED',
      'fc',
      dense,
      [x, w, b.constant('b', [2], [50, 0.5])],
      [1, 2],
    );
    const { converted, sqnr } = await quantized(b.graph([y]), {
      ...oracleRecipe('int8'),
      rules: oracleRecipe('int8').rules.slice(0, 1),
    });
    expect(Math.abs(Number(byName(converted, 'b').data![0]))).toBeLessThanOrEqual(2 ** 30);
    expect(Number(byName(converted, 'b').data![0])).toBeGreaterThan(2 ** 29);
    expect(sqnr).toBeGreaterThan(40);
  });

  it('one float16 constant serves several layers through one DEQUANTIZE', async () => {
    const b = builder();
    const [x, w] = [b.input('x', [1, 8]), b.constant('w', [8, 8])];
    const one = b.node('FULLY_CONNECTED', 'one', dense, [x, w], [1, 8]);
    const two = b.node('FULLY_CONNECTED', 'two', dense, [one, w], [1, 8]);
    const { converted, sqnr } = await quantized(b.graph([two]), oracleRecipe('float16'));
    expect(ops(converted)).toEqual(['DEQUANTIZE', 'FULLY_CONNECTED', 'FULLY_CONNECTED']);
    expect(sqnr).toBeGreaterThan(50);
  });

  it('NaN in weights is refused by layer', async () => {
    const b = builder();
    const w = b.constant('w', [1, 2], [1, NaN]);
    const graph = b.graph([
      b.node('FULLY_CONNECTED', 'fc', dense, [b.input('x', [1, 2]), w], [1, 1]),
    ]);
    expect(() => plan(graph, oracleRecipe('dynamic'))).not.toThrow();
    const all = { ...oracleRecipe('dynamic').rules[0]!.op_config, min_weight_elements: 0 };
    const recipe = { ...oracleRecipe('dynamic') };
    const rules = recipe.rules.map((rule) => ({ ...rule, op_config: all }));
    expect(() => plan(graph, { ...recipe, rules })).toThrow(/weights of layer "fc" holds NaN/);
  });
});

describe('the border', () => {
  it('an input that is an output, an unused input, integer inputs', async () => {
    const b = builder();
    const x = b.input('x', [4, 3]);
    const unused = b.input('unused', [2]);
    const y = b.node('TANH', 'tanh', {}, [x], [4, 3]);
    const graph = b.graph([y, x]);
    const { converted, border } = await quantized(graph);
    const types = (of: Graph, list: readonly number[]) =>
      list.map((index) => of.values[index]!.dtype);
    expect(types(converted, converted.inputs)).toEqual(['int8', 'int8']);
    expect(types(converted, converted.outputs)).toEqual(['int8', 'int8']);
    expect(types(border, border.inputs)).toEqual(['float32', 'float32']);
    expect(border.outputs[1]).toBe(border.inputs[0]);
    expect(border.values[border.inputs[0]!]!.name).toBe('x');
    expect(unused).toBe(1);
  });

  it('names: inputs keep theirs, outputs are dequantized under a new one', async () => {
    const b = builder();
    const y = b.node('TANH', 'tanh', {}, [b.input('x', [4])], [4]);
    const { border, converted } = await quantized(b.graph([y]));
    expect(border.nodes.map(({ name }) => name)).toEqual([
      'x/quantize',
      'tanh',
      'tanh:0/dequantize',
    ]);
    expect(converted.nodes.map(({ name }) => name)).toEqual(['tanh']);
    expect(converted.values.map(({ name }) => name)).toEqual(['x', 'tanh:0']);
  });

  it('int32 indices stay, the gathered table is int8', async () => {
    const b = builder();
    const indices = b.input('indices', [3]);
    const table = b.node('TANH', 'table', {}, [b.input('t', [5, 2])], [5, 2]);
    const y = b.node('GATHER', 'gather', { axis: 0, batchDims: 0 }, [table, indices], [3, 2]);
    const made = b.graph([y]);
    const values = made.values.map((value, index) =>
      index === indices ? { ...value, dtype: 'int32' as const } : value,
    );
    const { converted, sqnr } = await quantized({ ...made, values });
    expect(converted.inputs.map((index) => converted.values[index]!.dtype)).toEqual([
      'int32',
      'int8',
    ]);
    expect(byName(converted, 'gather:0').dtype).toBe('int8');
    expect(sqnr).toBeGreaterThan(30);
  });

  it('a float layer between int8 ones is bordered once on either side', async () => {
    const b = builder();
    const x = b.input('x', [1, 4, 4, 2]);
    const inputs = (name: string) => [
      b.constant(`${name}/w`, [2, 1, 1, 2]),
      b.constant(`${name}/b`, [2]),
    ];
    const one = b.node('CONV_2D', 'one', conv(), [x, ...inputs('one')], [1, 4, 4, 2]);
    const two = b.node('CONV_2D', 'two', conv(), [one, ...inputs('two')], [1, 4, 4, 2]);
    const three = b.node('CONV_2D', 'three', conv(), [two, ...inputs('three')], [1, 4, 4, 2]);
    const graph = b.graph([b.node('ADD', 'sum', plain, [three, two], [1, 4, 4, 2])]);
    const recipe = withOverrides(oracleRecipe('int8'), { two: 'float' });
    const { converted, plan: made } = await quantized(graph, recipe);
    expect(ops(converted)).toEqual([
      'CONV_2D',
      'DEQUANTIZE',
      'CONV_2D',
      'QUANTIZE',
      'CONV_2D',
      'ADD',
    ]);
    expect(inWords(made.nodes['two']!.why)).toContain('float by rule');
    expect(byName(converted, 'two:0').dtype).toBe('float32');
  });
});

describe('refusals', () => {
  const tanh = () => {
    const b = builder();
    return b.graph([b.node('TANH', 'tanh', {}, [b.input('x', [4])], [4])]);
  };

  it('nodes that cannot run, all of them', () => {
    const graph = tanh();
    const odd = (name: string): Node => ({
      ...graph.nodes[0]!,
      name,
      op: 'UNSUPPORTED',
      attrs: { kind: 'Lambda', reason: 'holds code' },
    });
    const broken = { ...graph, nodes: [odd('a'), odd('b')] };
    expect(() => plan(broken, oracleRecipe('int8'))).toThrow(
      /a \(Lambda: holds code\), b \(Lambda/,
    );
  });

  it('graphs that are quantized already', async () => {
    const { converted } = await quantized(tanh());
    expect(() => plan(converted, oracleRecipe('int8'))).toThrow(/already int8: there is nothing/);
    expect(optimize(converted).graph.nodes).toEqual(converted.nodes);
  });

  it('int8 without calibration', () => {
    expect(() => plan(tanh(), oracleRecipe('int8'))).toThrow(/needs calibration/);
    expect(plan(tanh(), oracleRecipe('dynamic')).io).toBe('float32');
  });

  it('ops without an int8 kernel stay float and say so', async () => {
    const b = builder();
    const y = b.node('COS', 'cos', {}, [b.input('x', [4])], [4]);
    const { plan: made, converted } = await quantized(b.graph([y]));
    expect(made.nodes['cos']!).toMatchObject({ scheme: 'float32' });
    expect(inWords(made.nodes['cos']!.why)).toContain('no int8 kernel for COS');
    expect(ops(converted)).toEqual(['COS']);
  });
});
