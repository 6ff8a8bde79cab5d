import type { Histogram } from '../../run/details';
import { number } from '../../analysis/format';
import chartStyles from '../styles/chart.module.css';
import { RunMark, runColour } from './RunMark';

interface OverlaidProps {
  title: string;
  /** For people who don't see it. */
  name: string;
  items: readonly {
    readonly position: number;
    readonly label: string;
    readonly histogram: Histogram;
    readonly clip?: readonly [number, number];
  }[];
}

const width = 280;
const height = 120;
const base = height - 16;
const dashes = ['', '6 2', '2 2', '8 2 2 2', '4 4', '1 3'];

/** Outlines over each other on a square-root scale, each run with its own colour, dash and clip range. */
export function Overlaid({ title, name, items }: OverlaidProps) {
  const ends = items.flatMap(({ histogram, clip = [] }) => [histogram.min, histogram.max, ...clip]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = (value: number) => ((value - low) / (high - low || 1)) * width;
  return (
    <figure>
      <h3>{title}</h3>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        className={chartStyles.plot}
        role="img"
        aria-label={name}
      >
        {items.map(({ position, histogram, clip }, at) => (
          <g key={position} stroke={runColour(position)} fill="none">
            <path
              d={outline(histogram, x)}
              strokeWidth="1.4"
              strokeDasharray={dashes[position % 6]}
            />
            {clip?.map((value, side) => (
              <path
                key={side}
                d={`M${x(value)} ${2 + at * 3}V${base}`}
                strokeWidth="1"
                strokeDasharray="3 2"
              />
            ))}
          </g>
        ))}
        <path d={`M0 ${base}H${width}`} stroke="var(--line-strong)" />
        <g fontSize="9.5" fill="var(--muted)">
          <text x={0} y={height - 4}>
            {number(low)}
          </text>
          <text x={width} y={height - 4} textAnchor="end">
            {number(high)}
          </text>
        </g>
      </svg>
      <p className={chartStyles.caption}>
        {items.map(({ position, label, histogram, clip }) => (
          <span key={position}>
            <RunMark position={position} size={10} /> {label} {number(histogram.min)} …{' '}
            {number(histogram.max)}
            {clip && `, clipped to ${number(clip[0])} … ${number(clip[1])}`}
            <br />
          </span>
        ))}
      </p>
    </figure>
  );
}

function outline({ min, max, counts }: Histogram, x: (value: number) => number): string {
  const peak = Math.sqrt(counts.reduce((most, count) => Math.max(most, count), 0)) || 1;
  const bin = (max - min) / counts.length;
  const steps = Array.from(counts, (count, index) => {
    const y = base - (Math.sqrt(count) / peak) * (base - 8);
    return `${index === 0 ? `M${x(min).toFixed(1)} ${base}` : ''}V${y.toFixed(1)}H${x(min + (index + 1) * bin).toFixed(1)}`;
  });
  return `${steps.join('')}V${base}`;
}
