/** The engines that are timed beside each other, each as one function of a graph and one sample's feeds. */
import type * as LiteRt from '@litertjs/core';
import { version } from '@litertjs/core/package.json' with { type: 'json' };
import { plural } from '../../analysis/format';
import { createWasmBackend, type Threads } from '../../engine/wasm';
import type { Variant } from '../../engine/wasm/variant';
import { createWebGpuBackend } from '../../engine/webgpu';
import type { Graph, Tensor } from '../../model/graph';
import { fileOf } from '../export';
import { runnable } from '../prepared';
import type { EngineId, OpenedEngine } from './types';

export interface TimedEngine extends OpenedEngine {
  /** Samples of one `run`. */
  readonly samples: number;
  run(): Promise<unknown>;
}

export interface EnginePlace {
  readonly startHelper: Threads['start'];
  /** Folder of LiteRT.js' wasm files, as a URL. */
  readonly litert: string;
  /** Build of the kernels; default: the fastest. */
  readonly variant?: Variant;
}

type Open = (
  graph: Graph,
  feeds: readonly Tensor[],
  threads: number,
  place: EnginePlace,
) => Promise<TimedEngine>;

const BATCH = 32;

const wasm: Open = async (graph, feeds, threads, { startHelper, variant }) => {
  const start = { count: threads, start: startHelper };
  const backend = await createWasmBackend({ variant, threads: start });
  if (!backend) throw new Error('WebAssembly SIMD is missing here.');
  const executable = await backend.prepare(runnable(graph));
  const outputs = await executable.run(feeds);
  return {
    label: backend.label,
    note: backend.note ?? '',
    outputs: outputs.map(({ data }) => data as Float32Array),
    samples: 1,
    run: () => executable.run(feeds),
  };
};

const webgpu: Open = async (graph, feeds) => {
  const fallback = await createWasmBackend();
  if (!fallback) throw new Error('WebAssembly SIMD is missing here.');
  const backend = await createWebGpuBackend({ fallback });
  if (typeof backend === 'string') throw new Error(backend);
  const executable = await backend.prepare(runnable(graph));
  const batch = new Array<readonly Tensor[]>(BATCH).fill(feeds);
  const [outputs] = await executable.runMany(batch);
  const run = async () => {
    await executable.runMany(batch);
    const fellBack = executable.fellBack?.();
    if (fellBack !== undefined) throw new Error(fellBack);
  };
  await run();
  return {
    label: backend.label,
    note: backend.note ?? '',
    outputs: outputs!.map(({ data }) => data as Float32Array),
    samples: BATCH,
    run,
  };
};

/**
 * LiteRT.js in a module worker: its glue is imported first, since importScripts is refused there
 * (verify/litert.ts). Its own threads start from the script as it comes.
 */
async function loadLiteRt(base: string, threads: number): Promise<typeof LiteRt> {
  const litert = await import('@litertjs/core');
  const relaxed = (await litert.supportsFeature('relaxedSimd')).valueOf();
  if (threads > 1 && !relaxed) throw new Error('Its build with threads takes relaxed SIMD.');
  const one = relaxed ? 'litert_wasm_internal' : 'litert_wasm_compat_internal';
  const name = threads > 1 ? 'litert_wasm_threaded_internal' : one;
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
  return litert;
}

const litert: Open = async (graph, feeds, threads, place) => {
  const engine = await loadLiteRt(place.litert, threads);
  const cpuOptions = threads > 1 ? { numThreads: threads } : undefined;
  const model = await engine.loadAndCompile(fileOf(graph), { accelerator: 'wasm', cpuOptions });
  const inputs = feeds.map(
    ({ data, shape }) => new engine.Tensor(data as Float32Array | Int32Array, [...shape]),
  );
  const outputs = await model.run(inputs);
  const data = await Promise.all(outputs.map(async (output) => (await output.data()).slice()));
  for (const output of outputs) output.delete();
  return {
    label: `LiteRT.js ${version}, ${plural(threads, 'thread')}`,
    note: '',
    outputs: data as Float32Array[],
    samples: 1,
    async run() {
      for (const output of await model.run(inputs)) output.delete();
    },
  };
};

export const engines: Readonly<Record<EngineId, Open>> = { wasm, webgpu, litert };
