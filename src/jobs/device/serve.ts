/** A worker's end: one engine with one model. Each request is answered once; a string is why it can't be. */
import { createWasmBackend } from '../../engine/wasm';
import type { Port } from '../wire';
import { engines, type EnginePlace, type TimedEngine } from './engines';
import { madeUp, subjectsOf } from './subjects';
import type { EngineAnswers, ToEngine } from './types';

const WARMUPS = 20;
const WARM_MS = 2000;
/** Of the made-up sample that is run. */
const SAMPLE = 77;

export function serveEngine(port: Port, place: EnginePlace): void {
  let opened: TimedEngine | undefined;
  const answer = async (request: ToEngine): Promise<EngineAnswers[ToEngine['kind']]> => {
    switch (request.kind) {
      case 'subjects': {
        const backend = await createWasmBackend();
        if (!backend) throw new Error('WebAssembly SIMD is missing here.');
        return subjectsOf(request.graph, backend);
      }
      case 'open': {
        const { graph, engine, threads } = request;
        opened = await engines[engine](graph, madeUp(graph, SAMPLE), threads, place);
        const start = performance.now();
        for (let i = 0; i < WARMUPS && performance.now() - start < WARM_MS; i++) await opened.run();
        const { label, note, outputs } = opened;
        return { label, note, outputs };
      }
      case 'block': {
        const { run, samples } = opened!;
        const start = performance.now();
        let runs = 0;
        do {
          await run();
          runs++;
        } while (performance.now() - start < request.ms);
        return (performance.now() - start) / runs / samples;
      }
      default:
        return request satisfies never;
    }
  };
  port.addEventListener('message', ({ data }) => {
    answer(data as ToEngine).then(
      (found) => {
        port.postMessage(found);
      },
      (thrown: unknown) => {
        port.postMessage(thrown instanceof Error ? thrown.message : String(thrown));
      },
    );
  });
}
