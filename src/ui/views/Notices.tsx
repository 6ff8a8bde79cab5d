import { CloseButton } from '@mantine/core';
import { dismiss } from '../../state/actions/jobs';
import { useJob, useStudio } from '../studio';
import styles from '../styles/app.module.css';

export function Notices() {
  const studio = useStudio();
  const { notices } = useJob();
  return notices.map(({ id, severity, title, message, list }) => (
    <div
      key={id}
      role={severity === 'error' ? 'alert' : 'status'}
      className={`${styles.notice} ${severity === 'info' ? styles.noticeInfo : ''}`}
    >
      <div className={styles.noticeText}>
        <strong>{title}</strong>
        <p>{message}</p>
        {list.length > 1 && (
          <ul>
            {list.map((item, index) => (
              <li key={index}>{item}</li>
            ))}
          </ul>
        )}
      </div>
      <CloseButton aria-label="Dismiss" size="sm" onClick={() => dismiss(studio, id)} />
    </div>
  ));
}
