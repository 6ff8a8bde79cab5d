/** The tiny model as it is, and its int8 form as a file that was made elsewhere. */
import { describe, expect, it } from 'vitest';
import type { Run, RunUpdate } from '../../run/types';
import { quantize } from '../quantize';
import {
  listening,
  tinyContext,
  tinyGraph,
  tinyModel,
  tinyOpened,
  tinyRequest,
  tinySource,
} from '../testing/tiny';
import type { EvaluateRequest, OpenedModel } from '../types';
import { evaluate } from '.';

const request = (options: Partial<EvaluateRequest> = {}): EvaluateRequest => ({
  model: tinyModel,
  samples: tinySource,
  measure: { latency: false },
  ...options,
});

async function int8Model(): Promise<OpenedModel> {
  const measure = { latency: false, isolated: false, sensitivity: false };
  const { made } = await quantize(tinyRequest({ measure }), tinyContext(listening<RunUpdate>()));
  const summary = { ...tinyModel.summary, quantized: true };
  return { ...tinyModel, graph: made.converted, optimized: made.converted, summary };
}

describe('a float model', () => {
  it('is a run without recipe and plan, beside itself', async () => {
    const heard = listening<RunUpdate>();
    const run = await evaluate(request(), tinyContext(heard));
    const { made, figures } = run;
    expect(made.recipe).toBeUndefined();
    expect(made.plan).toBeUndefined();
    expect(made.details).toEqual({});
    expect(made.graph).toBe(tinyGraph);
    expect(made.converted).toBe(tinyGraph);
    expect(figures.whole.scores).toMatchObject([{ kind: 'classes', value: 100, samples: 2 }]);
    expect(figures.float).toEqual(figures.whole);
    expect(figures.whole.energy).toBeCloseTo(2 * (4 * 4.6 + 40), 9);
    expect(figures.samples).toEqual([
      { key: 'sample A', index: 2, outputs: [{ answer: 0, correct: true }] },
      { key: 'sample B', index: 3, outputs: [{ answer: 0, correct: true }] },
    ]);
    expect(figures.counts).toEqual({ evaluated: 2 });
    expect(made.layers).toMatchObject([
      { id: 'first', scheme: 'float32', bytesFloat: 16, bytesQuantized: 16 },
      { id: 'second', scheme: 'float32', bytesFloat: 16, bytesQuantized: 16 },
    ]);
    expect(made.layers[0]!.why).toEqual({
      code: 'recorded',
      params: { text: 'as it is in the file' },
    });
    expect(run.pending).toEqual([]);
    expect(heard.partials).toHaveLength(1);
    expect(heard.partials[0]!.pending).toEqual([]);
    expect(heard.progress.at(-1)).toEqual({ label: 'Done', fraction: 1 });
    expect(heard.progress.map(({ fraction }) => fraction)).toEqual([0.5, 1, 1]);
  });

  it('is timed where asked', async () => {
    const heard = listening<RunUpdate>();
    const run = await evaluate(request({ measure: { latency: true } }), tinyContext(heard));
    expect(heard.partials[0]!.pending).toEqual(['latency']);
    expect(run.pending).toEqual([]);
    expect(run.figures.whole.ms).toBeGreaterThan(0);
    expect(run.figures.float.ms).toBe(run.figures.whole.ms);
    for (const id of ['first', 'second']) {
      expect(run.figures.layers[id]!.msFloat).toBeGreaterThan(0);
      expect(run.figures.layers[id]!.msQuantized).toBeUndefined();
    }
    // Scores weigh three of four.
    expect(heard.progress.find(({ label }) => label.includes('2 of 2'))!.fraction).toBe(0.75);
  });

  it('ends where it is asked to stop, after one sample at least', async () => {
    const stop = { stopped: true };
    const run = await evaluate(
      request({ measure: { latency: true } }),
      tinyContext(listening<RunUpdate>(), { stop }),
    );
    expect(run.figures.counts.evaluated).toBe(1);
    expect(run.figures.whole.ms).toBeUndefined();
    expect(run.pending).toEqual([]);
  });
});

describe('a model that was quantized elsewhere', () => {
  let run: Run;
  it('is scored as it is, with no float beside it', async () => {
    const model = await int8Model();
    run = await evaluate(
      request({ model, measure: { latency: true } }),
      tinyContext(listening<RunUpdate>()),
    );
    const { figures, made } = run;
    expect(figures.whole.scores).toMatchObject([{ value: 50 }]);
    expect(figures.float.scores).toEqual([]);
    expect(figures.float.fileBytes).toBeNaN();
    expect(figures.float.ms).toBeUndefined();
    expect(figures.samples[1]!.outputs[0]).toEqual({ answer: 1, correct: false });
    expect(figures.layers['first']!.msQuantized).toBeGreaterThan(0);
    expect(figures.layers['first']!.msFloat).toBeUndefined();
    expect(made.layers.map(({ id, scheme }) => [id, scheme])).toEqual([
      ['x/quantize', 'int8'],
      ['first', 'int8'],
      ['second', 'int8'],
      ['z/dequantize', 'float32'],
    ]);
  });
});

describe('what cannot be evaluated', () => {
  it('is refused with a sentence', async () => {
    const { samples } = tinyOpened;
    const opened = { ...tinyOpened, samples: { ...samples, targets: [] } };
    const openSamples = () => Promise.resolve(opened);
    const context = tinyContext(listening<RunUpdate>(), { openSamples });
    await expect(evaluate(request(), context)).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('no labels that fit') as string,
    });
    const summary = { ...tinyModel.summary, unsupported: ['X (x)'] };
    await expect(
      evaluate(request({ model: { ...tinyModel, summary } }), tinyContext()),
    ).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(
        '"tiny" cannot run: Intact does not know how to compute X (x).',
      ) as string,
    });
  });
});
