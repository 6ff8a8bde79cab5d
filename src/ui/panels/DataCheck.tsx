import { NativeSelect } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconFileCheck,
  IconHelpCircle,
  IconUser,
  type Icon,
} from '@tabler/icons-react';
import { useState } from 'react';
import type { Check } from '../../data/samples';
import { choose } from '../../state/actions/data';
import { unproven } from '../../analysis/marks';
import { useModel, useStudio } from '../studio';
import styles from '../styles/checks.module.css';
import { ChoiceSamples } from './ChoiceSamples';
import { CustomRange } from './CustomRange';
import { SeveralChoices } from './SeveralChoices';

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
export function DataCheck({
  checks,
  refused = false,
}: {
  checks: readonly Check[];
  /** Nothing could be read: what is decided is only what was tried. */
  refused?: boolean;
}) {
  if (checks.length === 0) return null;
  const open = checks.filter(unproven).length;
  const sorted = [...checks].sort((a, b) => rank[a.status] - rank[b.status]);
  return (
    <section className={styles.checks} aria-label="Data check">
      <h3 className={styles.head}>
        Data check
        <span>
          {refused
            ? 'choose what was meant'
            : open === 0
              ? 'nothing assumed'
              : `${open} of ${checks.length} not proven`}
        </span>
      </h3>
      <ul className={styles.list}>
        {sorted.map((check) => (
          <Line key={check.id} check={check} refused={refused} />
        ))}
      </ul>
    </section>
  );
}

/** In the list of ranges: fields are asked for. */
const OWN = 'of-your-own';

/** Of a picture: its last size, or its first where the channels come first; features have a mean each. */
function partsOf(shape: readonly number[]): { channels: number; columns: boolean } {
  if (shape.length === 2) return { channels: shape[1]!, columns: shape[1]! > 1 };
  const few = (size: number | undefined) => size !== undefined && size > 1 && size <= 4;
  if (shape.length !== 4) return { channels: 1, columns: false };
  return { channels: few(shape[3]) ? shape[3]! : few(shape[1]) ? shape[1]! : 1, columns: false };
}

function Line({ check, refused }: { check: Check; refused: boolean }) {
  const { id, label, status, value, sentence, choices, several } = check;
  const studio = useStudio();
  const { model } = useModel();
  const [own, setOwn] = useState(false);
  const shape = model?.summary.inputs[0]?.shape ?? [];
  const { icon: StatusIcon, word, title } = statuses[status];
  // Nothing was taken: the first choice must be one that can be picked.
  const open = refused && status === 'asked';
  const known = choices.some((choice) => choice.value === value);
  const effects = choices.filter(({ effect }) => effect !== undefined);
  return (
    <li className={styles.check} data-status={status}>
      <div className={styles.line}>
        <strong id={`check-${id}`}>{label}</strong>
        <span className={styles.status} title={title}>
          <StatusIcon size={14} aria-hidden="true" /> {word}
        </span>
      </div>
      <p className={styles.sentence}>{sentence}</p>
      {several && (
        <SeveralChoices
          key={value}
          check={check}
          onApply={(picked) => void choose(studio, id, picked)}
        />
      )}
      {choices.length > 1 && !several && (
        <NativeSelect
          size="xs"
          className={styles.choose}
          aria-label={label}
          data={[
            ...(open ? [{ value: '', label: 'Choose …', disabled: true }] : []),
            ...(known || open ? [] : [{ value, label: value }]),
            ...choices.map((choice) => ({ value: choice.value, label: choice.label })),
            ...(id === 'range' ? [{ value: OWN, label: 'Scale, mean and deviation …' }] : []),
          ]}
          value={own ? OWN : open ? '' : value}
          onChange={(event) => {
            const picked = event.currentTarget.value;
            setOwn(picked === OWN);
            if (picked !== OWN) void choose(studio, id, picked);
          }}
        />
      )}
      {own && (
        <CustomRange
          value={value}
          {...partsOf(shape)}
          onApply={(range) => {
            setOwn(false);
            void choose(studio, id, range);
          }}
        />
      )}
      {effects.length > 0 && !several && (
        <dl className={styles.effects}>
          {effects.map((choice) => (
            <div key={choice.value} data-taken={(choice.value === value && !open) || undefined}>
              <dt>{choice.label}</dt>
              <dd>{choice.effect}</dd>
            </div>
          ))}
        </dl>
      )}
      {!refused && <ChoiceSamples key={value} check={check} />}
    </li>
  );
}
