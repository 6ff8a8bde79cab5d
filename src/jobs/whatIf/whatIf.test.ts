/** What-if on small nets: the same numbers as a whole new run, and only what follows the change is run. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import type { Backend } from '../../engine/engine';
import { changed, type RecipeChange } from '../../quant/change';
import type { Graph } from '../../model/graph';
import { builder, conv, numbers } from '../../testing/graphs';
import type { Sample } from '../../data/samples';
import { needsOf } from '../needs';
import { quantize } from '../quantize';
import {
  tinyContext,
  tinyModel,
  tinyOpened,
  tinyRecipe,
  tinyRequest,
  tinySource,
} from '../testing/tiny';
import { whatIf } from '.';

/** one → two → (three, four) → sum → five: a change in `three` leaves one, two and four alone. */
function net(): Graph {
  const b = builder();
  const shape = [1, 4, 4, 4];
  const layer = (name: string, from: number, seed: number) =>
    b.node(
      'CONV_2D',
      name,
      conv({ padding: 'SAME' }),
      [from, b.constant(`w ${name}`, [4, 3, 3, 4], numbers(144, seed)), -1],
      shape,
    );
  const one = layer('one', b.input('x', shape), 1);
  const two = layer('two', one, 2);
  const three = layer('three', two, 3);
  const four = layer('four', two, 4);
  const sum = b.node('ADD', 'sum', { activation: 'NONE' }, [three, four], shape);
  return b.graph([layer('five', sum, 5)]);
}

const graph = net();
const all = Array.from({ length: 12 }, (_, at) => at);
const opened = {
  needs: needsOf(graph),
  samples: {
    ...tinyOpened.samples,
    ...{ count: 12, targets: [], inputShapes: [[1, 4, 4, 4]] },
    read: (index: number) =>
      Promise.resolve<Sample>({ inputs: [numbers(64, index + 1)], targets: [] }),
    sampleKey: (index: number) => Promise.resolve(`key ${index}`),
  },
  roles: {
    ...{ training: all.slice(0, 6), calibration: all.slice(0, 6), selection: [], seed: 1 },
    evaluation: all.slice(6),
  },
};

/** Nodes that were run, by name, since the last time it was asked. */
function counting(): { readonly backend: Backend; ran(): string[] } {
  const reference = createReferenceBackend();
  let names: string[] = [];
  const backend: Backend = {
    ...reference,
    async prepare(made, options) {
      const executable = await reference.prepare(made, options);
      return {
        ...executable,
        run(feeds, tap) {
          names.push(...made.nodes.map(({ name }) => name));
          return executable.run(feeds, tap);
        },
      };
    },
  };
  return {
    backend,
    ran() {
      const before = names;
      names = [];
      return [...new Set(before)];
    },
  };
}

const { backend, ran } = counting();
let key = 0;
const context = () =>
  tinyContext<never>(undefined, {
    backend: () => Promise.resolve(backend),
    openSamples: () => Promise.resolve(opened),
  });
const model = { ...tinyModel, graph, optimized: graph };
const measure = { latency: false, isolated: false, sensitivity: false };
const quantized = (change: RecipeChange) =>
  quantize(
    tinyRequest({ model, measure, recipe: changed(tinyRecipe(), change) }),
    context() as never,
  );
let run: Awaited<ReturnType<typeof quantize>>;
beforeEach(async () => {
  run = { ...(await quantized({})), id: `run ${key++}` };
  ran();
});
const tried = (change: RecipeChange) => whatIf({ run, samples: tinySource, change }, context());

describe('a change of one layer', () => {
  it('runs what follows it and nothing else', async () => {
    await tried({});
    expect(ran()).toContain('one');
    // Its range moves no other layer's input but the sum's.
    const ranges = { three: { method: 'given', min: -1, max: 1 } } as const;
    const found = await tried({ ranges });
    expect(ran().sort()).toEqual(['five', 'five:0/dequantize', 'sum', 'three']);
    expect(found.nodes.run).toBe(4);
    expect(found.nodes.of).toBe(8);
    await tried({ overrides: { five: 'float' } });
    // The sum's result is read by a float layer now.
    expect(ran().sort()).toEqual(['five', 'sum:0/dequantize']);
    await tried({ overrides: { four: 'int4' } });
    expect(ran().sort()).toEqual(['five', 'five:0/dequantize', 'four', 'sum']);
  });

  it('without a change runs nothing, and what was kept is used again', async () => {
    await tried({});
    ran();
    const found = await tried({});
    expect(ran()).toEqual([]);
    expect(found.then).toEqual(found.now);
    expect(found.now.outputs[0]!.sqnr).toBeCloseTo(found.now.score.value, 10);
  });

  it.each<RecipeChange>([
    { ranges: { three: { method: 'given', min: -0.5, max: 2 } } },
    { overrides: { two: 'float' } },
    { overrides: { one: 'int16' } },
    { overrides: { four: 'int4' } },
  ])('comes to what a whole run with it does: %j', async (change) => {
    const found = await tried(change);
    const whole = await quantized(change);
    // The new run, unchanged, on the same samples.
    const again = await whatIf(
      { run: { ...whole, id: `again ${key++}` }, samples: tinySource, change: {} },
      context(),
    );
    expect(found.then).toEqual(again.now);
    expect(found.measured.sentence).toContain('6 calibration samples');
    expect(found.of).toBe(6);
  });
});

describe('what-if refuses', () => {
  it('runs without a recipe, settled by a step, and layers that are not there', async () => {
    const change = { ranges: { nowhere: { method: 'given', min: 0, max: 1 } } } as const;
    await expect(tried(change)).rejects.toThrow('nowhere');
    const without = { ...run, made: { ...run.made, recipe: undefined } } as unknown as typeof run;
    await expect(
      whatIf({ run: without, samples: tinySource, change: {} }, context()),
    ).rejects.toThrow('as it is in its file');
    const empty = { three: { method: 'given', min: 1, max: 1 } } as const;
    await expect(tried({ ranges: empty })).rejects.toThrow('holds nothing');
  });

  it('ends where it is stopped, and keeps what it had', async () => {
    await tried({});
    ran();
    const change = { overrides: { one: 'float' } } as const;
    const stopped = { ...context(), stop: { stopped: true } };
    await expect(whatIf({ run, samples: tinySource, change }, stopped)).rejects.toThrow('Stopped');
    expect(ran()).toEqual([]);
    await tried(change);
    expect(ran()).not.toEqual([]);
  });
});
