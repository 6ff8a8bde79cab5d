/** Figures of the tiny model (../testing/tiny.ts), worked out on paper. */
import { beforeAll, describe, expect, it } from 'vitest';
import { joined } from '../../run/update';
import type { Run, RunUpdate } from '../../run/types';
import {
  listening,
  tinyContext,
  tinyGraph,
  tinyModel,
  tinyOpened,
  tinyRecipe,
  tinyRequest,
  tinySource,
  type Heard,
} from '../testing/tiny';
import { sensitivity } from '../sensitivity';
import { quantize } from '.';

const signal = 21.2 ** 2 + 5 ** 2 + 19.7 ** 2 + 19.55 ** 2;
/** Of the input's rounding to steps of four. */
const inputNoise = 1.2 ** 2 + 3.7 ** 2 + 0.45 ** 2;
/** Of rounding y to whole numbers. */
const roundingNoise = 0.2 ** 2 + 0.3 ** 2 + 0.45 ** 2;
const dB = (noise: number) => 10 * Math.log10(signal / noise);

describe('a quantized run', () => {
  let run: Run;
  let heard: Heard<RunUpdate>;
  beforeAll(async () => {
    heard = listening<RunUpdate>();
    run = await quantize(tinyRequest(), tinyContext(heard));
  });

  it('holds for each layer its error alone and with all others, and what it costs the score', () => {
    const { first, second } = run.figures.layers;
    expect(first!.isolated!.sqnr).toBeCloseTo(dB(inputNoise), 4);
    expect(first!.accumulated!.sqnr).toBeCloseTo(dB(inputNoise), 4);
    expect(second!.isolated!.sqnr).toBeCloseTo(dB(roundingNoise), 4);
    expect(second!.accumulated!.sqnr).toBeCloseTo(dB(inputNoise), 4);
    expect(second!.isolated!.mse).toBeCloseTo(roundingNoise / 4, 5);
    expect(second!.isolated!.maxAbs).toBeCloseTo(0.45, 5);
    // Grid of z: steps of one.
    expect(second!.isolated!.rmseOverScale).toBeCloseTo(Math.sqrt(roundingNoise / 4), 5);
    expect(first!.sensitivity).toBe(-50);
    expect(second!.sensitivity).toBe(0);
  });

  it('scores both models in turn and keeps the answer to every sample', () => {
    const { whole, float, likeness, samples, floatSamples, counts } = run.figures;
    expect(float.scores).toMatchObject([{ kind: 'classes', value: 100, samples: 2, output: 'z' }]);
    expect(whole.scores).toMatchObject([{ kind: 'classes', value: 50, samples: 2, output: 'z' }]);
    expect(likeness).toMatchObject([{ kind: 'agreement', value: 50, samples: 2 }]);
    expect(samples).toEqual([
      { key: 'sample A', index: 2, outputs: [{ answer: 0, correct: true }] },
      { key: 'sample B', index: 3, outputs: [{ answer: 1, correct: false }] },
    ]);
    expect(floatSamples!.map(({ outputs }) => outputs[0]!.correct)).toEqual([true, true]);
    expect(counts).toEqual({ evaluated: 2, accumulated: 2, isolated: 2, sensitivity: 2 });
    expect(run.figures.alarms).toEqual([]);
  });

  it('knows sizes and energy before anything is measured', () => {
    // Four int8 weights, and two scales with zero points of 4 + 8 bytes.
    expect(run.made.layers).toMatchObject([
      { id: 'first', params: 4, macs: 4, bytesFloat: 16, bytesQuantized: 28, scheme: 'int8' },
      { id: 'second', params: 4, macs: 4, bytesFloat: 16, bytesQuantized: 28, scheme: 'int8' },
    ]);
    // Horowitz: 4 MACs at 4.6 pJ and 32 bytes at 10/8 pJ, twice.
    expect(run.figures.float.energy).toBeCloseTo(2 * (4 * 4.6 + 40), 9);
    // 4 MACs at 0.3 pJ and 8 bytes, twice; QUANTIZE and DEQUANTIZE: 2 adds and 10 bytes each.
    expect(run.figures.whole.energy).toBeCloseTo(2 * (1.2 + 10) + 0.2 + 12.5 + 1.8 + 12.5, 9);
    expect(heard.partials[0]!.figures.whole.fileBytes).toBe(run.figures.whole.fileBytes);
  });

  it('records what it was made of', () => {
    const { made } = run;
    expect(made.graph).toBe(tinyGraph);
    expect(made.recipe).toEqual(tinyRecipe());
    expect(made.plan!.target).toBe('litert');
    expect(made.plan!.values['x']!.scale[0]).toBe(4);
    expect(made.plan!.values['y']!.scale[0]).toBe(1);
    expect(made.plan!.values['y']!.zeroPoint[0]).toBe(-128);
    expect(made.stats!.samples).toBe(2);
    expect(made.stats!.values['x']).toMatchObject({ seenMin: 0, seenMax: 1020 });
    expect(made.subject).toEqual({
      key: 'model-key',
      name: 'tiny',
      format: 'tflite',
      fileBytes: 1234,
    });
    expect(made.samples).toMatchObject({ key: 'samples-key', name: 'four', synthetic: false });
    expect(made.samples.roles.map(({ role, count }) => [role, count])).toEqual([
      ['calibration', 2],
      ['training', 2],
      ['selection', 0],
      ['evaluation', 2],
    ]);
    expect(made.engine).toMatch(/./);
    expect(made.from).toBeUndefined();
    expect(Object.keys(made.details)).toEqual(['first', 'second']);
    expect(run.pending).toEqual([]);
  });

  it('is sent as it grows: first the scores, then layer by layer, each time the same made', () => {
    expect(heard.partials.length).toBeGreaterThanOrEqual(2);
    const [first] = heard.partials;
    expect(first!.pending).toContain('sensitivity');
    expect(first!.figures.layers['first']!.sensitivity).toBeUndefined();
    for (const update of heard.partials) {
      expect(update.id).toBe(run.id);
      expect(update.made).toBe(run.made);
    }
    const last = heard.partials.reduce<Run | undefined>((run, one) => joined(one, run), undefined);
    expect(last!.figures.layers).toEqual(run.figures.layers);
  });

  it('reports progress that only grows, to the end', () => {
    const fractions = heard.progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBe(1);
    const calibrating = heard.progress.filter(({ label }) => label.startsWith('Calibrating'));
    // Calibration weighs 4 of 4 + 5 + 8.
    expect(calibrating.at(-1)!.fraction).toBeCloseTo(4 / 17, 9);
  });
});

