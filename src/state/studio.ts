/** The page's whole state: small stores, the worker's jobs, and the queue that feeds them. */
import type { JobsClient } from '../jobs/client';
import { createDataStore } from './data';
import { createJobStore } from './job';
import { createModelStore } from './model';
import { createRecipeStore } from './recipe';
import { createRunsStore } from './runs';
import { createViewStore } from './view';

export interface Studio {
  readonly jobs: JobsClient;
  readonly model: ReturnType<typeof createModelStore>;
  readonly data: ReturnType<typeof createDataStore>;
  readonly recipe: ReturnType<typeof createRecipeStore>;
  readonly runs: ReturnType<typeof createRunsStore>;
  readonly job: ReturnType<typeof createJobStore>;
  readonly view: ReturnType<typeof createViewStore>;
  /** One job at a time; `epoch` grows with every Cancel, and a chain of jobs stops when it did. */
  readonly queue: { tail: Promise<unknown>; epoch: number };
}

export function createStudio(jobs: JobsClient): Studio {
  return {
    jobs,
    model: createModelStore(),
    data: createDataStore(),
    recipe: createRecipeStore(),
    runs: createRunsStore(),
    job: createJobStore(),
    view: createViewStore(),
    queue: { tail: Promise.resolve(), epoch: 0 },
  };
}
