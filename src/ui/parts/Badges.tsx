import { Tooltip } from '@mantine/core';
import styles from '../styles/app.module.css';

export function SyntheticBadge() {
  return (
    <Tooltip label="Made from synthetic samples, not from your data: sizes and times hold, scores and errors only hint.">
      <span className={styles.badge} tabIndex={0}>
        synthetic
      </span>
    </Tooltip>
  );
}

export function NoteBadge({
  label,
  why,
  neutral,
}: {
  label: string;
  why: string;
  neutral?: boolean;
}) {
  return (
    <Tooltip label={why}>
      <span className={`${styles.badge} ${neutral ? styles.badgeNeutral : ''}`} tabIndex={0}>
        {label}
      </span>
    </Tooltip>
  );
}