describe('what is asked for', () => {
  it('is measured, and nothing else', async () => {
    const measure = { latency: false, isolated: false, sensitivity: false };
    const heard = listening<RunUpdate>();
    const run = await quantize(tinyRequest({ measure }), tinyContext(heard));
    expect(run.figures.layers['first']!.isolated).toBeUndefined();
    expect(run.figures.whole.ms).toBeUndefined();
    expect(heard.partials[0]!.pending).toEqual(['score']);
  });

  it('includes latency of both, whole and layer by layer, with all cores', async () => {
    let alone = 0;
    const context = tinyContext<RunUpdate>();
    const share = {
      ...context.share,
      all: <T>(work: (border: () => Promise<void>) => Promise<T>) => {
        alone++;
        return work(() => Promise.resolve());
      },
    };
    const measure = { latency: true, isolated: false, sensitivity: false };
    const run = await quantize(tinyRequest({ measure }), { ...context, share });
    const { whole, float, layers } = run.figures;
    expect(alone).toBe(1);
    for (const ms of [whole.ms, float.ms]) expect(ms).toBeGreaterThan(0);
    for (const id of ['first', 'second']) {
      expect(layers[id]!.msFloat).toBeGreaterThan(0);
      expect(layers[id]!.msQuantized).toBeGreaterThan(0);
      expect(layers[id]!.accumulated).toBeDefined();
    }
    expect(run.pending).toEqual([]);
  });

  it('needs no calibration where no rule asks for ranges', async () => {
    const { roles, samples, needs } = tinyOpened;
    const opened = { samples, needs, roles: { ...roles, calibration: [] } };
    const openSamples = () => Promise.resolve(opened);
    const recipe = tinyRecipe({ rules: [], scheme: 'custom' });
    const run = await quantize(
      tinyRequest({ recipe, measure: { latency: false, isolated: true, sensitivity: true } }),
      tinyContext(listening<RunUpdate>(), { openSamples }),
    );
    expect(run.made.stats).toBeUndefined();
    expect(run.made.plan!.io).toBe('float32');
    // Nothing was quantized, so that no layer stands alone.
    expect(run.figures.layers['first']!.isolated).toBeUndefined();
    expect(run.figures.layers['first']!.accumulated!.sqnr).toBe(Infinity);
    expect(run.figures.whole.scores[0]!.value).toBe(100);
  });
});

