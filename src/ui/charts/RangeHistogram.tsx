import { useRef } from 'react';
import { number } from '../../analysis/format';
import type { Histogram as Counts } from '../../run/details';
import styles from '../styles/chart.module.css';
import handles from '../diagnosis/diagnosis.module.css';
import { Histogram, histogramWidth } from './Histogram';

interface RangeHistogramProps {
  histogram: Counts;
  /** The range that the run has: what the picture spans beside the histogram. */
  own: readonly [number, number];
  range: readonly [number, number];
  onChange: (range: readonly [number, number]) => void;
}

/** Of the picture's span, by key. */
const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -0.01,
  ArrowDown: -0.01,
  ArrowRight: 0.01,
  ArrowUp: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
};
/** The handles keep so much of the span between them. */
const LEAST = 0.005;

/** The activation's histogram with both ends of the range as handles: dragged, or moved by arrow keys. */
export function RangeHistogram({ histogram, own, range, onChange }: RangeHistogramProps) {
  const box = useRef<HTMLDivElement>(null);
  const low = Math.min(histogram.min, own[0]);
  const high = Math.max(histogram.max, own[1]);
  const span = high - low || 1;
  const inside = (value: number) => Math.min(high, Math.max(low, value));
  const put = (end: 0 | 1, value: number) => {
    const least = LEAST * span;
    onChange(
      end === 0
        ? [Math.min(inside(value), range[1] - least), range[1]]
        : [range[0], Math.max(inside(value), range[0] + least)],
    );
  };
  const drag = (end: 0 | 1, clientX: number) => {
    const rect = box.current?.getBoundingClientRect();
    if (rect && rect.width > 0) put(end, low + ((clientX - rect.left) / rect.width) * span);
  };
  const x = (value: number) => ((inside(value) - low) / span) * histogramWidth;
  return (
    <div ref={box}>
      <Histogram
        name={`Histogram of the output; the range tried is ${number(range[0])} … ${number(range[1])}`}
        histogram={histogram}
        within={[low, high]}
        covered={range}
        marks={[]}
      >
        {([0, 1] as const).map((end) => (
          <g
            key={end}
            className={handles.handle}
            role="slider"
            tabIndex={0}
            aria-label={end === 0 ? 'Lower end of the range' : 'Upper end of the range'}
            aria-valuemin={low}
            aria-valuemax={high}
            aria-valuenow={range[end]}
            aria-valuetext={number(range[end])}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              drag(end, event.clientX);
            }}
            onPointerMove={(event) => {
              if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(end, event.clientX);
            }}
            onKeyDown={(event) => {
              const step = steps[event.key];
              const to =
                step !== undefined
                  ? range[end] + step * span
                  : event.key === 'Home'
                    ? low
                    : event.key === 'End'
                      ? high
                      : undefined;
              if (to === undefined) return;
              event.preventDefault();
              put(end, to);
            }}
          >
            <rect
              x={x(range[end]) - 9}
              y={0}
              width={18}
              height={96}
              fill="transparent"
              className={styles.grip}
            />
            <path d={`M${x(range[end])} 8V80`} stroke="var(--bad)" strokeWidth="1.5" />
            <rect
              x={x(range[end]) - 3.5}
              y={34}
              width={7}
              height={18}
              rx={2}
              fill="var(--surface)"
              stroke="var(--bad)"
            />
          </g>
        ))}
      </Histogram>
    </div>
  );
}
