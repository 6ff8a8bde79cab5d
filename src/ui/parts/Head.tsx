import { Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { Sort } from '../figures/sort';
import styles from '../styles/table.module.css';

interface HeadProps {
  id: string;
  label: string;
  /** Definition and unit. */
  definition?: string;
  numeric?: boolean;
  first?: boolean;
  sort?: Sort;
  onSort?: (column: string) => void;
}

/** A column head that explains its figure, and sorts by it where asked to. */
export function Head({ id, label, definition, numeric, first, sort, onSort }: HeadProps) {
  const active = sort?.column === id;
  const text = keptTogether(label);
  const content = onSort ? (
    <button type="button" className={styles.sort} onClick={() => onSort(id)}>
      {text}
      {active && (sort.descending ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />)}
    </button>
  ) : (
    <span tabIndex={definition ? 0 : undefined}>{text}</span>
  );
  const order = sort?.descending ? 'descending' : 'ascending';
  return (
    <th
      scope="col"
      className={`${numeric ? styles.num : ''} ${first ? styles.first : ''}`}
      aria-sort={onSort ? (active ? order : 'none') : undefined}
    >
      {definition ? <Tooltip label={definition}>{content}</Tooltip> : content}
    </th>
  );
}

/** A head breaks after its first word at most: "SQNR" over "isol., dB". Short ones don't break. */
function keptTogether(label: string): string {
  const [first = '', ...rest] = label.split(' ');
  const words = rest.join('\u00a0');
  return label.length > 9 ? `${first} ${words}` : `${first}${words && '\u00a0'}${words}`;
}
