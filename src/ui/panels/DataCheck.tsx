import { NativeSelect } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconFileCheck,
  IconHelpCircle,
  IconUser,
  type Icon,
} from '@tabler/icons-react';
import type { Check } from '../../data/samples';
import { choose } from '../../state/actions/data';
import { unproven } from '../../analysis/marks';
import { useStudio } from '../studio';
import styles from '../styles/checks.module.css';

const statuses = {
  told: { icon: IconFileCheck, word: 'told', title: 'The files or the model say so.' },
  proven: { icon: IconCircleCheck, word: 'proven', title: 'Tried on labelled samples.' },
  chosen: { icon: IconUser, word: 'chosen', title: 'You said so.' },
  assumed: {
    icon: IconAlertTriangle,
    word: 'assumed',
    title: 'The usual, not proven: figures that stand on it carry a mark.',
  },
  asked: {
    icon: IconHelpCircle,
    word: 'asked',
    title: 'Choose one: the usual was taken meanwhile, and figures that stand on it carry a mark.',
  },
} as const satisfies Record<Check['status'], { icon: Icon; word: string; title: string }>;

/** Open questions first, then what was assumed; the rest in the reader's order. */
const rank = { asked: 0, assumed: 1, chosen: 2, proven: 2, told: 2 } as const;

/** Everything that the files do not say: how each was decided, and what else it could be. */
export function DataCheck({ checks }: { checks: readonly Check[] }) {
  if (checks.length === 0) return null;
  const open = checks.filter(unproven).length;
  const sorted = [...checks].sort((a, b) => rank[a.status] - rank[b.status]);
  return (
    <section className={styles.checks} aria-label="Data check">
      <h3 className={styles.head}>
        Data check
        <span>{open === 0 ? 'nothing assumed' : `${open} of ${checks.length} not proven`}</span>
      </h3>
      <ul className={styles.list}>
        {sorted.map((check) => (
          <Line key={check.id} check={check} />
        ))}
      </ul>
    </section>
  );
}

function Line({ check }: { check: Check }) {
  const { id, label, status, value, sentence, choices } = check;
  const studio = useStudio();
  const { icon: StatusIcon, word, title } = statuses[status];
  const known = choices.some((choice) => choice.value === value);
  const effects = choices.filter(({ effect }) => effect !== undefined);
  return (
    <li className={styles.check} data-status={status}>
      <div className={styles.line}>
        <strong>{label}</strong>
        <span className={styles.status} title={title}>
          <StatusIcon size={14} aria-hidden="true" /> {word}
        </span>
      </div>
      <p className={styles.sentence}>{sentence}</p>
      {choices.length > 1 && (
        <NativeSelect
          size="xs"
          className={styles.choose}
          aria-label={label}
          data={[
            ...(known ? [] : [{ value, label: value }]),
            ...choices.map((choice) => ({ value: choice.value, label: choice.label })),
          ]}
          value={value}
          onChange={(event) => void choose(studio, id, event.currentTarget.value)}
        />
      )}
      {effects.length > 0 && (
        <dl className={styles.effects}>
          {effects.map((choice) => (
            <div key={choice.value} data-taken={choice.value === value || undefined}>
              <dt>{choice.label}</dt>
              <dd>{choice.effect}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}
