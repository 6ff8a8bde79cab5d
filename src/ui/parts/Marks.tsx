import { Tooltip } from '@mantine/core';
import type { SamplesRef } from '../../run/types';
import { marksOf } from '../../analysis/marks';
import badgeStyles from '../styles/badge.module.css';

interface MarkProps {
  label: string;
  /** The sentence behind it, shown on hover and focus. */
  why: string;
  /** Good to know, not a warning. */
  neutral?: boolean;
  /** Graver than a warning. */
  tone?: 'bad';
}

/** A word beside a figure that must not be read without it. */
export function Mark({ label, why, neutral, tone }: MarkProps) {
  const kind = neutral ? badgeStyles.badgeNeutral : tone === 'bad' ? badgeStyles.badgeBad : '';
  return (
    <Tooltip label={why}>
      <span className={`${badgeStyles.badge} ${kind}`} tabIndex={0}>
        {label}
      </span>
    </Tooltip>
  );
}

/** What a figure made from these samples stands on: synthetic ones, unproven assumptions. */
export function SampleMarks({ samples }: { samples: Pick<SamplesRef, 'synthetic' | 'checks'> }) {
  return marksOf(samples).map(({ id, label, sentence }) => (
    <Mark key={id} label={label} why={sentence} />
  ));
}
