import { Button } from '@mantine/core';
import { cancel } from '../../state/actions/jobs';
import { timeLeft } from '../../state/job';
import { duration } from '../format';
import { useJob, useStudio } from '../studio';
import styles from '../styles/app.module.css';

/** What is being done, how far it is, how long it will take, and Cancel. */
export function JobBar() {
  const studio = useStudio();
  const { running } = useJob();
  if (!running) return null;
  const percent = Math.round(running.progress.fraction * 100);
  const left = timeLeft(running);
  const { label } = running.progress;
  const text = label === running.title ? label : `${running.title} · ${label}`;
  return (
    <div className={styles.jobBar}>
      <div className={styles.jobText}>
        <div className={styles.jobLine}>
          <span>{text}</span>
          <span className={styles.muted}>
            {percent} %{left === undefined ? '' : `, ${duration(left)}`}
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
      <Button size="xs" variant="default" onClick={() => cancel(studio)}>
        Cancel
      </Button>
    </div>
  );
}
