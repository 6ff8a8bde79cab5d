/** The engines that are timed, each as one function. */
import * as litert from '@litertjs/core';
import { createWasmBackend } from '../src/engine/wasm';
import type { HelperWorker } from '../src/engine/wasm/threads/block';
import { fileOf } from '../src/jobs/export';
import { runnable } from '../src/jobs/prepared';
import type { Graph, Tensor } from '../src/model/graph';
import type { OpenRequest } from './types';

export interface Peer {
  readonly label: string;
  readonly outputs: readonly Float32Array[];
  run(): Promise<unknown>;
}

export const threaded = (count: number) => ({
  count,
  start: () =>
    new Worker(new URL('../workers/kernels.ts', import.meta.url), {
      type: 'module',
    }) as HelperWorker,
});

async function ours(graph: Graph, feeds: readonly Tensor[], threads: number): Promise<Peer> {
  const backend = await createWasmBackend({ threads: threaded(threads) });
  if (!backend) throw new Error('No WebAssembly SIMD here.');
  const executable = await backend.prepare(runnable(graph));
  const outputs = await executable.run(feeds);
  return {
    label: backend.label,
    outputs: outputs.map(({ data }) => data as Float32Array),
    run: () => executable.run(feeds),
  };
}

/**
 * LiteRT.js in a module worker: its glue is imported first, since importScripts is refused
 * (src/jobs/verify/litert.ts). Its own pthreads start from the script as it comes.
 */
async function loadLiteRt(base: string, threads: number): Promise<void> {
  const name = threads > 1 ? 'litert_wasm_threaded_internal' : 'litert_wasm_internal';
  const scope = globalThis as unknown as Record<string, unknown>;
  const glue = (await import(/* @vite-ignore */ `${base}${name}.mjs`)) as { default: unknown };
  scope.ModuleFactory = glue.default;
  scope.Module = {
    locateFile: (file: string) => base + file,
    mainScriptUrlOrBlob: `${base}${name}.js`,
    print: () => undefined,
    printErr: () => undefined,
  };
  Object.defineProperty(scope, 'importScripts', { value: () => undefined, configurable: true });
  await litert.loadLiteRt(base, { threads: threads > 1 });
}

async function theirs(
  graph: Graph,
  feeds: readonly Tensor[],
  { threads, litert: base }: OpenRequest,
): Promise<Peer> {
  await loadLiteRt(base, threads);
  const cpuOptions = threads > 1 ? { numThreads: threads } : undefined;
  const model = await litert.loadAndCompile(fileOf(graph), { accelerator: 'wasm', cpuOptions });
  const inputs = feeds.map(
    ({ data, shape }) => new litert.Tensor(data as Float32Array, [...shape]),
  );
  const outputs = await model.run(inputs);
  const data = await Promise.all(outputs.map(async (output) => (await output.data()).slice()));
  for (const output of outputs) output.delete();
  return {
    label: `LiteRT.js, ${threads} thread${threads === 1 ? '' : 's'}`,
    outputs: data as Float32Array[],
    async run() {
      for (const output of await model.run(inputs)) output.delete();
    },
  };
}

export const peers = {
  ours: (graph: Graph, feeds: readonly Tensor[], { threads }: OpenRequest) =>
    ours(graph, feeds, threads),
  litert: theirs,
} as const;
