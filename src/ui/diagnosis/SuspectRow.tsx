import { Button } from '@mantine/core';
import { suspectText } from '../../analysis/doctor/words';
import { number } from '../../analysis/format';
import type { SamplePreview } from '../../data/samples';
import type { Doctor, Stretched, Suspect } from '../../run/doctor';
import { Picture } from '../compare/Picture';
import textStyles from '../styles/text.module.css';
import styles from './diagnosis.module.css';

interface SuspectRowProps {
  found: Doctor;
  suspect: Suspect;
  picture: SamplePreview | undefined;
  disabled: boolean;
  onLeaveOut: () => void;
}

/** Layers that are listed. */
const LISTED = 12;

/** One calibration sample that sets ranges: the sample, what it does, and a run without it on one click. */
export function SuspectRow({ found, suspect, picture, disabled, onLeaveOut }: SuspectRowProps) {
  const { name, label, layers, suspicious } = suspect;
  const called = label === undefined ? name : `${name}, labelled ${label}`;
  return (
    <li
      className={`${styles.suspect} ${suspicious ? styles.suspicious : ''}`}
      aria-label={`${suspicious ? 'Suspicious sample' : 'Sample'} ${name}`}
    >
      {picture?.image && (
        <div className={styles.picture}>
          <Picture name={`Sample ${called}`} {...picture.image} />
        </div>
      )}
      <div className={styles.said}>
        <p>
          <strong>{called}</strong>{' '}
          {picture && (
            <span className={`${textStyles.muted} ${textStyles.small}`}>
              {number(picture.min)} … {number(picture.max)}
              {!picture.image && `: ${rowText(picture.numbers)}`}
            </span>
          )}
        </p>
        <p>{suspectText(found, suspect)}</p>
        <details>
          <summary>Layers that it sets the range of</summary>
          <div className={styles.scroll}>
            <Layers layers={layers.slice(0, LISTED)} />
          </div>
          {layers.length > LISTED && <p>and {layers.length - LISTED} more</p>}
        </details>
      </div>
      <Button
        size="compact-xs"
        variant={suspicious ? 'filled' : 'default'}
        disabled={disabled}
        aria-label={`Leave out ${name}`}
        onClick={onLeaveOut}
      >
        Leave out
      </Button>
    </li>
  );
}

/** The beginning of a row of numbers. */
const rowText = (numbers: Float32Array) =>
  `${Array.from(numbers.slice(0, 8), (x) => number(x)).join(', ')}${numbers.length > 8 ? ', …' : ''}`;

const span = ([low, high]: readonly [number, number]) => `${number(low)} … ${number(high)}`;

function Layers({ layers }: { layers: readonly Stretched[] }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Layer</th>
          <th scope="col">Range without it</th>
          <th scope="col">With it</th>
          <th scope="col">Wider</th>
        </tr>
      </thead>
      <tbody>
        {layers.map(({ layer, without, range, factor }) => (
          <tr key={layer}>
            <th scope="row">{layer}</th>
            <td>{span(without)}</td>
            <td>{span(range)}</td>
            <td>×{number(factor)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
