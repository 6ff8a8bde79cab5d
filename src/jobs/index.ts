/** The list of jobs: served by workers/jobs.ts in the page, called directly in node. */
import { activations } from './activations';
import { withJobContext } from './context';
import { openData } from './data/openData';
import { preview } from './data/preview';
import { dial } from './dial';
import { doctor } from './doctor';
import { evaluate } from './evaluate';
import { exportRun } from './export';
import type { JobList, WorkerContext } from './job';
import { openModel } from './open';
import { quantize } from './quantize';
import { sensitivity } from './sensitivity';
import { spare } from './spare';
import type { JobEvents, JobName, JobTable, StopFlag } from './types';
import { verify } from './verify';
import { whatIf } from './whatIf';

export const jobs: JobList = {
  openModel,
  openData,
  preview,
  quantize,
  evaluate,
  sensitivity,
  dial,
  spare,
  doctor,
  whatIf,
  exportRun,
  verify,
  activations,
};

/** Runs a job on this thread. */
export function runJob<N extends JobName>(
  name: N,
  args: JobTable[N]['args'],
  worker: WorkerContext,
  events: JobEvents<JobTable[N]['partial']>,
  stop: StopFlag = { stopped: false },
): Promise<JobTable[N]['result']> {
  return withJobContext(worker, events, stop, (context) => jobs[name](args, context));
}
