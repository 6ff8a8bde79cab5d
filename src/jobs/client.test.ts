/** Page and workers over the real wire; only the threads are faked. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beat } from '../engine/pulse';
import { IntactError } from '../model/error';
import type { Run, RunUpdate } from '../run/types';
import { createJobs, type JobsClient } from './client';
import type { runJob } from '.';
import { serve } from './serve';
import type { Stalled } from './stall';
import { fakeWorker, type FakeWorker } from './testing/fakeWorker';
import { tinyModel, tinyRequest, tinySource, tinyWorker } from './testing/tiny';
import type { Lane } from './types';

type Run_ = typeof runJob;
interface House {
  readonly jobs: JobsClient;
  readonly workers: { readonly lane: Lane; readonly fake: FakeWorker }[];
}

function house(run?: (...args: Parameters<Run_>) => Promise<unknown>, apart = true): House {
  const workers: House['workers'] = [];
  const jobs = createJobs((lane) => {
    const fake = fakeWorker();
    workers.push({ lane, fake });
    serve(fake.inside, tinyWorker(), run as Run_ | undefined);
    return fake.worker;
  }, apart);
  return { jobs, workers };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as IntactError).code,
  );
const exportArgs = { made: {} as Run['made'], border: 'int8' as const };
afterEach(() => {
  vi.useRealTimers();
});

describe('a run from a worker', () => {
  it('comes whole: plan, graph and statistics with every update and with the result', async () => {
    const { jobs } = house();
    const partials: RunUpdate[] = [];
    const labels: string[] = [];
    const handle = jobs.start('quantize', tinyRequest(), {
      partial: (update) => {
        if (update.kind === undefined) partials.push(update);
      },
      progress: ({ label }) => labels.push(label),
    });
    const run = await handle.result;
    expect(handle).toMatchObject({ name: 'quantize', lane: 'long' });
    expect(run.made.plan!.values['x']!.scale[0]).toBe(4);
    expect(run.made.graph.nodes.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(run.made.converted.nodes).toHaveLength(4);
    expect(run.made.stats!.samples).toBe(2);
    expect(run.figures.layers['first']!.sensitivity).toBe(-50);
    expect(partials.length).toBeGreaterThan(1);
    for (const { made } of partials) expect(made).toBe(run.made);
    expect(labels.at(-1)).toBe('Done');
  });

  it('exports and verifies by what it was made of', async () => {
    const { jobs } = house();
    const run = await jobs.start('quantize', tinyRequest()).result;
    const { made } = run;
    const bytes = await jobs.start('exportRun', { made, border: 'int8' }).result;
    expect(new TextDecoder().decode(bytes.subarray(4, 8))).toBe('TFL3');
    const failed = jobs.start('verify', { made, samples: tinySource }).result;
    await expect(failed).rejects.toMatchObject({
      code: 'internal',
      data: { detail: expect.stringContaining('no runtime here') as string },
    });
  });

  it('rejects with the job’s own error', async () => {
    const { jobs } = house();
    const model = { ...tinyModel, summary: { ...tinyModel.summary, unsupported: ['X (x)'] } };
    const failed = jobs.start('quantize', tinyRequest({ model })).result;
    await expect(failed).rejects.toBeInstanceOf(IntactError);
    await expect(failed).rejects.toMatchObject({ code: 'unsupported', data: { list: ['X (x)'] } });
  });
});

/** Jobs that end when they are told to. */
function held() {
  const running = new Map<string, { end(value: unknown): void; stop: { stopped: boolean } }>();
  const order: string[] = [];
  const run = (
    name: string,
    args: unknown,
    _: unknown,
    events: { progress(p: { label: string; fraction: number }): void },
    stop = { stopped: false },
  ) => {
    order.push(name);
    events.progress({ label: name, fraction: 0 });
    return new Promise<unknown>((resolve) => {
      running.set(name, { end: resolve, stop });
    });
  };
  return { run: run as never, running, order };
}

