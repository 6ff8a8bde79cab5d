/** Whose latency stands where; the measurement itself is measure/latency. */
import { expect, it, vi } from 'vitest';
import type { RunUpdate } from '../run/types';
import { evaluate } from './evaluate';
import { quantize } from './quantize';
import {
  listening,
  tinyContext,
  tinyGraph,
  tinyModel,
  tinyRequest,
  tinySource,
} from './testing/tiny';

const asked = vi.hoisted(() => [] as (readonly { readonly name: string }[])[]);
vi.mock('./measure/latency', () => ({
  latencies: (graphs: readonly { name: string; nodes: { name: string }[] }[]) => {
    asked.push(graphs);
    return Promise.resolve(
      graphs.map((graph, at) => ({
        total: 10 * (at + 1),
        layers: new Map(graph.nodes.map(({ name }, node) => [name, 100 * (at + 1) + node])),
      })),
    );
  },
}));

it('puts float’s first and quantized second, by name', async () => {
  const measure = { latency: true, isolated: false, sensitivity: false };
  const heard = listening<RunUpdate>();
  const { figures, made } = await quantize(tinyRequest({ measure }), tinyContext(heard));
  expect(asked[0]).toEqual([tinyGraph, made.converted]);
  expect(figures.float.ms).toBe(10);
  expect(figures.whole.ms).toBe(20);
  expect(figures.float.scores[0]!.value).toBe(100);
  expect(figures.whole.scores[0]!.value).toBe(50);
  // In the converted graph QUANTIZE comes first.
  expect(figures.layers['first']).toMatchObject({ msFloat: 100, msQuantized: 201 });
  expect(figures.layers['second']).toMatchObject({ msFloat: 101, msQuantized: 202 });
  expect(heard.partials.at(-1)!.pending).toEqual([]);
  expect(heard.partials.at(-1)!.figures.whole.ms).toBe(20);
});

it('of a float model is float’s', async () => {
  const { figures } = await evaluate(
    { model: tinyModel, samples: tinySource, measure: { latency: true } },
    tinyContext(listening<RunUpdate>()),
  );
  expect(figures.whole.ms).toBe(10);
  expect(figures.layers).toEqual({ first: { msFloat: 100 }, second: { msFloat: 101 } });
});
