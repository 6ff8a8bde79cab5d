import type { JobEvents } from '../../jobs/types';
import { asIntactError } from '../../model/error';
import type { Notice } from '../job';
import type { Studio } from '../studio';

let nextNotice = 1;

export function notify(
  studio: Studio,
  notice: Omit<Notice, 'id' | 'list'> & { list?: readonly string[] },
) {
  const full = { list: [], ...notice, id: nextNotice++ };
  studio.job.setState(({ notices }) => ({
    notices: [...notices.filter(({ message }) => message !== full.message), full].slice(-4),
  }));
}

export function dismiss(studio: Studio, id: number) {
  studio.job.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Shows anything thrown as a sentence; a cancellation needs none. */
export function report(studio: Studio, title: string, thrown: unknown) {
  const error = asIntactError(thrown);
  if (error.code === 'cancelled') return;
  const list = Array.isArray(error.data['list']) ? error.data['list'].map(String) : [];
  notify(studio, { severity: 'error', title, message: error.message, list });
}

/**
 * Runs `work` after the jobs before it, with its progress on screen.
 * undefined when it failed (an alert says why) or was cancelled, before or after its start.
 */
export function runJob<T>(
  studio: Studio,
  title: string,
  failure: string,
  work: (events: Pick<JobEvents, 'progress'>) => Promise<T>,
): Promise<T | undefined> {
  const { epoch } = studio.queue;
  const result = studio.queue.tail.then(async () => {
    if (studio.queue.epoch !== epoch) return undefined;
    const startedAt = Date.now();
    const show = (label: string, fraction: number) =>
      studio.job.setState({
        running: { title, progress: { label, fraction }, startedAt, updatedAt: Date.now() },
      });
    show(title, 0);
    try {
      return await work({
        progress: ({ label, fraction }) => {
          if (studio.queue.epoch === epoch) show(label, Math.min(1, Math.max(0, fraction)));
        },
      });
    } catch (thrown) {
      report(studio, failure, thrown);
      return undefined;
    } finally {
      clearSoon(studio);
    }
  });
  studio.queue.tail = result;
  return result;
}

/** Long enough for the next job of a chain to take over, so that the bar doesn't blink in between. */
const handover = 120;

function clearSoon(studio: Studio) {
  const last = studio.job.getState().running;
  setTimeout(() => {
    studio.job.setState(({ running }) => (running === last ? { running: undefined } : {}));
  }, handover);
}

/** Stops the running job and every job that waits. What is finished stays. */
export function cancel(studio: Studio) {
  studio.queue.epoch++;
  studio.jobs.cancel();
}