describe('lanes', () => {
  it('go on beside each other, each in a worker of its own', async () => {
    const { run, running } = held();
    const { jobs, workers } = house(run);
    jobs.start('quantize', tinyRequest()).result.catch(() => undefined);
    const bytes = jobs.start('exportRun', exportArgs).result;
    jobs.start('verify', { made: {} as Run['made'], samples: tinySource }).result.catch(() => 0);
    await settle();
    expect(workers.map(({ lane }) => lane)).toEqual(['long', 'main', 'side']);
    running.get('exportRun')!.end(new Uint8Array([7]));
    expect([...(await bytes)]).toEqual([7]);
  });

  it('are one where workers cannot keep out of each other’s timings', async () => {
    const { run, running, order } = held();
    const { jobs, workers } = house(run, false);
    const long = jobs.start('quantize', tinyRequest());
    const bytes = jobs.start('exportRun', exportArgs);
    expect([long.lane, bytes.lane]).toEqual(['main', 'main']);
    await settle();
    expect(order).toEqual(['quantize']);
    running.get('quantize')!.end({ id: 'a' });
    await settle();
    running.get('exportRun')!.end(new Uint8Array(1));
    expect(await codeOf(bytes.result)).toBe('resolved');
    expect(workers.map(({ lane }) => lane)).toEqual(['main']);
  });

  it('run one job after the other, in one worker', async () => {
    const { run, running, order } = held();
    const { jobs, workers } = house(run);
    const first = jobs.start('quantize', tinyRequest());
    const samples = tinySource;
    const second = jobs.start('evaluate', {
      model: tinyModel,
      samples,
      measure: { latency: false },
    });
    expect(first.id).not.toBe(second.id);
    await settle();
    expect(order).toEqual(['quantize']);
    running.get('quantize')!.end({ id: 'a' });
    expect(await first.result).toEqual({ id: 'a' });
    await settle();
    expect(order).toEqual(['quantize', 'evaluate']);
    running.get('evaluate')!.end({ id: 'b' });
    expect(await second.result).toEqual({ id: 'b' });
    expect(workers).toHaveLength(1);
    expect(workers[0]!.fake.terminated).toBe(false);
  });

  it('go on with the next job after one has failed', async () => {
    let calls = 0;
    const { jobs } = house(() =>
      ++calls === 1
        ? Promise.reject(new IntactError('bad-data', 'No.'))
        : Promise.resolve(new Uint8Array(1)),
    );
    const first = jobs.start('exportRun', exportArgs).result;
    const second = jobs.start('exportRun', exportArgs).result;
    expect(await codeOf(first)).toBe('bad-data');
    expect(await codeOf(second)).toBe('resolved');
  });
});

describe('cancel', () => {
  it('ends the job with its worker, and no other; what waits gets a fresh one', async () => {
    const { run, running, order } = held();
    const { jobs, workers } = house(run);
    const samples = tinySource;
    const long = jobs.start('quantize', tinyRequest());
    const waiting = jobs.start('evaluate', {
      model: tinyModel,
      samples,
      measure: { latency: false },
    });
    const bytes = jobs.start('exportRun', exportArgs);
    await settle();
    long.cancel();
    expect(await codeOf(long.result)).toBe('cancelled');
    expect(workers[0]!.fake.terminated).toBe(true);
    await settle();
    expect(workers.map(({ lane }) => lane)).toEqual(['long', 'main', 'long']);
    expect(order).toEqual(['quantize', 'exportRun', 'evaluate']);
    running.get('evaluate')!.end({ id: 'e' });
    running.get('exportRun')!.end(new Uint8Array(1));
    expect(await codeOf(waiting.result)).toBe('resolved');
    expect(await codeOf(bytes.result)).toBe('resolved');
  });

  it('takes a waiting job out of the queue', async () => {
    const { run, running, order } = held();
    const { jobs, workers } = house(run);
    const first = jobs.start('exportRun', exportArgs);
    const second = jobs.start('exportRun', exportArgs);
    second.cancel();
    expect(await codeOf(second.result)).toBe('cancelled');
    running.get('exportRun')?.end(new Uint8Array(1));
    await settle();
    running.get('exportRun')!.end(new Uint8Array(1));
    expect(await codeOf(first.result)).toBe('resolved');
    expect(order).toEqual(['exportRun']);
    expect(workers[0]!.fake.terminated).toBe(false);
    first.cancel();
    second.cancel();
    expect(workers[0]!.fake.terminated).toBe(false);
  });

  it('of all ends every lane', async () => {
    const { run } = held();
    const { jobs, workers } = house(run);
    const all = [
      jobs.start('quantize', tinyRequest()),
      jobs.start('quantize', tinyRequest()),
      jobs.start('exportRun', exportArgs),
    ];
    await settle();
    jobs.cancelAll();
    expect(await Promise.all(all.map(({ result }) => codeOf(result)))).toEqual([
      ...['cancelled', 'cancelled', 'cancelled'],
    ]);
    await settle();
    expect(workers).toHaveLength(2);
    expect(workers.every(({ fake }) => fake.terminated)).toBe(true);
    jobs.cancelAll();
  });
});

