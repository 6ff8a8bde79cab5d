import { number } from '../../analysis/format';
import styles from './compare.module.css';
import { runColour } from './RunMark';

interface PlotProps {
  name: string;
  values: Float32Array;
  /** What shares its scale. */
  among: readonly (Float32Array | undefined)[];
  position: number;
  /** What each value is, where few enough are drawn to be told: 0, 1, 2 … */
  numbered?: boolean;
}

const width = 240;
const height = 96;
/** Bars drawn; of more values each bar is the largest in magnitude of its share. */
const most = 120;
/** Bars that have room for a number each. */
const mostNumbered = 20;

/** Numbers as bars from zero. */
export function Plot({ name, values, among, position, numbered = false }: PlotProps) {
  const ends = among.flatMap((one) => (one ? range(one) : []));
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const bars = thinned(values);
  const foot = numbered && bars.length <= mostNumbered ? 24 : 12;
  const y = (value: number) =>
    height - foot - ((value - low) / (high - low || 1)) * (height - foot - 4);
  const slot = width / bars.length;
  const path = bars
    .map((value, at) => {
      const left = (at * slot).toFixed(1);
      return `M${left} ${y(0).toFixed(1)}V${y(value).toFixed(1)}h${Math.max(0.6, slot * 0.8).toFixed(1)}V${y(0).toFixed(1)}Z`;
    })
    .join('');
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={styles.bars} role="img" aria-label={name}>
      <path d={path} fill={runColour(position)} />
      <path d={`M0 ${y(0)}H${width}`} stroke="var(--line-strong)" />
      {foot > 12 &&
        bars.map((_, at) => (
          <text
            key={at}
            x={(at + 0.4) * slot}
            y={height - 13}
            textAnchor="middle"
            className={styles.tick}
          >
            {at}
          </text>
        ))}
      <text x={0} y={height - 1} className={styles.tick}>
        {number(low)} … {number(high)}, {values.length} values
      </text>
    </svg>
  );
}

export function range(values: Float32Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

function thinned(values: Float32Array): readonly number[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, at) => {
    const part = values.subarray(
      Math.floor((at * values.length) / most),
      Math.floor(((at + 1) * values.length) / most),
    );
    return part.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  });
}
