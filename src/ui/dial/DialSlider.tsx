import { useId } from 'react';
import { mixText, positionsOf, snapped } from '../../analysis/dial';
import { number } from '../../analysis/format';
import type { Dial } from '../../run/dial';
import textStyles from '../styles/text.module.css';
import styles from './dial.module.css';

/** To which position a key goes: what was measured is further apart or closer than any step. */
const keys: Readonly<Record<string, (from: number, last: number) => number>> = {
  ArrowRight: (from) => from + 1,
  ArrowUp: (from) => from + 1,
  ArrowLeft: (from) => from - 1,
  ArrowDown: (from) => from - 1,
  PageUp: (from) => from + 3,
  PageDown: (from) => from - 3,
  Home: () => 0,
  End: (_, last) => last,
};

interface Props {
  readonly dial: Dial;
  readonly selected: number | undefined;
  readonly select: (index: number) => void;
}

/** How much of the work is above 8 bit: snaps to what was measured. */
export function DialSlider({ dial, selected, select }: Props) {
  const id = useId();
  const positions = positionsOf(dial);
  if (positions.length < 2) return null;
  const point = selected === undefined ? undefined : dial.points[selected];
  const known = selected === undefined ? -1 : positions.indexOf(selected);
  const from = known >= 0 ? known : snapped(dial, positions, point?.highShare ?? 0, -1);
  const shown = dial.points[positions[from]!]!;
  const most = 100 * dial.points[positions.at(-1)!]!.highShare;
  const text = `${number(100 * shown.highShare)} % of MACs above 8 bit`;
  return (
    <div className={styles.slider}>
      <label htmlFor={id} className={textStyles.small}>
        {text}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={0.01}
        value={(100 * shown.highShare).toFixed(2)}
        aria-valuetext={`${text}: ${mixText(shown)}`}
        onKeyDown={(event) => {
          const to = keys[event.key]?.(from, positions.length - 1);
          if (to === undefined) return;
          event.preventDefault();
          select(positions[Math.min(positions.length - 1, Math.max(0, to))]!);
        }}
        onChange={({ currentTarget }) => {
          const next = snapped(dial, positions, Number(currentTarget.value) / 100, from);
          select(positions[next]!);
        }}
      />
      <div className={styles.marks} aria-hidden>
        {positions.map((index) => (
          <i key={index} style={{ left: `${100 * dial.points[index]!.highShare}%` }} />
        ))}
      </div>
      <div className={styles.ends} aria-hidden>
        <span>int8</span>
        <span>{number(most)} %, the most that was measured</span>
      </div>
    </div>
  );
}
