/** Sparing and halves of a quantization on the tiny model, worked out on paper. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import { quantize } from '../quantize';
import { changed } from '../../quant/change';
import type { RunUpdate } from '../../run/types';
import { prepare } from '../prepared';
import {
  listening,
  tinyContext,
  tinyGraph,
  tinyRecipe,
  tinyRequest,
  tinySamples,
  tinySource,
} from '../testing/tiny';
import { activationsOnly, weightsOnly } from './parts';
import { spare } from '.';

const measure = { latency: false, isolated: false, sensitivity: true };
const made = (change = {}) =>
  quantize(
    tinyRequest({ measure, recipe: changed(tinyRecipe(), change) }),
    tinyContext(listening<RunUpdate>()) as never,
  );

describe('sparing a layer', () => {
  it('gives the score without it minus the score with it', async () => {
    const run = await made();
    const heard = listening<RunUpdate>();
    const spared = await spare({ run, samples: tinySource }, tinyContext(heard));
    // Int8 has B wrong. With `first` in float x = (96, 80) gives y = (16, 20): still wrong; x itself is
    // read in float where nothing quantizes it, and then both are right.
    const { layers, counts, parts } = spared.figures;
    expect(counts.spared).toBe(2);
    expect(layers['first']!.spared).toBe(50);
    // Without the second layer's rounding (16, 20) stays (16, 20).
    expect(layers['second']!.spared).toBe(0);
    // What was there before stays.
    expect(layers['first']!.sensitivity).toBe(run.figures.layers['first']!.sensitivity);
    expect(parts!.samples).toBe(2);
    expect(parts!.whole.score.value).toBe(50);
    expect(heard.partials.length).toBeGreaterThan(0);
  });

  it('stops with what it has', async () => {
    const run = await made();
    const stop = { stopped: false };
    const heard = listening<RunUpdate>();
    const context = tinyContext(heard, { stop });
    const share = {
      ...context.share,
      border: () => {
        stop.stopped = heard.partials.length > 0;
        return Promise.resolve();
      },
    };
    const spared = await spare({ run, samples: tinySource }, { ...context, share });
    expect(spared.figures.parts).toBeDefined();
    expect(spared.figures.counts.spared).toBeUndefined();
  });
});

describe('half of a quantization', () => {
  it('rounds weights alone, or activations alone', async () => {
    const run = await made();
    const { plan, stats } = run.made;
    const backend = createReferenceBackend();
    const sample = await tinySamples.read(3);
    const answer = async (graph: typeof tinyGraph | undefined) => {
      const prepared = await prepare(backend, graph!);
      return Array.from((await prepared.run(sample))[0]!);
    };
    // The weights are exact: 1, −1 and 0 on grids of 1/127, and 0.25 as 1/4 of its own channel's.
    const [own] = await Promise.all([answer(weightsOnly(tinyGraph, plan!))]);
    expect(own[0]).toBeCloseTo(19.7, 4);
    expect(own[1]).toBeCloseTo(19.55, 4);
    // x = (96, 80), y = z = (16, 20).
    expect(await answer(activationsOnly(tinyGraph, plan!))).toEqual([16, 20]);
    expect(stats).toBeDefined();
  });

  it('is left out where the recipe has none of it', async () => {
    const run = await made({ scheme: 'weight-only' });
    const spared = await spare({ run, samples: tinySource }, tinyContext(listening<RunUpdate>()));
    expect(spared.figures.parts!.activationsOnly).toBeUndefined();
    expect(weightsOnly(tinyGraph, run.made.plan!)).toBeDefined();
    expect(activationsOnly(tinyGraph, run.made.plan!)).toBeUndefined();
  });
});
