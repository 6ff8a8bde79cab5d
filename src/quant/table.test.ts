/** Embeddings: the table is most of the model, and its indices must not land on a grid. Run in the TFLite runtime. */
import { describe, expect, it } from 'vitest';
import { writeTflite } from '../formats/tflite/write';
import { elementCount, type Graph, type Tensor } from '../model/graph';
import { builder, dense } from '../testing/graphs';
import { openOracle } from '../testing/oracle';
import { convert } from './convert';
import { plan } from './plan';
import { stockRecipe } from './recipe';
import { calibrate } from './stats';
import { oracleRunner } from './testing/fixtures';

const [rows, columns, words] = [500, 16, 12];

/** A text classifier whose inputs are words' numbers as floats, as Keras' Embedding takes them. */
function classifier(): Graph {
  const b = builder();
  const x = b.input('x', [1, words]);
  const indices = b.node('CAST', 'cast', { to: 'int32' }, [x], [1, words]);
  const table = b.constant('table', [rows, columns]);
  const rowsOf = [1, words, columns];
  const found = b.node('GATHER', 'embed', { axis: 0, batchDims: 0 }, [table, indices], rowsOf);
  const axis = b.integers('axis', [1], [1]);
  const mean = b.node('MEAN', 'mean', { keepDims: false }, [found, axis], [1, columns]);
  const inputs = [mean, b.constant('w', [4, columns]), b.constant('b', [4])];
  const graph = b.graph([b.node('FULLY_CONNECTED', 'head', dense, inputs, [1, 4])]);
  const values = graph.values.map((value, index) =>
    index === indices ? { ...value, dtype: 'int32' as const } : value,
  );
  return { ...graph, values };
}

const feeds = (graph: Graph, seed: number): Tensor[] =>
  graph.inputs.map((index) => {
    const { shape, dtype } = graph.values[index]!;
    const data = Float32Array.from(
      { length: elementCount(shape) },
      (_, i) => (seed * 131 + i * 37) % rows,
    );
    return { shape, dtype, data };
  });

async function results(graph: Graph): Promise<number[]> {
  const oracle = await openOracle(writeTflite(graph));
  const found = [7, 8, 9].flatMap((seed) => {
    const [output] = oracle.run(feeds(graph, seed).map(({ data }) => data as Float32Array));
    const { quant } = graph.values[graph.outputs[0]!]!;
    return Array.from(output!.data, (q) =>
      quant ? quant.scale[0]! * (q - quant.zeroPoint[0]!) : q,
    );
  });
  oracle.dispose();
  return found;
}

describe('embedding', () => {
  it.each(['int8', 'dynamic'] as const)('%s: table in int8, indices exact', async (scheme) => {
    const graph = classifier();
    const runner = await oracleRunner(graph);
    const samples = [1, 2, 3, 7, 8, 9].map((seed) => feeds(graph, seed));
    const stats = await calibrate(graph, runner.run, samples, { method: 'minmax' });
    runner.dispose();
    const made = plan(graph, stockRecipe(scheme), scheme === 'int8' ? stats : undefined);
    const converted = convert(graph, made);
    const table = converted.values.find(({ name }) => name === 'table')!;
    expect(table.dtype).toBe('int8');
    expect(made.values['table']!.scale[0]).toBeCloseTo(2 / 255, 4);
    expect(converted.values[converted.inputs[0]!]!.dtype).toBe('float32');
    expect(writeTflite(converted).length).toBeLessThan(0.5 * writeTflite(graph).length);
    const [exact, found] = [await results(graph), await results(converted)];
    const signal = exact.reduce((sum, x) => sum + x * x, 0);
    const noise = exact.reduce((sum, x, i) => sum + (x - found[i]!) ** 2, 0);
    expect(10 * Math.log10(signal / noise)).toBeGreaterThan(25);
  });
});
