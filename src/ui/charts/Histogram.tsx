import type { ReactNode } from 'react';
import type { Histogram as Counts } from '../../run/details';
import { number } from '../../analysis/format';
import styles from '../styles/chart.module.css';

export interface Mark {
  readonly at: number;
  readonly label: string;
}

interface HistogramProps {
  /** For people who don't see it: what the picture shows, in a sentence. */
  name: string;
  histogram: Counts;
  /** Distance of two levels of the grid, and one level on it. */
  step?: number;
  marks?: readonly Mark[];
  /** The part that the grid covers; the rest is shaded as clipped. */
  covered?: readonly [number, number];
  /** What the picture spans; default: histogram and covered part. */
  within?: readonly [number, number];
  /** Drawn over it, in units of histogramWidth. */
  children?: ReactNode;
}

export const histogramWidth = 280;
const width = histogramWidth;
const height = 96;
const base = height - 16;
const top = 12;
/** Nearer than this the grid's lines run together: then every 2nd, 4th, … is drawn. */
const gap = 4;

/** Counts on a square-root scale, so that tails stay visible, over the quantization grid. */
export function Histogram(props: HistogramProps) {
  const { name, histogram, step, marks = [], covered, children } = props;
  const { counts } = histogram;
  const [least, most] = props.within ?? covered ?? [Infinity, -Infinity];
  const low = Math.min(histogram.min, least);
  const high = Math.max(histogram.max, most);
  const span = high - low || 1;
  const x = (value: number) => ((value - low) / span) * width;
  const peak = Math.sqrt(counts.reduce((max, count) => Math.max(max, count), 0)) || 1;
  const bin = (histogram.max - histogram.min) / counts.length;
  const bars = Array.from(counts, (count, index) => {
    const tall = (Math.sqrt(count) / peak) * (base - top);
    const left = x(histogram.min + index * bin);
    return `M${left.toFixed(2)} ${base}V${(base - tall).toFixed(2)}h${Math.max(0.6, (bin / span) * width).toFixed(2)}V${base}Z`;
  });
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      className={styles.plot}
      role={children ? 'group' : 'img'}
      aria-label={name}
    >
      {covered && (
        <g fill="var(--bad)" fillOpacity="0.12">
          <rect
            x={0}
            y={top}
            width={Math.min(width, Math.max(0, x(covered[0])))}
            height={base - top}
          />
          <rect
            x={Math.max(0, x(covered[1]))}
            y={top}
            width={Math.max(0, width - x(covered[1]))}
            height={base - top}
          />
        </g>
      )}
      {step !== undefined && step > 0 && (
        <path
          d={gridLines(step, low, high, span)}
          stroke="var(--line-strong)"
          strokeWidth="0.6"
          fill="none"
        />
      )}
      <path d={bars.join('')} fill="var(--accent)" fillOpacity="0.85" />
      <path d={`M0 ${base}H${width}`} stroke="var(--line-strong)" />
      {marks.map(({ at, label }, index) => (
        <g key={index}>
          <path d={`M${x(at)} ${top - 2}V${base}`} stroke="var(--bad)" strokeDasharray="3 2" />
          <text
            x={x(at) > width / 2 ? Math.min(width, x(at)) : Math.max(0, x(at))}
            y={8}
            fontSize="9"
            fill="var(--bad)"
            textAnchor={x(at) > width / 2 ? 'end' : 'start'}
          >
            {label}
          </text>
        </g>
      ))}
      <g fontSize="9.5" fill="var(--muted)">
        <text x={0} y={height - 4}>
          {number(low)}
        </text>
        {low < 0 && high > 0 && x(0) > 40 && x(0) < width - 40 && (
          <text x={x(0)} y={height - 4} textAnchor="middle">
            0
          </text>
        )}
        <text x={width} y={height - 4} textAnchor="end">
          {number(high)}
        </text>
      </g>
      {children}
    </svg>
  );
}

/** How many levels one drawn line stands for. */
export function gridStride(step: number, span: number): number {
  let stride = 1;
  while ((stride * step * width) / span < gap && stride < 2 ** 20) stride *= 2;
  return stride;
}

function gridLines(step: number, low: number, high: number, span: number): string {
  const every = step * gridStride(step, span);
  const lines: string[] = [];
  for (let k = Math.ceil(low / every); k * every <= high; k++) {
    lines.push(`M${(((k * every - low) / span) * width).toFixed(2)} ${top}V${base}`);
  }
  return lines.join('');
}
