/** The engines that are timed, each as one function. */
import { engines, type EnginePlace, type TimedEngine } from '../src/jobs/device/engines';
import type { HelperWorker } from '../src/engine/wasm/threads/block';
import type { Graph, Tensor } from '../src/model/graph';
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

export const peers: Readonly<Record<Side, Open>> = {
  ours: ofTheStudio(engines.wasm),
  webgpu: ofTheStudio(engines.webgpu),
  litert: ofTheStudio(engines.litert),
};
