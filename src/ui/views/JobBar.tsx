import { Button } from '@mantine/core';
import { cancel, stop, waitFor } from '../../state/actions/jobs';
import type { Stalled } from '../../jobs/stall';
import { timeLeft, type RunningJob } from '../../state/stores/job';
import { duration } from '../../analysis/format';
import { shortName } from '../names';
import { useJob, useStudio } from '../studio';
import { useTraining } from '../training/useTraining';
import { isTraining } from '../training/words';
import styles from '../styles/job.module.css';
import textStyles from '../styles/text.module.css';

/** What is being done, each job with how far it is, how long it will take, and how to end it. */
export function JobBar() {
  const studio = useStudio();
  const { running } = useJob();
  // A job that is over stays listed for a moment, until the next one of a chain takes its place.
  const alive = running.filter(({ id }) => studio.handles.has(id));
  const shown = alive.length > 0 ? alive : running.slice(-1);
  if (shown.length === 0) return null;
  return (
    <div className={styles.jobs}>
      {shown.map((job) => (
        <Job key={job.id} job={job} alone={shown.length === 1} />
      ))}
    </div>
  );
}

function Job({ job, alone }: { job: RunningJob; alone: boolean }) {
  const studio = useStudio();
  const { id, title, waiting, progress, stoppable, stalled } = job;
  const percent = Math.round(progress.fraction * 100);
  const { live } = useTraining();
  // A training knows its own pace; the bar's mean was taken over quicker work before it.
  const left = live?.job === id && isTraining(live.status) ? live.status.msLeft : timeLeft(job);
  const { label } = progress;
  const text = label === title ? label : `${title} · ${label}`;
  // One job's buttons need no more than their verb; of several each says whose it is.
  const of = (verb: string) => (alone ? verb : `${verb}: ${title}`);
  return (
    <div className={styles.jobBar}>
      <div className={styles.jobText}>
        <div className={styles.jobLine}>
          <span title={text}>{text}</span>
          <span className={textStyles.muted}>
            {waiting ? 'waiting' : `${percent} %${left === undefined ? '' : `, ${duration(left)}`}`}
          </span>
        </div>
        <div
          className={styles.track}
          role="progressbar"
          aria-label={text}
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <div className={styles.fill} style={{ width: `${percent}%` }} />
        </div>
      </div>
      {stoppable && (
        <Button
          size="xs"
          variant="default"
          aria-label={of('Stop')}
          title="Ends at the next step and keeps what there is"
          onClick={() => stop(studio, id)}
        >
          Stop
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        aria-label={of('Cancel')}
        onClick={() => cancel(studio, id)}
      >
        Cancel
      </Button>
      {stalled && <Asked {...{ id, stalled, of }} trains={live?.job === id} />}
    </div>
  );
}

interface AskedProps {
  readonly id: number;
  readonly stalled: Stalled;
  readonly of: (verb: string) => string;
  readonly trains: boolean;
}

/** Nothing ends by itself: it may only be slow. */
function Asked({ id, stalled: { seconds, reading }, of, trains }: AskedProps) {
  const studio = useStudio();
  const what = reading === undefined ? '' : ` in reading ${shortName(reading)}`;
  return (
    <div className={styles.asked} role="alert">
      <span>
        No sign of progress{what} for {seconds} seconds. It may be a very long step, or it hangs.
        {trains && ' Ended, the training keeps its last checkpoint.'}
      </span>
      <Button size="compact-xs" aria-label={of('Wait')} onClick={() => waitFor(studio, id)}>
        Wait
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={of('End')}
        onClick={() => cancel(studio, id)}
      >
        End
      </Button>
    </div>
  );
}