describe('stop', () => {
  it('asks a running job to end with what it has', async () => {
    const { run, running } = held();
    const { jobs, workers } = house(run);
    const long = jobs.start('quantize', tinyRequest());
    await settle();
    expect(running.get('quantize')!.stop.stopped).toBe(false);
    long.stop();
    await settle();
    expect(running.get('quantize')!.stop.stopped).toBe(true);
    running.get('quantize')!.end({ id: 'half' });
    expect(await long.result).toEqual({ id: 'half' });
    expect(workers[0]!.fake.terminated).toBe(false);
    long.stop();
    await settle();
  });

  it('cancels a job that has not begun', async () => {
    const { run } = held();
    const { jobs } = house(run);
    jobs.start('exportRun', exportArgs).result.catch(() => undefined);
    const second = jobs.start('exportRun', exportArgs);
    second.stop();
    expect(await codeOf(second.result)).toBe('cancelled');
  });
});

describe('a crash', () => {
  it('rejects the jobs of its worker only, with what happened', async () => {
    const { run, running } = held();
    const { jobs, workers } = house(run);
    const long = jobs.start('quantize', tinyRequest());
    const bytes = jobs.start('exportRun', exportArgs);
    await settle();
    expect(workers[0]!.fake.crash('out of memory').prevented).toBe(true);
    await expect(long.result).rejects.toMatchObject({
      code: 'internal',
      message: 'The worker stopped: out of memory. Nothing else is lost; try again.',
    });
    running.get('exportRun')!.end(new Uint8Array(1));
    expect(await codeOf(bytes.result)).toBe('resolved');
    const again = jobs.start('quantize', tinyRequest());
    await settle();
    expect(workers.map(({ lane }) => lane)).toEqual(['long', 'main', 'long']);
    workers[0]!.fake.crash('a late word of the dead');
    running.get('quantize')!.end({ id: 'again' });
    expect(await again.result).toEqual({ id: 'again' });
  });

  it('says that a worker could not be loaded where nothing else is known', async () => {
    const { run } = held();
    const { jobs, workers } = house(run);
    const long = jobs.start('quantize', tinyRequest());
    await settle();
    workers[0]!.fake.crash('');
    await expect(long.result).rejects.toMatchObject({
      message: expect.stringContaining('it could not be loaded') as string,
    });
  });

  it('at the start is an error of the job', async () => {
    const jobs = createJobs(() => {
      throw new Error('no workers here');
    });
    const failed = jobs.start('exportRun', exportArgs).result;
    await expect(failed).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('no workers here') as string,
    });
  });
});

describe('reading a model', () => {
  it('is ended when it hangs, twenty seconds after its first word', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { run } = held();
    const { jobs, workers } = house(run);
    const hanging = jobs.start('openModel', { files: [] });
    const code = codeOf(hanging.result);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(workers[0]!.fake.terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(await code).toBe('malformed');
    expect(workers[0]!.fake.terminated).toBe(true);
  });

  it('is ended when no word comes at all, and not by the time that it waits for others', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let calls = 0;
    const silent = () => (++calls === 1 ? held() : new Promise<unknown>(() => undefined));
    const ends: ((value: unknown) => void)[] = [];
    const held = () => new Promise<unknown>((resolve) => ends.push(resolve));
    const { jobs, workers } = house(silent);
    jobs.start('exportRun', exportArgs).result.catch(() => undefined);
    const waiting = jobs.start('openModel', { files: [] });
    const code = codeOf(waiting.result);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers[0]!.fake.terminated).toBe(false);
    ends[0]!(new Uint8Array(1));
    await vi.advanceTimersByTimeAsync(19_999);
    expect(workers[0]!.fake.terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(await code).toBe('malformed');
    expect(workers[0]!.fake.terminated).toBe(true);
  });

  it('counts from its first word, since it may have waited for cores', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let say!: () => void;
    const late = (...[, , , events]: Parameters<Run_>) => {
      say = () => {
        events.progress({ label: 'reading', fraction: 0 });
      };
      return new Promise<unknown>(() => undefined);
    };
    const { jobs, workers } = house(late);
    const code = codeOf(jobs.start('openModel', { files: [] }).result);
    await vi.advanceTimersByTimeAsync(15_000);
    say();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(workers[0]!.fake.terminated).toBe(false);
    // Only the first: a reader that goes on talking is ended too.
    say();
    await vi.advanceTimersByTimeAsync(5_001);
    expect(await code).toBe('malformed');
  });

  it('is not, once it has ended; other jobs take as long as they take', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { run, running } = held();
    const { jobs, workers } = house(run);
    const opened = jobs.start('openModel', { files: [] });
    await vi.advanceTimersByTimeAsync(1);
    running.get('openModel')!.end({ name: 'm' });
    expect(await opened.result).toEqual({ name: 'm' });
    const bytes = jobs.start('exportRun', exportArgs);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers).toHaveLength(1);
    expect(workers[0]!.fake.terminated).toBe(false);
    running.get('exportRun')!.end(new Uint8Array(1));
    expect(await codeOf(bytes.result)).toBe('resolved');
  });
});

