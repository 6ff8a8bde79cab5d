/**
 * An executable that answers many samples on the GPU and everything else (one sample, taps) in WASM. What the
 * device can't do, and what is under way when it is lost, is done in WASM: the caller loses nothing and hears
 * of it by `fellBack`.
 */
import type { Graph } from '../../model/graph';
import { IntactError } from '../../model/error';
import type { Backend, Executable, PrepareOptions } from '../engine';
import { checkFeeds, entriesOf } from '../refusals';
import type { Runner } from './runner';

/** @param opened a runner, or the sentence that says why there is none */
export async function gpuExecutable(
  graph: Graph,
  opened: Runner | string,
  fallback: Backend,
  options: PrepareOptions,
): Promise<Executable> {
  const entries = entriesOf(graph);
  let runner = typeof opened === 'string' ? undefined : opened;
  let reason = typeof opened === 'string' ? opened : undefined;
  let isDisposed = false;
  // Prepared at once: what WASM refuses too is refused here, in its words.
  const inWasm = await fallback.prepare(graph, options).catch((thrown: unknown) => {
    runner?.dispose();
    throw thrown;
  });
  const giveUp = (thrown: unknown) => {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    reason = `${why} It went on in ${fallback.label}.`;
    runner?.dispose();
    runner = undefined;
  };
  const refuseDisposed = () => {
    if (isDisposed) throw new IntactError('internal', 'This executable was disposed of.');
  };
  return {
    graph,
    run: (feeds, tap) => inWasm.run(feeds, tap),
    async runMany(samples) {
      refuseDisposed();
      for (const feeds of samples) checkFeeds(entries, feeds);
      if (runner) {
        try {
          return await runner.runMany(samples);
        } catch (thrown) {
          refuseDisposed();
          giveUp(thrown);
        }
      }
      return inWasm.runMany(samples);
    },
    async timeNode(node, repeats) {
      refuseDisposed();
      if (runner) {
        try {
          return await runner.timeNode(node, repeats);
        } catch (thrown) {
          refuseDisposed();
          giveUp(thrown);
        }
      }
      return inWasm.timeNode(node, repeats);
    },
    fellBack: () => reason,
    dispose() {
      isDisposed = true;
      runner?.dispose();
      inWasm.dispose();
    },
  };
}
