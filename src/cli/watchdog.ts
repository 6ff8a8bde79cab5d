/**
 * The shell's limit of time without progress while samples are read: a thread beside the main one, since
 * a decoder that hangs blocks the main one. Ends the program with the page's sentence.
 */
import { Worker } from 'node:worker_threads';
import type { Reading } from '../data/watch';

/** As in the page (src/jobs/client.ts). */
const SILENT_S = 30;

/** Counts ticks of its own, so that a machine that slept is not taken for a file that hangs. */
const thread = `
Promise.all([import('node:worker_threads'), import('node:fs')]).then(
  ([{ parentPort, workerData }, { writeSync }]) => {
    let what, ticks = 0;
    parentPort.on('message', (message) => { what = message.what; ticks = 0; });
    setInterval(() => {
      if (what === undefined || ++ticks < workerData.ticks) return;
      writeSync(2, workerData.sentence.replace('{}', () => what) + '\\n');
      what = undefined;
      parentPort.postMessage('silent');
      // The main thread ends by itself if it still can.
      setTimeout(() => process.kill(process.pid, 'SIGTERM'), workerData.tick);
    }, workerData.tick);
  },
);
`;

export interface Watchdog {
  readonly reading: Reading;
}

/** @param end called when the thread has said its sentence and this thread still runs */
export function startWatchdog(end: () => void, tickMs = 1000, seconds = SILENT_S): Watchdog {
  let worker: Worker | undefined;
  const start = () => {
    const sentence = `Reading "{}" made no progress in ${seconds} seconds, so it was ended. The file is probably damaged or of a size that takes too long: save it again, or leave it out.`;
    const made = new Worker(thread, {
      eval: true,
      workerData: { ticks: seconds, tick: tickMs, sentence },
    });
    made.on('message', end);
    made.unref();
    return made;
  };
  return {
    reading(what) {
      worker ??= what === undefined ? undefined : start();
      worker?.postMessage({ what });
    },
  };
}
