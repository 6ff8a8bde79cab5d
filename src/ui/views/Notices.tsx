import { CloseButton } from '@mantine/core';
import { dismiss } from '../../state/actions/jobs';
import type { Notice } from '../../state/stores/job';
import { useJob, useStudio } from '../studio';
import noticeStyles from '../styles/notice.module.css';

/** Errors stay in sight while the page scrolls; what is merely good to know doesn't. */
export function Notices({ severity: shown }: { severity: Notice['severity'] }) {
  const studio = useStudio();
  const { notices } = useJob();
  const these = notices.filter(({ severity }) => severity === shown);
  return these.map(({ id, severity, title, message, list }) => (
    <div
      key={id}
      role={severity === 'error' ? 'alert' : 'status'}
      className={`${noticeStyles.notice} ${severity === 'info' ? noticeStyles.noticeInfo : ''}`}
    >
      <div className={noticeStyles.noticeText}>
        <strong>{title}</strong>
        <p>{message}</p>
        {list.some((item) => !message.includes(item)) && (
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
