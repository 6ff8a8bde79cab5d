/** The engine's threads, in node's: what they compute, that they rest, and what a dead helper costs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'vite';
import { createWasmBackend, type Threads, type WasmBackend } from './index';
import { wasmCases } from './all-cases';
import { compareWithReference } from './browser-check';
import { cell, blockOf, type HelperWorker, type ToHelper } from './threads/block';
import { SPIN_MS } from './threads/helper';
import { nodeHelper } from '../../testing/helperThread';

const folder = mkdtempSync(join(tmpdir(), 'helper-'));
const started: HelperWorker[] = [];

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: fileURLToPath(new URL('../../testing/helperEntry.ts', import.meta.url)),
      outDir: folder,
      rollupOptions: { output: { entryFileNames: 'helper.mjs', format: 'es' } },
    },
  });
});
afterAll(() => {
  for (const worker of started) worker.terminate();
  rmSync(folder, { recursive: true, force: true });
});

const start = (): HelperWorker => {
  const worker = nodeHelper(pathToFileURL(join(folder, 'helper.mjs')));
  started.push(worker);
  return worker;
};

async function threaded(options: Partial<Threads> = {}): Promise<WasmBackend> {
  return (await createWasmBackend({ threads: { count: 3, start, leastUs: 0, ...options } }))!;
}

const cases = wasmCases(31, 12);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Listens to nothing, or dies with the first tile that it claims. */
function bad(kind: 'deaf' | 'dies'): HelperWorker {
  let answer: ((event: { readonly data: { readonly handled: number } }) => void) | undefined;
  let handled = -1;
  let cells: Int32Array | undefined;
  const timer = setInterval(() => undefined, 1000);
  const claim = () => {
    // What a helper does that is ended between its claim and its result.
    if (cells) Atomics.sub(cells, cell.LEFT, 1);
  };
  return {
    postMessage(message: ToHelper) {
      if (kind === 'deaf') return;
      if (message.kind === 'start') cells = blockOf(message.block).cells;
      handled++;
      setTimeout(() => answer?.({ data: { handled } }), 0);
    },
    addEventListener(type: string, listener: never) {
      if (type === 'message') answer = listener;
      if (kind === 'dies') victims.push(claim);
    },
    terminate: () => {
      clearInterval(timer);
    },
  };
}
const victims: (() => void)[] = [];

describe('threads of the engine', () => {
  it('compute the reference’s integers, and one thread’s floats bit for bit', async () => {
    const backend = await threaded();
    expect(backend.threads).toBe(3);
    expect(backend.label).toMatch(/, 3 threads$/);
    const results = await compareWithReference(backend, cases);
    expect(results.filter(({ different }) => different > 0)).toEqual([]);
    const alone = (await createWasmBackend())!;
    for (const { name, graph, feeds } of cases) {
      const one = await alone.prepare(graph);
      const many = await backend.prepare(graph);
      const want = await one.run(feeds);
      expect([name, await many.run(feeds)]).toEqual([name, want]);
      one.dispose();
      many.dispose();
    }
    expect(backend.helpers().tiles).toBeGreaterThan(100);
    backend.end!();
  });

  it('rest soon after the last job', async () => {
    const backend = await threaded();
    const { graph, feeds } = cases[0]!;
    const executable = await backend.prepare(graph);
    for (let i = 0; i < 20; i++) await executable.run(feeds);
    for (let waited = 0; waited < 2000 && backend.helpers().sleeping < 2; waited += 5)
      await pause(5);
    expect(backend.helpers().sleeping).toBe(2);
    expect(SPIN_MS).toBeLessThan(5);
    backend.end!();
  });

  it('are as many as are lent, none among them', async () => {
    const backend = await threaded();
    backend.useThreads!(1);
    const { graph, feeds } = cases[0]!;
    const executable = await backend.prepare(graph);
    await executable.run(feeds);
    expect(backend.helpers().tiles).toBe(0);
    backend.end!();
    await executable.run(feeds);
  });

  it('are one, and it is said, where helpers never answer or can’t be started', async () => {
    const deaf = await threaded({ start: () => bad('deaf'), answerMs: 100 });
    expect([deaf.threads, deaf.label]).toEqual([
      1,
      'WASM SIMD (dot16), 1 thread (no helper started)',
    ]);
    const none = await threaded({
      start: () => {
        throw new Error('no more workers');
      },
    });
    expect(none.threads).toBe(1);
    let asked = 0;
    const mixed = await threaded({
      start: () => (asked++ === 0 ? bad('deaf') : start()),
      answerMs: 2000,
    });
    expect(mixed.threads).toBe(2);
    const results = await compareWithReference(mixed, cases.slice(0, 20));
    expect(results.filter(({ different }) => different > 0)).toEqual([]);
    mixed.end!();
  });

  it('give the right result when a helper dies with its tile', async () => {
    const backend = await threaded({ count: 2, start: () => bad('dies'), stallMs: 200 });
    const { graph, feeds } = cases[0]!;
    const alone = await (await createWasmBackend())!.prepare(graph);
    const want = await alone.run(feeds);
    const executable = await backend.prepare(graph);
    expect(backend.threads).toBe(2);
    const claim = victims.at(-1)!;
    // The claim lands between the publication of a job and the engine's own claims.
    const store = Atomics.store;
    Atomics.store = ((cells: Int32Array, at: number, value: number) => {
      const result = store(cells, at, value);
      if (at === cell.LEFT && value > 0) claim();
      return result;
    }) as typeof Atomics.store;
    const seen: number[] = [];
    try {
      const got = await executable.run(feeds, (value) => {
        seen.push(value);
      });
      expect(got).toEqual(want);
    } finally {
      Atomics.store = store;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(backend.label).toMatch(/1 thread \(a helper stopped\)$/);
    expect(await executable.run(feeds)).toEqual(want);
    const next = await backend.prepare(graph);
    expect(await next.run(feeds)).toEqual(want);
  });
});
