/** The page's whole state: small stores, the jobs, and the order in which things are opened. */
import type { JobsClient } from '../jobs/client';
import { createDataStore } from './stores/data';
import { createDiagnosisStore } from './stores/diagnosis';
import { createEngineStore } from './stores/engine';
import { createJobStore } from './stores/job';
import { createModelStore } from './stores/model';
import { createRecipeStore } from './stores/recipe';
import { createRunsStore } from './stores/runs';
import { createStorageStore } from './stores/storage';
import { createTrainingStore } from './stores/training';
import { createViewStore } from './stores/view';

export interface Studio {
  readonly jobs: JobsClient;
  readonly model: ReturnType<typeof createModelStore>;
  readonly data: ReturnType<typeof createDataStore>;
  readonly recipe: ReturnType<typeof createRecipeStore>;
  readonly runs: ReturnType<typeof createRunsStore>;
  readonly job: ReturnType<typeof createJobStore>;
  readonly view: ReturnType<typeof createViewStore>;
  readonly storage: ReturnType<typeof createStorageStore>;
  readonly training: ReturnType<typeof createTrainingStore>;
  readonly engine: ReturnType<typeof createEngineStore>;
  readonly diagnosis: ReturnType<typeof createDiagnosisStore>;
  /** `opening`: models and data are opened one after the other. `epoch` grows with every Cancel of all. */
  readonly queue: { opening: Promise<unknown>; epoch: number };
  /** By id of a running job: how it is ended. */
  readonly handles: Map<
    number,
    { stop(): void; cancel(): void; pause?(): void; resume?(): void; wait?(): void }
  >;
}

export function createStudio(jobs: JobsClient, engine = createEngineStore()): Studio {
  return {
    jobs,
    model: createModelStore(),
    data: createDataStore(),
    recipe: createRecipeStore(),
    runs: createRunsStore(),
    job: createJobStore(),
    view: createViewStore(),
    storage: createStorageStore(),
    training: createTrainingStore(),
    engine,
    diagnosis: createDiagnosisStore(),
    queue: { opening: Promise.resolve(), epoch: 0 },
    handles: new Map(),
  };
}
