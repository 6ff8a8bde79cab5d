/**
 * A growing run crosses the thread border many times; its graph, plan, statistics and details never
 * change, so they cross with its first and its last form only.
 */
import type { JobEvents, Jobs, Run } from './types';

type Settled = 'recipe' | 'stats' | 'plan' | 'graph' | 'details' | 'issues';
export type RunUpdate = Run | (Omit<Run, Settled> & { readonly graph?: undefined });

/** The jobs as the worker exposes them: every partial run after the first without what is settled. */
export function slimmed(jobs: Jobs): Jobs {
  return {
    ...jobs,
    quantize(request, events) {
      let sent = false;
      const slim = (run: Run): RunUpdate => {
        if (!sent) {
          sent = true;
          return run;
        }
        const { recipe, stats, plan, graph, details, issues, ...rest } = run;
        void [recipe, stats, plan, graph, details, issues];
        return rest;
      };
      const { partial } = events as { partial?: (run: RunUpdate) => void };
      return jobs.quantize(request, {
        progress: (now) => {
          events.progress(now);
        },
        partial: (run) => partial?.(slim(run)),
      });
    },
  };
}

/** The page's end: updates made whole again; one that comes before the first form is passed over. */
export function restored(partial: NonNullable<JobEvents['partial']>): (update: RunUpdate) => void {
  let whole: Run | undefined;
  return (update) => {
    if (update.graph) whole = update;
    else if (whole) whole = { ...whole, ...update, graph: whole.graph };
    if (whole) partial(whole);
  };
}