describe('what cannot be quantized', () => {
  const refusal = async (request: Parameters<typeof quantize>[0], roles = tinyOpened.roles) => {
    const openSamples = () => Promise.resolve({ ...tinyOpened, roles });
    return quantize(request, tinyContext(listening<RunUpdate>(), { openSamples })).then(
      () => undefined,
      (error: unknown) => error,
    );
  };

  it('is refused with a sentence', async () => {
    const { summary } = tinyModel;
    const quantized = { ...tinyModel, summary: { ...summary, quantized: true } };
    expect(await refusal(tinyRequest({ model: quantized }))).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('quantized already') as string,
    });
    const unsupported = { ...tinyModel, summary: { ...summary, unsupported: ['Lambda (f)'] } };
    expect(await refusal(tinyRequest({ model: unsupported }))).toMatchObject({
      code: 'unsupported',
      data: { list: ['Lambda (f)'] },
    });
    const { roles } = tinyOpened;
    for (const few of [
      { ...roles, calibration: [] },
      { ...roles, evaluation: [] },
    ])
      expect(await refusal(tinyRequest(), few)).toMatchObject({ code: 'bad-data' });
  });

  it('says that a step which nothing carries out is missing', async () => {
    const recipe = tinyRecipe({ steps: [{ kind: 'train' } as never] });
    const error = await refusal(tinyRequest({ recipe }));
    expect(error).toMatchObject({ code: expect.stringMatching(/unsupported|internal/) as string });
  });
});

describe('a job that is asked to stop', () => {
  it('ends with what it has, and waits for nothing more', async () => {
    const stop = { stopped: false };
    const heard = listening<RunUpdate>();
    const events = {
      ...heard.events,
      progress: ({ label }: { label: string }) => {
        if (label.startsWith('Each layer alone: sample 1 ')) stop.stopped = true;
      },
    };
    const run = await quantize(tinyRequest(), tinyContext(heard, { stop, events }));
    expect(run.pending).toEqual([]);
    // Of the first sample alone, which both answer right; and it says so.
    expect(run.figures.layers['first']!.sensitivity).toBe(0);
    expect(run.figures.counts).toMatchObject({ evaluated: 2, sensitivity: 1 });
  });

  it('scores one sample at least', async () => {
    const stop = { stopped: true };
    const run = await quantize(tinyRequest(), tinyContext(listening<RunUpdate>(), { stop }));
    expect(run.figures.counts.evaluated).toBe(1);
    expect(run.figures.samples).toHaveLength(1);
    expect(run.figures.counts).toEqual({ evaluated: 1, accumulated: 1, isolated: 1 });
  });
});

describe('more samples for the score change', () => {
  it('are as many as were asked for; what stood on more stays until there are as many', async () => {
    const counted = async (sensitivitySamples: number | 'all') => {
      const request = { ...tinyRequest(), sensitivitySamples };
      return (await quantize(request, tinyContext())).figures;
    };
    expect((await counted(1)).counts.sensitivity).toBe(1);
    expect((await counted('all')).counts.sensitivity).toBe(2);
    const run = await quantize({ ...tinyRequest(), sensitivitySamples: 1 }, tinyContext());
    expect(run.figures.layers['first']!.sensitivity).toBe(0);
    const args = { run, samples: tinySource, count: 'all' as const };
    const more = await sensitivity(args, tinyContext());
    expect(more.figures.counts).toEqual({ ...run.figures.counts, sensitivity: 2 });
    expect(more.figures.layers['first']!.sensitivity).toBe(-50);
    expect(more.figures.layers['first']!.isolated).toEqual(run.figures.layers['first']!.isolated);
    expect(more.pending).toEqual([]);
    const fewer = await sensitivity({ ...args, run: more, count: 1 }, tinyContext());
    expect(fewer.figures).toEqual(more.figures);
  });

  it('are refused for a run without a recipe', async () => {
    const run = await quantize(tinyRequest(), tinyContext());
    const asItIs = { ...run, made: { ...run.made, recipe: undefined } as Run['made'] };
    const args = { run: asItIs, samples: tinySource, count: 'all' as const };
    await expect(sensitivity(args, tinyContext())).rejects.toMatchObject({ code: 'usage' });
  });
});
