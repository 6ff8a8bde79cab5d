import { useState } from 'react';
import { Button } from '@mantine/core';
import type { Issue } from '../../model/graph';
import styles from '../styles/issues.module.css';

const few = 2;
const rank = { error: 0, warning: 1, info: 2 } as const;
const words = { error: 'Error', warning: 'Warning', info: 'Note' } as const;

/** What import or quantizing wants known, the gravest first. */
export function Issues({ issues }: { issues: readonly Issue[] }) {
  const [all, setAll] = useState(false);
  if (issues.length === 0) return null;
  const sorted = [...issues].sort((a, b) => rank[a.severity] - rank[b.severity]);
  const shown = all ? sorted : sorted.slice(0, few);
  return (
    <div>
      <ul className={styles.list}>
        {shown.map((issue, index) => (
          <li key={index} data-severity={issue.severity}>
            <b>{words[issue.severity]}</b>{' '}
            {issue.layer && !issue.message.includes(issue.layer) ? `${issue.layer}: ` : ''}
            {issue.message}
          </li>
        ))}
      </ul>
      {issues.length > few && (
        <Button size="compact-xs" variant="subtle" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? 'Show fewer' : `Show all ${issues.length}`}
        </Button>
      )}
    </div>
  );
}
