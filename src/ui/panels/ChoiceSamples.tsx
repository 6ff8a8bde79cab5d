import { useState } from 'react';
import { Button } from '@mantine/core';
import type { Check, SamplePreview } from '../../data/samples';
import { previewOfChoice } from '../../state/actions/preview';
import { number } from '../../analysis/format';
import { useStudio } from '../studio';
import styles from '../styles/checks.module.css';
import { Thumbnail } from './Preview';

/** Choices that change what a picture looks like to the network. */
const visible = new Set(['range', 'resize', 'resize-method', 'layout', 'orientation']);
const most = 12;

type Drawn = readonly { readonly label: string; readonly sample: SamplePreview | undefined }[];

/** What the network would see of sample 1 with each choice: read when it is asked for. */
export function ChoiceSamples({ check }: { check: Check }) {
  const studio = useStudio();
  const [drawn, setDrawn] = useState<Drawn | 'reading'>();
  const choices = check.choices.slice(0, most);
  if (!visible.has(check.id) || choices.length < 2) return null;
  const read = async () => {
    setDrawn('reading');
    const list: { label: string; sample: SamplePreview | undefined }[] = [];
    for (const { value, label } of choices)
      list.push({ label, sample: await previewOfChoice(studio, check.id, value) });
    setDrawn(list);
  };
  if (drawn === undefined || drawn === 'reading')
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        disabled={drawn === 'reading'}
        aria-describedby={`check-${check.id}`}
        onClick={() => void read()}
      >
        {drawn === 'reading' ? 'Reading sample 1 …' : 'Show sample 1 with each'}
      </Button>
    );
  return (
    <ul
      className={styles.samples}
      aria-label="Sample 1 with each choice"
      aria-describedby={`check-${check.id}`}
    >
      {drawn.map(({ label, sample }) => (
        <li key={label}>
          {sample ? <Thumbnail sample={sample} index={0} /> : 'does not fit'}
          <span>
            {label}
            {sample && (
              <small>
                {' '}
                {number(sample.min)} … {number(sample.max)}
              </small>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
