/** The engines that are timed, each as one function. */
import { engines, type EnginePlace, type TimedEngine } from '../src/jobs/device/engines';
import type { HelperWorker } from '../src/engine/wasm/threads/block';
import type { Graph, Tensor } from '../src/model/graph';
import { runnable } from '../src/jobs/prepared';
import { onnxOf } from './onnx';
import { tfjsOf } from './tfjs';
import type { OpenRequest, Side } from './types';

export const startHelper = () =>
  new Worker(new URL('../workers/kernels.ts', import.meta.url), { type: 'module' }) as HelperWorker;
export const threaded = (count: number) => ({ count, start: startHelper });

type Open = (graph: Graph, feeds: readonly Tensor[], request: OpenRequest) => Promise<TimedEngine>;

const ofTheStudio =
  (open: (typeof engines)['wasm']): Open =>
  (graph, feeds, { threads, litert, variant }) => {
    const place: EnginePlace = { startHelper, litert, variant };
    return open(graph, feeds, threads, place);
  };

/** What is used of onnxruntime-web, which is no dependency. */
interface Ort {
  readonly env: {
    readonly versions: { readonly common: string };
    readonly wasm: { wasmPaths: string; numThreads: number };
  };
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: { executionProviders: string[] }): Promise<OrtSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
}
interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, unknown>): Promise<Record<string, { readonly data: Float32Array }>>;
}

const ort: Open = async (graph, feeds, { threads, scheme, ort: base }) => {
  if (base === undefined)
    throw new Error('onnxruntime-web is not here; --ort names the folder of its package.');
  if (scheme === 'dynamic') throw new Error('Dynamic range has no like in QDQ.');
  const bytes = onnxOf(runnable(graph));
  const engine = (await import(/* @vite-ignore */ `${base}ort.wasm.min.mjs`)) as Ort;
  engine.env.wasm.wasmPaths = base;
  engine.env.wasm.numThreads = threads;
  const session = await engine.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const inputs = Object.fromEntries(
    feeds.map(({ data, shape }, at) => [
      session.inputNames[at]!,
      new engine.Tensor('float32', data as Float32Array, shape),
    ]),
  );
  const first = await session.run(inputs);
  return {
    ...{
      label: `onnxruntime-web ${engine.env.versions.common}, ${threads} threads`,
      note: '',
      samples: 1,
    },
    outputs: session.outputNames.map((name) => first[name]!.data.slice()),
    run: () => session.run(inputs),
  };
};

const tfjs: Open = async (graph, feeds, { threads, tfjs: base }) => {
  if (threads > 1)
    throw new Error('TF.js starts its threads from blob: addresses, which the headers refuse.');
  const model = await tfjsOf(runnable(graph), feeds, base);
  return { label: 'TF.js wasm, 1 thread', note: '', samples: 1, ...model };
};

export const peers: Readonly<Record<Side, Open>> = {
  ours: ofTheStudio(engines.wasm),
  webgpu: ofTheStudio(engines.webgpu),
  litert: ofTheStudio(engines.litert),
  ort,
  tfjs,
};
