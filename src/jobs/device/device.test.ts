/** "Measure this device": who is asked what, in which order, and the table that can be copied. */
import { describe, expect, it } from 'vitest';
import { createCores, localLock } from '../cores';
import type { WorkerLike } from '../lane';
import { tinyGraph } from '../testing/tiny';
import { difference, measureDevice } from './measure';
import { cellsOf, reasonsOf, tableText } from './table';
import type { DeviceReport, ToEngine } from './types';

/** Workers that answer at once: ours in 1 ms, LiteRT.js in 2, and no GPU. */
function workers() {
  const asked: string[] = [];
  let started = 0;
  let ended = 0;
  const startWorker = (): WorkerLike => {
    started++;
    let engine = '';
    let hear: (event: { readonly data: unknown }) => void = () => undefined;
    const answer = (request: ToEngine): unknown => {
      switch (request.kind) {
        case 'subjects':
          return ['float32', 'dynamic', 'int8'].map((scheme) => ({ scheme, graph: tinyGraph }));
        case 'open':
          engine = request.engine;
          asked.push(`${engine} ${request.threads}`);
          if (engine === 'webgpu') return 'No adapter.';
          return {
            label: `${engine}, ${request.threads} threads`,
            note: engine === 'wasm' ? 'exact' : '',
            outputs: [Float32Array.of(1, 2)],
          };
        case 'block':
          return engine === 'wasm' ? 1 : 2;
        default:
          return request satisfies never;
      }
    };
    return {
      addEventListener: (type: string, listener: typeof hear) => {
        if (type === 'message') hear = listener;
      },
      postMessage: (request: unknown) => {
        void Promise.resolve().then(() => {
          hear({ data: answer(request as ToEngine) });
        });
      },
      terminate: () => ended++,
    } as unknown as WorkerLike;
  };
  return { asked, startWorker, counts: () => ({ started, ended }) };
}

const options = (made: ReturnType<typeof workers>, signal = new AbortController().signal) => ({
  ...{ models: [{ name: 'tiny', graph: tinyGraph }], threads: [1, 2], about: ['browser 1'] },
  ...{ startWorker: made.startWorker, cores: createCores(localLock(), 2), signal },
  onProgress: () => undefined,
});

describe('a measurement', () => {
  it('asks each engine in a worker of its own, which ends; the GPU once for a scheme', async () => {
    const made = workers();
    const report = await measureDevice(options(made));
    expect(made.asked).toEqual(
      [1, 2].flatMap(() => ['wasm 1', 'litert 1', 'webgpu 1', 'wasm 2', 'litert 2']),
    );
    expect(made.counts()).toEqual({ started: 11, ended: 11 });
    expect(report.rows.map(({ scheme, threads }) => `${scheme} ${threads}`)).toEqual([
      ...['float32 1', 'float32 2', 'int8 1', 'int8 2'],
    ]);
    for (const row of report.rows)
      expect(row).toMatchObject({ ours: 1, litert: 2, webgpu: 'No adapter.', difference: 0 });
    expect(report.conditions).toEqual(['browser 1', 'wasm: exact', 'litert']);
  });

  it('ends at once when it is cancelled, and its workers with it', async () => {
    const made = workers();
    const ended = new AbortController();
    const measuring = measureDevice({
      ...options(made, ended.signal),
      onProgress: (_report, label) => {
        if (label.startsWith('tiny, int8')) ended.abort();
      },
    });
    await expect(measuring).rejects.toMatchObject({ code: 'cancelled' });
    const { started, ended: over } = made.counts();
    expect(over).toBe(started);
  });
});

describe('the table', () => {
  const report: DeviceReport = {
    conditions: ['browser 1'],
    rows: [
      {
        model: 'a|b',
        scheme: 'int8',
        threads: 1,
        ours: 0.5,
        litert: 1,
        webgpu: 'No adapter.',
        difference: 0,
      },
      { model: 'c', scheme: 'float32', threads: 2, ours: 12.34, litert: 'It refuses.', webgpu: 3 },
    ],
  };

  it('is Markdown, with what is missing said below', () => {
    expect(report.rows.map((row) => cellsOf(row).slice(3))).toEqual([
      ['0.500', '1.00', '2.00', '–', 'identical'],
      ['12.3', '–', '–', '3.00', '–'],
    ]);
    expect(reasonsOf(report)).toEqual([
      'WebGPU has no figure: No adapter.',
      'LiteRT.js has no figure of c, float32: It refuses.',
    ]);
    const text = tableText(report);
    expect(text).toContain('| a\\|b | int8 | 1 | 0.500 | 1.00 | 2.00 | – | identical |');
    expect(text).toContain('- browser 1\n- WebGPU has no figure: No adapter.\n');
  });

  it('compares outputs as parts of the largest', () => {
    expect(difference([Float32Array.of(1, -4)], [Float32Array.of(1, -3)])).toBe(0.25);
    expect(difference([Float32Array.of(1)], [Float32Array.of(1, 2)])).toBeUndefined();
  });
});
