/**
 * "Measure this device": every engine with one model in a worker of its own, blocks of each in turn, so that
 * no one's threads are awake beside another's turn; medians of the blocks. No job runs beside it.
 */
import { plural } from '../../analysis/format';
import { median } from '../../engine/benchmark';
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import type { Cores } from '../cores';
import type { WorkerLike } from '../lane';
import type {
  DeviceReport,
  DeviceRow,
  EngineAnswers,
  EngineId,
  OpenedEngine,
  Subject,
  Timing,
  ToEngine,
} from './types';

export interface DeviceModel {
  readonly name: string;
  readonly graph: Graph;
}

export interface DeviceOptions {
  readonly models: readonly DeviceModel[];
  /** Numbers of threads, fewest first. */
  readonly threads: readonly number[];
  readonly startWorker: () => WorkerLike;
  readonly cores: Cores;
  /** What the page knows: browser, cores. */
  readonly about: readonly string[];
  /** The report so far, and how far it is. */
  readonly onProgress: (report: DeviceReport, label: string, fraction: number) => void;
  readonly signal: AbortSignal;
}

const BLOCK_MS = 60;
/** Threads of an engine rest before the next one's turn. */
const REST_MS = 5;
const BLOCKS = 7;
/** An engine that says nothing for so long is given up. */
const SILENT_MS = 120_000;

interface Asking {
  ask<K extends ToEngine['kind']>(
    request: Extract<ToEngine, { kind: K }>,
  ): Promise<EngineAnswers[K] | string>;
  end(): void;
}

/** One request at a time. */
function asking(worker: WorkerLike, signal: AbortSignal): Asking {
  let settle: ((found: unknown) => void) | undefined;
  let fail: ((error: IntactError) => void) | undefined;
  const stopped = () => fail?.(new IntactError('cancelled', 'Cancelled.'));
  worker.addEventListener('message', ({ data }) => settle?.(data));
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    settle?.(event.message || 'Its worker could not be started.');
  });
  signal.addEventListener('abort', stopped);
  return {
    ask: (request) => {
      let silent: ReturnType<typeof setTimeout>;
      return new Promise<never>((resolve, reject) => {
        settle = resolve as (found: unknown) => void;
        fail = reject;
        silent = setTimeout(() => settle?.(`No answer in ${SILENT_MS / 1000} seconds.`), SILENT_MS);
        if (signal.aborted) stopped();
        else worker.postMessage(request);
      }).finally(() => {
        clearTimeout(silent);
      });
    },
    end: () => {
      signal.removeEventListener('abort', stopped);
      worker.terminate();
    },
  };
}

/** Largest difference of outputs, as part of the largest output. */
export function difference(
  ours: readonly Float32Array[],
  theirs: readonly Float32Array[],
): number | undefined {
  let largest = 0;
  let most = 0;
  for (const [at, own] of ours.entries()) {
    const other = theirs[at];
    if (other?.length !== own.length) return undefined;
    for (let i = 0; i < own.length; i++) {
      largest = Math.max(largest, Math.abs(own[i]!));
      most = Math.max(most, Math.abs(own[i]! - other[i]!));
    }
  }
  return most / (largest || 1);
}

/** Each engine opened with the graph and timed in turn with the others. */
async function timed(
  ids: readonly EngineId[],
  { graph }: Subject,
  threads: number,
  { startWorker, signal }: DeviceOptions,
): Promise<ReadonlyMap<EngineId, { readonly ms: Timing; readonly opened?: OpenedEngine }>> {
  const workers = ids.map((engine) => ({ engine, ...asking(startWorker(), signal) }));
  try {
    const results = new Map<EngineId, { ms: Timing; opened?: OpenedEngine }>();
    const ready: { engine: EngineId; ask: Asking['ask']; opened: OpenedEngine; ms: number[] }[] =
      [];
    for (const { engine, ask } of workers) {
      const opened = await ask({ kind: 'open', engine, graph, threads });
      if (typeof opened === 'string') results.set(engine, { ms: opened });
      else ready.push({ engine, ask, opened, ms: [] });
    }
    for (let block = 0; block < BLOCKS; block++)
      for (const one of ready) {
        if (results.has(one.engine)) continue;
        const ms = await one.ask({ kind: 'block', ms: BLOCK_MS });
        if (typeof ms === 'string') results.set(one.engine, { ms });
        else one.ms.push(ms);
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
      }
    for (const { engine, opened, ms } of ready)
      if (!results.has(engine)) results.set(engine, { ms: median(ms), opened });
    return results;
  } finally {
    for (const { end } of workers) end();
  }
}

/** Rejects with `cancelled` when the signal says so. */
export function measureDevice(options: DeviceOptions): Promise<DeviceReport> {
  const { models, threads, startWorker, cores, about, onProgress, signal } = options;
  return cores.share((share) =>
    share.all(async (border) => {
      const labels = new Map<string, string>();
      let report: DeviceReport = { conditions: about, rows: [] };
      const seen = ({ label, note }: OpenedEngine) => {
        labels.set(label.replace(/, \d+ threads?.*$/, ''), note);
        const engines = [...labels].map(([name, said]) => (said ? `${name}: ${said}` : name));
        report = { ...report, conditions: [...about, ...engines] };
      };
      const add = (row: DeviceRow) => {
        report = { ...report, rows: [...report.rows, row] };
      };
      for (const [at, { name, graph }] of models.entries()) {
        const show = (label: string, part: number) => {
          onProgress(report, label, (at + part) / models.length);
        };
        show(`Preparing ${name}`, 0);
        const maker = asking(startWorker(), signal);
        const subjects = await maker.ask({ kind: 'subjects', graph }).finally(maker.end);
        if (typeof subjects === 'string') {
          const none = { ours: subjects, litert: subjects, webgpu: subjects };
          add({ model: name, scheme: '–', threads: threads[0]!, ...none });
          continue;
        }
        const wanted = subjects.filter(({ scheme }) => scheme !== 'dynamic');
        for (const [position, subject] of wanted.entries()) {
          const { scheme } = subject;
          let webgpu: Timing = '–';
          for (const [turn, count] of threads.entries()) {
            await border();
            show(
              `${name}, ${scheme}, ${plural(count, 'thread')}`,
              (position + turn / threads.length) / wanted.length,
            );
            // The GPU knows no threads: it is timed once.
            const ids: readonly EngineId[] =
              turn === 0 ? ['wasm', 'litert', 'webgpu'] : ['wasm', 'litert'];
            const found = await timed(ids, subject, count, options);
            for (const { opened } of found.values()) if (opened) seen(opened);
            const [ours, litert] = [found.get('wasm')!, found.get('litert')!];
            webgpu = found.get('webgpu')?.ms ?? webgpu;
            const differs =
              ours.opened && litert.opened
                ? difference(ours.opened.outputs, litert.opened.outputs)
                : undefined;
            add({
              ...{ model: name, scheme, threads: count },
              ...{ ours: ours.ms, litert: litert.ms, webgpu },
              ...(differs === undefined ? {} : { difference: differs }),
            });
            show(`${name}, ${scheme}`, (position + (turn + 1) / threads.length) / wanted.length);
          }
        }
      }
      onProgress(report, 'Done', 1);
      return report;
    }),
  );
}
