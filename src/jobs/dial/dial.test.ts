/** The dial on nets where the right answer is known by construction. */
import { describe, expect, it } from 'vitest';
import { choose, mixtureRequest } from '../../analysis/dial';
import { createReferenceBackend } from '../../engine/reference';
import type { Graph } from '../../model/graph';
import { rule, staticConfig } from '../../quant/opConfigs';
import { recipeOf, stockRecipe } from '../../quant/recipe';
import type { Recipe } from '../../quant/types';
import type { Budget, Dial, DialPoint } from '../../run/dial';
import type { RunUpdate } from '../../run/types';
import { runOracle } from '../../testing/oracle';
import { exportRun } from '../export';
import { feedsOf } from '../prepared';
import { quantize } from '../quantize';
import { listening, tinyContext, tinySource } from '../testing/tiny';
import { bench, cancelling, chain, type Bench, type Sizes } from './testing/nets';
import { dial } from './index';

const int8 = stockRecipe('int8', { io: 'float32' });
const perTensor = stockRecipe('int8-per-tensor', { io: 'float32' });

async function dialled(
  made: Bench,
  budget?: Budget,
  options: { stopAfter?: number; refuse?: number } = {},
) {
  const heard = listening<RunUpdate>();
  const stop = { stopped: false };
  const events = {
    ...heard.events,
    partial: (update: RunUpdate) => {
      heard.partials.push(update);
      if ((update.figures.dial?.points.length ?? 0) >= (options.stopAfter ?? Infinity))
        stop.stopped = true;
    },
  };
  const context = tinyContext(
    { ...heard, events },
    {
      stop,
      openSamples: () => Promise.resolve(made.opened),
    },
  );
  const { model, run } = made;
  const after = await dial(
    { model, run, samples: tinySource, latency: false, ...(budget ? { budget } : {}) },
    context,
  );
  return { dial: after.figures.dial!, partials: heard.partials, after };
}

/** What was chosen of the net for this budget. */
async function chosen(graph: Graph, recipe: Recipe, budget: Budget, sizes?: Sizes) {
  const made = await bench(graph, recipe, sizes ? { sizes } : {});
  const { dial: found } = await dialled(made, budget);
  const choice = found.chosen!;
  return { made, found, choice, point: found.points[choice.point]! };
}

const fastest = (dB: number): Budget => ({ kind: 'sqnr', dB, prefer: 'fastest' });

describe('what the dial chooses', () => {
  it('is the one layer whose weights are lost per tensor', async () => {
    const { point, choice } = await chosen(chain(5, { weightAt: 3 }), perTensor, fastest(20));
    expect(point.high).toEqual(['dense3']);
    expect(point.low).toEqual([]);
    expect(choice.met).toBe(true);
    expect(point.highShare).toBeCloseTo(64 / (5 * 64 + 32), 12);
  });

  it('is the maker and the reader of the one tensor of an absurd range: neither alone helps', async () => {
    const { point, found } = await chosen(chain(6, { wideAt: 3 }), int8, fastest(20));
    expect(point.high).toEqual(['dense3', 'dense4']);
    expect(found.worstFirst.slice(0, 2).sort()).toEqual(['dense3', 'dense4']);
  });

  it('is every layer int8 where errors cancel, though each alone is bad', async () => {
    const { point, found, made } = await chosen(cancelling(), int8, fastest(25));
    expect(found.worstFirst.slice(0, 2).sort()).toEqual(['left', 'right']);
    expect(point.high).toEqual([]);
    const { dial: curve } = await dialled(made);
    const sqnr = (high: string[]) =>
      curve.points.find((one) => one.low.length === 0 && one.high.join() === high.join())!.sqnr;
    // Sums of single layers would have one of the two raised as half of the way.
    expect(sqnr([found.worstFirst[0]!])).toBeLessThan(sqnr([]) - 5);
    expect(sqnr(['left', 'right'])).toBeGreaterThan(sqnr([]) - 1);
  });

  it('keeps a share of MACs above 8 bit, and spends it on the layers that need it', async () => {
    const share = (2 * 64) / (6 * 64 + 32);
    const net = chain(6, { wideAt: 3 });
    const { point } = await chosen(net, int8, { kind: 'high', share });
    expect(point.high).toEqual(['dense3', 'dense4']);
    const less = await chosen(net, int8, { kind: 'high', share: share - 0.01 });
    expect(less.point.highShare).toBeLessThanOrEqual(share - 0.01);
    expect(less.choice.met).toBe(true);
  });
});

/** The run that is made of a point, and its file. */
async function madeOf(made: Bench, point: Pick<DialPoint, 'overrides'>) {
  const context = tinyContext(listening<never>(), {
    openSamples: () => Promise.resolve(made.opened),
  });
  const run = await quantize(
    {
      ...{ model: made.model, samples: tinySource },
      ...mixtureRequest(made.run, point),
      measure: { isolated: false, latency: false, sensitivity: false },
    },
    context,
  );
  const bytes = await exportRun({ made: run.made, border: run.made.plan!.io }, context as never);
  return { ...run, bytes };
}

