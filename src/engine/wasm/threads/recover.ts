/**
 * An executable that survives its helpers: when one of them keeps its tile, the run begins anew in another
 * memory with one thread, because the helper might still write to the old one. Results are the same.
 */
import type { Tensor } from '../../../model/graph';
import type { Executable, Tap } from '../../engine';
import type { Pool } from './pool';

export function recovering(
  threaded: Executable,
  pool: Pool,
  prepareAgain: () => Promise<Executable>,
): Executable {
  let current = threaded;
  let again: Promise<Executable> | undefined;
  let isDisposed = false;
  /** What the last run was of. */
  let fed: readonly Tensor[] | undefined;
  /** One for all runs that failed. */
  const recover = async () => {
    again ??= prepareAgain();
    current = await again;
    if (isDisposed) current.dispose();
  };
  const executable: Executable = {
    graph: threaded.graph,
    async runMany(samples) {
      const answers: Tensor[][] = [];
      for (const feeds of samples) answers.push(await executable.run(feeds));
      return answers;
    },
    async run(feeds, tap) {
      fed = feeds;
      if (current === threaded && again) await recover();
      const used = current;
      let seen = 0;
      const counted: Tap | undefined =
        tap &&
        ((value, tensor) => {
          seen++;
          return tap(value, tensor);
        });
      try {
        return await used.run(feeds, counted);
      } catch (thrown) {
        if (used !== threaded || !pool.isBroken() || isDisposed) throw thrown;
        await recover();
        // What the tap has seen was right: the job that failed is the first that it hasn't.
        let skip = seen;
        return current.run(
          feeds,
          tap && ((value, tensor) => (skip-- > 0 ? undefined : tap(value, tensor))),
        );
      }
    },
    async runBranch(branch) {
      const used = current;
      try {
        return await used.runBranch!(branch);
      } catch (thrown) {
        if (used !== threaded || !pool.isBroken() || isDisposed || !fed) throw thrown;
        await recover();
        await current.run(fed);
        return current.runBranch!(branch);
      }
    },
    timeNode: (nodeIndex, repeats) => current.timeNode(nodeIndex, repeats),
    dispose() {
      isDisposed = true;
      threaded.dispose();
      if (current !== threaded) current.dispose();
    },
  };
  return executable;
}