describe('a job without a sign of life', () => {
  type Events = Parameters<Run_>[3];
  /** A job of the long lane that does what it is told. */
  const start = () => {
    let events!: Events;
    const { jobs, workers } = house((...[, , , own]) => {
      events = own;
      return new Promise<unknown>(() => undefined);
    });
    const asked: (Stalled | undefined)[] = [];
    const job = jobs.start('quantize', tinyRequest(), { stalled: (now) => asked.push(now) });
    job.result.catch(() => undefined);
    return { job, asked, worker: workers[0]!.fake, events: () => events };
  };
  const seconds = (count: number) => vi.advanceTimersByTimeAsync(1000 * count);
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is asked about after a minute, again after Wait, and never ended', async () => {
    const { job, asked, worker } = start();
    await settle();
    await seconds(59);
    expect(asked).toEqual([]);
    await seconds(1);
    expect(asked).toEqual([{ seconds: 60 }]);
    await seconds(600);
    expect(asked).toHaveLength(1);
    job.wait();
    expect(asked.at(-1)).toBeUndefined();
    await seconds(61);
    expect(asked).toEqual([{ seconds: 60 }, undefined, { seconds: 60 }]);
    expect(worker.terminated).toBe(false);
    job.cancel();
    expect(worker.terminated).toBe(true);
  });

  it('is none that says something, or whose tiles and steps are counted', async () => {
    const { asked, events } = start();
    await settle();
    for (let step = 0; step < 3; step++) {
      await seconds(40);
      beat(); // in the middle of a step, which posts nothing
    }
    for (let step = 0; step < 3; step++) {
      await seconds(40);
      events().progress({ label: 'x', fraction: 0 });
      await settle();
    }
    expect(asked).toEqual([]);
    await seconds(61);
    expect(asked).toEqual([{ seconds: 60 }]);
    beat();
    await seconds(1);
    expect(asked.at(-1)).toBeUndefined();
  });

  it('is not counted while the page is hidden or the machine sleeps', async () => {
    const page = { visibilityState: 'hidden' };
    vi.stubGlobal('document', page);
    const { asked } = start();
    await settle();
    await seconds(300);
    page.visibilityState = 'visible';
    await seconds(30);
    vi.setSystemTime(Date.now() + 3_600_000);
    await seconds(29);
    expect(asked).toEqual([]);
    await seconds(2);
    expect(asked).toEqual([{ seconds: 60 }]);
  });

  it('that reads is asked about after half a minute, by name', async () => {
    const { asked, events, worker } = start();
    await settle();
    events().reading!('cat/3.png');
    await settle();
    await seconds(31);
    expect(asked).toEqual([{ seconds: 30, reading: 'cat/3.png' }]);
    expect(worker.terminated).toBe(false);
  });
});

describe('reading samples', () => {
  const reader = () => {
    let tell!: (what: string | undefined) => void;
    const run = (...[, , , events]: Parameters<Run_>) => {
      tell = (what) => events.reading!(what);
      return new Promise<unknown>(() => undefined);
    };
    return {
      run,
      tell: (what: string | undefined) => {
        tell(what);
      },
    };
  };
  const start = (run: (...args: Parameters<Run_>) => Promise<unknown>) => {
    const { jobs, workers } = house(run);
    const job = jobs.start('openData', { model: tinyModel, samples: tinySource });
    return { job, worker: workers[0]!.fake };
  };

  it('that hangs is ended with a sentence that names it; a job that only takes long is not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const { run, tell } = reader();
    const { job, worker } = start(run);
    const failed = job.result.catch((error: unknown) => error as IntactError);
    await settle();
    await vi.advanceTimersByTimeAsync(90_000);
    expect(worker.terminated).toBe(false);
    tell('cat/3.png');
    await settle();
    await vi.advanceTimersByTimeAsync(29_000);
    tell('cat/3.png');
    await settle();
    await vi.advanceTimersByTimeAsync(29_000);
    tell(undefined);
    await settle();
    await vi.advanceTimersByTimeAsync(90_000);
    expect(worker.terminated).toBe(false);
    tell('cat/4.png');
    await settle();
    await vi.advanceTimersByTimeAsync(31_000);
    expect(worker.terminated).toBe(true);
    expect(await failed).toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(/^Reading "cat\/4.png" made no progress in 30/) as string,
    });
  });
});