describe('bytes of the dial', () => {
  it.each([
    ['4-bit weights', chain(4), { kind: 'sqnr', dB: 15, prefer: 'smallest' }],
    ['16 bit', chain(4, { wideAt: 2 }), fastest(20)],
  ] as const)(
    'are those of the file of the run that is made of a point with %s',
    async (...given) => {
      const [, net, budget] = given;
      const { made, point } = await chosen(net, int8, budget);
      const { made: mixed, bytes } = await madeOf(made, point);
      expect(bytes.length).toBe(point.bytes);
      const named = (code: (layer: (typeof mixed.layers)[number]) => boolean) =>
        mixed.layers.filter(code).map(({ id }) => id);
      expect(point.high.length + point.low.length).toBeGreaterThan(0);
      expect(named(({ scheme }) => scheme === 'int16')).toEqual(point.high);
      expect(named(({ why }) => why.code === 'int4-weights')).toEqual(point.low);
    },
  );

  it('decide what fits: the best of it, and the smallest with how far it is where nothing does', async () => {
    const { found, made } = await chosen(chain(4), int8, { kind: 'size', bytes: 1 });
    expect(found.chosen!.met).toBe(false);
    const smallest = Math.min(...found.points.map(({ bytes }) => bytes));
    expect(found.points[found.chosen!.point]!.bytes).toBe(smallest);
    expect(found.chosen!.sentence).toContain(`${(smallest - 1).toLocaleString('en-US')} too many`);
    const [all8] = found.points;
    const between = Math.floor((all8!.bytes + smallest) / 2);
    const { dial: fits } = await dialled(made, { kind: 'size', bytes: between });
    const point = fits.points[fits.chosen!.point]!;
    expect(fits.chosen!.met).toBe(true);
    expect(point.bytes).toBeLessThanOrEqual(between);
    expect(point.sqnr).toBeGreaterThan(found.points[found.chosen!.point]!.sqnr);
  });
});

describe('a mixture', () => {
  // The runtime in node takes dense layers per tensor, and int16 → int8; int8 → int16 is among the goldens of
  // the current runtime (quant/testing/schemeModels.ts).
  const rules = [rule(staticConfig('TENSORWISE', 8, 'int16')), rule(staticConfig('TENSORWISE'))];

  it('computes what the TFLite runtime does, bit for bit, where int16 meets int8', async () => {
    const recipe = recipeOf('both', 'custom', rules, { io: 'float32' });
    const { made, point } = await chosen(chain(4, { wideAt: 1 }), recipe, fastest(20));
    expect(point.high).toEqual(['dense1', 'dense2']);
    const { made: mixed, bytes } = await madeOf(made, point);
    await equalsRuntime(mixed.converted, bytes, made);
    const types = mixed.converted.nodes.map(({ outputs }) => {
      return mixed.converted.values[outputs[0]!]!.dtype;
    });
    expect(types).toEqual(['int16', 'int16', 'int16', 'int8', 'int8', 'int8', 'int8', 'float32']);
  });

  it('has int16 at the model’s border where every layer is above 8 bit, and else says that it has not', async () => {
    const recipe = recipeOf('both', 'custom', rules, { io: 'int16' });
    const made = await bench(chain(2), recipe);
    const { dial: found } = await dialled(made, { kind: 'high', share: 1 });
    const point = found.points[found.chosen!.point]!;
    expect(point.highShare).toBe(1);
    const { made: mixed, bytes } = await madeOf(made, point);
    const { inputs, outputs, values } = mixed.converted;
    expect([...inputs, ...outputs].map((at) => values[at]!.dtype)).toEqual(['int16', 'int16']);
    expect(bytes.length).toBe(point.bytes);
    // Where layers are int8 too, no border is int16, and the point says so.
    expect(found.points[0]!.border).toBe('int8');
    expect(point.border).toBeUndefined();
  });
});

async function equalsRuntime(graph: Graph, bytes: Uint8Array, { opened }: Bench) {
  const executable = await createReferenceBackend().prepare(graph);
  for (let index = 100; index < 110; index++) {
    const feeds = feedsOf(graph, await opened.samples.read(index));
    const [ours] = await executable.run(feeds);
    const [theirs] = await runOracle(bytes, feeds);
    expect(Array.from(ours!.data as Int16Array)).toEqual(Array.from(theirs!.data));
  }
}

