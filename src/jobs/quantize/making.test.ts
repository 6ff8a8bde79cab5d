/** Steps are carried out in order, and what they leave is what is planned, converted and exported. */
import { describe, expect, it } from 'vitest';
import { scoringOf } from '../../analysis/score';
import { createReferenceBackend } from '../../engine/reference';
import type { Graph } from '../../model/graph';
import { readTflite } from '../../formats/tflite';
import { openOracle } from '../../testing/oracle';
import type { TrainingLog } from '../../run/types';
import type { QuantizeUpdate } from '../types';
import { fileOf, graphWithBorder } from '../export';
import { madeOf } from '../made';
import {
  listening,
  tinyContext,
  tinyGraph,
  tinyModel,
  tinyOpened,
  tinyRecipe,
  tinySource,
} from '../testing/tiny';
import { verify } from '../verify';
import { carriedOut } from './making';
import type { StepInput, StepRunners } from './step';

const scaled = (graph: Graph, factor: number): Graph => ({
  ...graph,
  values: graph.values.map((value) =>
    value.data instanceof Float32Array
      ? { ...value, data: value.data.map((x) => x * factor) }
      : value,
  ),
});

const train = { kind: 'train', seed: 1, options: {} } as never;
const { samples, roles, needs } = tinyOpened;
const reports: [string, number, number][] = [];
const report = {
  calibrate: () => undefined,
  steps: (label: string, done: number, total: number) => {
    reports.push([label, done, total]);
  },
};

function carry(runners: Partial<StepRunners>, steps = [train]) {
  const recipe = tinyRecipe({ steps });
  const context = tinyContext(listening<QuantizeUpdate>());
  const backend = createReferenceBackend();
  const scorings = scoringOf(samples.targets, needs, false);
  const inputs = {
    recipe,
    samples,
    roles,
    scorings,
    backend,
    context,
    report,
    needs,
    original: tinyGraph,
  };
  return carriedOut(tinyGraph, inputs, runners);
}

describe('steps of a recipe', () => {
  it('get what the steps before have left, in order', async () => {
    const seen: StepInput[] = [];
    const result = await carry(
      {
        train: (input) => {
          seen.push(input);
          input.report('half', 1, 2);
          return Promise.resolve({ graph: scaled(input.graph, 2) });
        },
      },
      [train, train],
    );
    expect(seen[0]!.graph).toBe(tinyGraph);
    expect(seen[1]!.graph.values[1]!.data).toEqual(Float32Array.from([2, -2, 0, 0.5]));
    // Doubled once by each layer: z of the first sample is four times as large, y twice.
    expect(seen[1]!.stats!.values['z']!.seenMax).toBe(4 * 255);
    expect(seen[1]!.plan.values['y']!.scale[0]).toBe(2);
    expect(result.graph.values[1]!.data).toEqual(Float32Array.from([4, -4, 0, 1]));
    expect(result.plan.values['y']!.scale[0]).toBe(4);
    expect(result.stats!.values['y']!.seenMax).toBe(4 * 255);
    expect(reports.slice(-3)).toEqual([
      ['half', 0.5, 2],
      ['half', 1.5, 2],
      ['Converting', 2, 2],
    ]);
  });

  it('settle plan and statistics themselves where they return a plan', async () => {
    const log: TrainingLog = {
      ...{ backend: 'cpu', workers: 1, workersWhy: '', steps: [], epochs: [], frozen: [] },
      ...{ stopped: 'finished', seconds: 1, notes: [], samples: { training: 2, selection: 0 } },
      ...{ oscillating: { frozen: 0, of: 0 }, trainable: { weights: 8, scales: 3 } },
      chosen: { epoch: 0, why: 'only one' },
    };
    let given: StepInput | undefined;
    const result = await carry({
      train: (input) => {
        given = input;
        const { plan, graph } = input;
        const x = { ...plan.values['x']!, scale: Float32Array.from([8]) };
        return Promise.resolve({
          graph: scaled(graph, 1),
          plan: { ...plan, values: { ...plan.values, x } },
          log,
        });
      },
    });
    expect(result.plan.values['x']!.scale[0]).toBe(8);
    expect(result.stats).toBe(given!.stats);
    expect(result.log).toBe(log);
    const input = result.converted.values.find(({ name }) => name === 'x/quantize');
    expect(input!.quant!.scale[0]).toBe(8);
  });

  it('may leave everything as it was', async () => {
    let plan: unknown;
    const result = await carry({
      train: (input) => {
        ({ plan } = input);
        return Promise.resolve({ graph: input.graph });
      },
    });
    expect(result.graph).toBe(tinyGraph);
    expect(result.plan).toBe(plan);
    expect(result.log).toBeUndefined();
  });
});

describe('a changed float graph', () => {
  const changed = async () => {
    const carried = await carry({
      train: ({ graph }) => Promise.resolve({ graph: scaled(graph, 1.02) }),
    });
    const backend = createReferenceBackend();
    const recipe = tinyRecipe({ steps: [train] });
    return madeOf({ ...carried, recipe, model: tinyModel, opened: tinyOpened, backend });
  };

  it('is what both borders export', async () => {
    const made = await changed();
    for (const border of ['int8', 'float32'] as const) {
      const bytes = fileOf(graphWithBorder(made, border));
      const { graph } = readTflite(bytes);
      const weights = graph.values.filter(({ dtype, shape }) => dtype === 'int8' && shape[0] === 2);
      expect(weights).toHaveLength(2);
      // 1.02 / 127, of the row (1.02, −1.02); the layer of 1 and 0 the same.
      for (const { quant } of weights) expect(quant!.scale[0]).toBeCloseTo(1.02 / 127, 7);
      const oracle = await openOracle(bytes);
      expect(oracle.inputs[0]!.dtype).toBe(border);
      // A: x = (40, 20) in steps of four; y = 1.02 · (20, 5), z = 1.02 · y, in steps of 1.02 and 1.0404.
      const [output] =
        border === 'float32' ? oracle.run([[41.2, 20]]) : oracle.run([[10 - 128, 5 - 128]]);
      oracle.dispose();
      if (border === 'int8') expect([...output!.data]).toEqual([20 - 128, 5 - 128]);
      else expect(output!.data[0]).toBeCloseTo(20 * 1.0404, 4);
    }
  });

  it('verifies as itself', async () => {
    const made = await changed();
    const openInLiteRt = async (bytes: Uint8Array) => {
      const oracle = await openOracle(bytes);
      return {
        run: (feeds: readonly { data: ArrayLike<unknown> }[]) =>
          Promise.resolve(
            oracle
              .run(feeds.map(({ data }) => data as Float32Array))
              .map(({ data }) => Float32Array.from(data)),
          ),
        dispose: () => {
          oracle.dispose();
        },
      };
    };
    const context = tinyContext(listening<never>(), { openInLiteRt });
    const found = await verify({ made, samples: tinySource }, context);
    expect(found).toEqual({
      runtime: 'LiteRT.js',
      samples: 2,
      identical: 2,
      largestDifference: 0,
    });
    // The model as it was opened is another one.
    const other = { ...made, graph: tinyModel.optimized };
    expect(fileOf(graphWithBorder(other, 'int8'))).not.toEqual(
      fileOf(graphWithBorder(made, 'int8')),
    );
  });
});
