/** How every action runs its job: on screen while it runs, cancellable, and with a sentence when it fails. */
import type { PageEvents } from '../../jobs/client';
import type { JobName, JobTable, Lane } from '../../jobs/types';
import { lanes } from '../../jobs/types';
import { asIntactError, IntactError } from '../../model/error';
import type { Run } from '../../run/types';
import type { Interrupted, Notice, OtherWork, RunningJob } from '../stores/job';
import type { Studio } from '../studio';

let nextNotice = 1;
let nextJob = 1;
/** Older notices make room. */
const noticesKept = 4;

export function notify(
  studio: Studio,
  notice: Omit<Notice, 'id' | 'list'> & { list?: readonly string[] },
) {
  const full = { list: [], ...notice, id: nextNotice++ };
  studio.job.setState(({ notices }) => ({
    notices: [...notices.filter(({ message }) => message !== full.message), full].slice(
      -noticesKept,
    ),
  }));
}

/** The GPU was given up in the middle of a run: nothing is lost, but it is said. */
export function sayFallenBack(studio: Studio, { figures }: Run) {
  const fellBack = figures.computed?.fellBack;
  if (fellBack === undefined) return;
  notify(studio, {
    severity: 'info',
    title: 'WebGPU fell back to WASM',
    message: `${fellBack} Every figure is there, and int8 figures are the same.`,
  });
}

