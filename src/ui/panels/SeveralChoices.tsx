import { Button, Checkbox } from '@mantine/core';
import { useId, useState } from 'react';
import type { Check } from '../../data/samples';
import styles from '../styles/checks.module.css';

/** Choices of which any number are taken together: columns, each with its first cells. */
export function SeveralChoices({
  check: { label, value, choices },
  onApply,
}: {
  check: Check;
  onApply: (value: string) => void;
}) {
  const id = useId();
  const before = value === '' ? [] : value.split(',');
  const [picked, setPicked] = useState<readonly string[]>(before);
  // Without columns of the file that are past those offered, nothing would be lost by a change.
  const kept = before.filter((one) => !choices.some((choice) => choice.value === one));
  const now = choices.flatMap(({ value: one }) => (picked.includes(one) ? [one] : []));
  const all = [...now, ...kept];
  return (
    <div className={styles.several}>
      <ul role="group" aria-label={label}>
        {choices.map((choice, at) => (
          <li key={choice.value}>
            <Checkbox
              size="xs"
              label={choice.label}
              aria-describedby={choice.effect === undefined ? undefined : `${id}-${at}`}
              checked={picked.includes(choice.value)}
              onChange={(event) =>
                setPicked(
                  event.currentTarget.checked
                    ? [...picked, choice.value]
                    : picked.filter((one) => one !== choice.value),
                )
              }
            />
            <span id={`${id}-${at}`}>{choice.effect}</span>
          </li>
        ))}
      </ul>
      <Button
        size="compact-xs"
        variant="default"
        disabled={all.length === 0 || all.join() === before.join()}
        onClick={() => onApply(all.join(','))}
      >
        Take {all.length === 1 ? 'this column' : `these ${all.length} columns`}
      </Button>
    </div>
  );
}