describe('a run whose weights were rounded by a step', () => {
  it('keeps its integers in every mixture, above 8 bit too, and is what was measured', async () => {
    const steps = [{ kind: 'round', method: 'squant', seed: 1, options: {} }] as const;
    const net = chain(4, { wideAt: 2 });
    const { made, point } = await chosen(net, { ...int8, steps }, fastest(20));
    expect(point.high).toEqual(['dense2', 'dense3']);
    const { made: mixed, bytes } = await madeOf(made, point);
    expect(bytes.length).toBe(point.bytes);
    expect([mixed.from, mixed.recipe!.steps]).toEqual([made.run.id, []]);
    const weightsOf = ({ nodes, values }: Graph, id: string) =>
      values[nodes.find(({ name }) => name === id)!.inputs[1]!]!;
    for (const id of ['dense1', 'dense2', 'dense3', 'dense4', 'head']) {
      const [own, before] = [mixed.converted, made.run.made.converted].map((graph) =>
        weightsOf(graph, id),
      );
      expect(own!.data).toEqual(before!.data);
      expect(own!.quant!.scale).toEqual(before!.quant!.scale);
    }
    // A bias counts in steps of input × weights.
    const { nodes, values } = mixed.converted;
    const [input, weights, bias] = nodes
      .find(({ name }) => name === 'dense3')!
      .inputs.map((at) => values[at]!.quant!.scale);
    for (const [i, scale] of bias!.entries())
      expect(scale / (input![0]! * weights![i]!)).toBeCloseTo(1, 5);
  });
});

describe('samples that choose', () => {
  it('are selection samples, or with too few of them calibration samples too, and never evaluation', async () => {
    const of = async (sizes: Sizes) => {
      const made = await bench(chain(2), int8, { sizes });
      const read: number[] = [];
      const { samples } = made.opened;
      const watched = {
        ...samples,
        read: (index: number) => {
          read.push(index);
          return samples.read(index);
        },
      };
      const opened = { ...made.opened, samples: watched };
      const { dial: found } = await dialled({ ...made, opened }, fastest(100));
      return { found, last: Math.max(...read) };
    };
    const selected = await of({ calibration: 40, selection: 70, evaluation: 20 });
    expect([selected.found.on, selected.found.samples]).toEqual(['selection', 70]);
    expect(selected.last).toBe(109);
    const few = await of({ calibration: 40, selection: 5, evaluation: 20 });
    expect([few.found.on, few.found.samples]).toEqual(['both', 45]);
    const none = await of({ calibration: 40, selection: 0, evaluation: 20 });
    expect([none.found.on, none.found.samples]).toEqual(['calibration', 40]);
    expect(none.last).toBe(39);
    expect(none.found.chosen!.sentence).toContain('there are no selection samples');
  });
});

describe('what can go wrong', () => {
  it('asked to stop it keeps the points that there are, and measures no point again', async () => {
    const made = await bench(chain(5, { wideAt: 2 }), int8);
    const stopped = await dialled(made, undefined, { stopAfter: 3 });
    expect(stopped.dial.ended).toBe('stopped');
    expect(stopped.dial.points).toHaveLength(3);
    const run = { ...made.run, figures: stopped.after.figures };
    const { dial: whole } = await dialled({ ...made, run });
    expect(whole.points.slice(0, 3)).toEqual(stopped.dial.points);
    expect(whole.ended).toBeUndefined();
    const { dial: anew } = await dialled(made);
    expect(whole).toEqual(anew);
  });

  it('sends each point as it is measured', async () => {
    const made = await bench(chain(3), int8);
    const { dial: found, partials } = await dialled(made);
    expect(partials.at(-1)!.figures.dial).toEqual(found);
    expect(partials[0]!.figures.dial!.points).toEqual([]);
    expect(partials[0]!.figures.dial!.worstFirst).toHaveLength(4);
  });

  it('says of a budget that nothing keeps what comes nearest, and how near', async () => {
    const { choice, found } = await chosen(chain(3), int8, fastest(500));
    expect(choice.met).toBe(false);
    const best = Math.max(...found.points.map(({ sqnr }) => sqnr));
    expect(found.points[choice.point]!.sqnr).toBe(best);
    expect(choice.sentence).toMatch(
      /^Nothing that was measured keeps at least 500 dB; the nearest has/,
    );
  });

  it('never chooses what is not a number', async () => {
    const made = await bench(chain(3), int8, { bad: [45] });
    const { dial: found } = await dialled(made, fastest(10));
    expect(found.points.every(({ sqnr }) => Number.isNaN(sqnr))).toBe(true);
    expect(found.chosen!.met).toBe(false);
    expect(found.chosen!.sentence).toContain('gives no number at all');
  });

  it.each([
    ['float16', /no integer activations/],
    ['dynamic', /no integer activations/],
  ] as const)('refuses a run of %s', async (scheme, message) => {
    const made = await bench(chain(2), stockRecipe(scheme));
    await expect(dialled(made)).rejects.toThrow(message);
  });

  it('refuses the model as it is, and points of a score that has none', async () => {
    const made = await bench(chain(2), int8);
    const { recipe, ...asItIs } = made.run.made;
    void recipe;
    const run = { ...made.run, made: asItIs };
    await expect(dialled({ ...made, run })).rejects.toThrow('as it is');
  });
});

describe('choosing among points that are there', () => {
  it('is the job’s own choice', async () => {
    const { found, choice } = await chosen(chain(4, { wideAt: 2 }), int8, fastest(20));
    const again: Dial = { ...found };
    expect(choose(fastest(20), again)).toEqual(choice);
  });
});