export function dismiss(studio: Studio, id: number) {
  studio.job.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Shows anything thrown as a sentence; a cancellation needs none. */
export function report(studio: Studio, title: string, thrown: unknown) {
  const error = asIntactError(thrown);
  if (error.code === 'cancelled') return;
  const { list: told, detail } = error.data;
  const list = Array.isArray(told)
    ? told.map(String)
    : error.code === 'internal' && typeof detail === 'string'
      ? [detail]
      : [];
  notify(studio, { severity: 'error', title, message: error.message, list });
}

/** What the page shows of a job, and the heading of the notice should it fail. */
export interface Shown {
  readonly title: string;
  readonly failure: string;
  /** Ending it early yields what it has. */
  readonly stoppable?: boolean;
  /** Takes an error that it shows itself, in place of a notice. */
  refused?(error: IntactError): boolean;
  /** It failed, which a notice says; a cancelled one has not. */
  failed?(): void;
  /** Hears the job's id before anything else is heard of it. */
  started?(id: number): void;
}

/** Changes what a reload would offer again: `put` now, `take` when the result is called. */
export function atWork(
  studio: Studio,
  modelKey: string,
  put: (work: Interrupted) => Interrupted,
  take: (work: Interrupted) => Interrupted,
): () => void {
  studio.job.setState(({ work }) => ({
    work: put(work?.modelKey === modelKey ? work : { modelKey, recipes: [] }),
  }));
  return () => {
    studio.job.setState(({ work }) => {
      const left = work && take(work);
      const some = left && left.recipes.length + (left.others?.length ?? 0) > 0;
      return { work: some ? left : undefined };
    });
  };
}

/** A long job that isn't the making of a run, as it would be offered again. */
function otherWork<N extends JobName>(name: N, args: JobTable[N]['args']): OtherWork | undefined {
  if (lanes[name] !== 'long' || name === 'quantize') return undefined;
  const run: unknown = 'run' in args && args.run;
  const id: unknown = typeof run === 'object' && run !== null && 'id' in run ? run.id : undefined;
  return { job: name, ...(typeof id === 'string' && { run: id }) };
}

/** Enters it in what a reload would offer again, while `job` goes on. */
async function offeredAgain<T>(
  studio: Studio,
  own: OtherWork | undefined,
  job: () => Promise<T>,
): Promise<T> {
  const { model } = studio.model.getState();
  if (!own || !model) return job();
  const others = (work: Interrupted) => (work.others ?? []).filter((one) => one !== own);
  const over = atWork(
    studio,
    model.key,
    (work) => ({ ...work, others: [...others(work), own] }),
    (work) => ({ ...work, others: others(work) }),
  );
  return job().finally(over);
}

/**
 * Runs a job of the table with its progress on screen.
 * undefined when it failed (a notice says why) or was cancelled, before or after its start.
 */
export function runJob<N extends JobName>(
  studio: Studio,
  shown: Shown,
  name: N,
  args: JobTable[N]['args'],
  partial?: (update: JobTable[N]['partial']) => void,
): Promise<JobTable[N]['result'] | undefined> {
  return offeredAgain(studio, otherWork(name, args), () =>
    track(studio, shown, lanes[name], (show, stalled) => {
      const events: PageEvents<JobTable[N]['partial']> = {
        progress: show,
        stalled,
        ...(partial && { partial }),
      };
      return studio.jobs.start(name, args, events);
    }),
  );
}

/** The same for work of the page itself (reading and hashing files), which ends when its signal says so. */
export function runHere<T>(
  studio: Studio,
  shown: Shown,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  return track(studio, shown, 'main', () => {
    const ended = new AbortController();
    const cancelled = new Promise<never>((_, reject) => {
      ended.signal.addEventListener('abort', () => {
        reject(new IntactError('cancelled', 'Cancelled.'));
      });
    });
    const cancel = () => {
      ended.abort();
    };
    return { result: Promise.race([work(ended.signal), cancelled]), stop: cancel, cancel };
  });
}

interface Handle<T> {
  readonly result: Promise<T>;
  stop(): void;
  cancel(): void;
  pause?(): void;
  resume?(): void;
  wait?(): void;
}

async function track<T>(
  studio: Studio,
  { title, failure, stoppable = false, started, failed, refused }: Shown,
  lane: Lane,
  start: (
    show: (progress: RunningJob['progress']) => void,
    stalled: (now: RunningJob['stalled']) => void,
  ) => Handle<T>,
): Promise<T | undefined> {
  const id = nextJob++;
  const startedAt = Date.now();
  let over = false;
  const put = (job: RunningJob) => {
    studio.job.setState(({ running }) => ({
      running: running.some((old) => old.id === id)
        ? running.map((old) => (old.id === id ? job : old))
        : [...running, job],
    }));
  };
  const first: RunningJob = {
    ...{ id, title, lane, stoppable, startedAt, updatedAt: startedAt },
    waiting: true,
    progress: { label: title, fraction: 0 },
  };
  let heardFrom = 0;
  put(first);
  started?.(id);
  try {
    const shown = ({ label, fraction }: RunningJob['progress']) => {
      if (over) return;
      const updatedAt = Date.now();
      heardFrom ||= updatedAt;
      const progress = { label, fraction: Math.min(1, Math.max(0, fraction)) };
      // Time spent waiting for the lane tells nothing of the pace.
      put({ ...first, waiting: false, startedAt: heardFrom, updatedAt, progress });
    };
    const asked = (stalled: RunningJob['stalled']) => {
      const now = studio.job.getState().running.find((job) => job.id === id);
      if (!over && now) put({ ...now, stalled });
    };
    const handle = start(shown, asked);
    studio.handles.set(id, handle);
    return await handle.result;
  } catch (thrown) {
    if (!refused?.(asIntactError(thrown))) report(studio, failure, thrown);
    if (asIntactError(thrown).code !== 'cancelled') failed?.();
    return undefined;
  } finally {
    over = true;
    studio.handles.delete(id);
    clearSoon(studio, id);
  }
}

/** Long enough for the next job of a chain to take over, so that the bar doesn't blink in between. */
const handover = 120;

function clearSoon(studio: Studio, id: number) {
  setTimeout(() => {
    studio.job.setState(({ running }) => ({ running: running.filter((job) => job.id !== id) }));
  }, handover);
}

/**
 * Models and data are opened one after the other, whatever order the files came in. `work` isn't done
 * when everything was cancelled while it waited.
 */
export function inTurn<T>(studio: Studio, work: () => Promise<T>): Promise<T | undefined> {
  const { epoch } = studio.queue;
  const result = studio.queue.opening.then(() =>
    studio.queue.epoch === epoch ? work() : undefined,
  );
  studio.queue.opening = result.catch(() => undefined);
  return result;
}

/** Ends one job, with the chain that it belongs to; without an id every job, running or waiting. What is finished stays. */
export function cancel(studio: Studio, id?: number) {
  if (id !== undefined) {
    studio.handles.get(id)?.cancel();
    return;
  }
  studio.queue.epoch++;
  for (const handle of [...studio.handles.values()]) handle.cancel();
  studio.jobs.cancelAll();
}

/** The user was asked and waits: it is asked again when there is no sign of life for as long once more. */
export function waitFor(studio: Studio, id: number) {
  studio.handles.get(id)?.wait?.();
}

/** Ends a job at its next step's border; it keeps what it has. */
export function stop(studio: Studio, id: number) {
  studio.handles.get(id)?.stop();
}
