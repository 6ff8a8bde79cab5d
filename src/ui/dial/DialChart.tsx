import { useElementSize } from '@mantine/hooks';
import {
  axes,
  costOf,
  endName,
  floatAt,
  mixText,
  pointText,
  qualityOf,
  type DialAxis,
  type Quality,
} from '../../analysis/dial';
import { bytes, milliseconds, number, tick } from '../../analysis/format';
import { axisOf, place, ticksOf } from '../../report/charts/scale';
import { placeLabels } from '../../report/charts/tradeOff';
import { shapePath, type Shape } from '../../report/charts/marks';
import type { Dial, DialPoint } from '../../run/dial';
import styles from './dial.module.css';

const HEIGHT = 250;
const frame = { left: 58, top: 12, right: 14, bottom: 40 } as const;

export const kinds = {
  high: { shape: 'circle', colour: 'var(--run-1)', label: 'int8, layers above 8 bit' },
  low: { shape: 'square', colour: 'var(--run-2)', label: 'layers with int4 weights' },
  both: { shape: 'triangle', colour: 'var(--run-3)', label: 'both' },
} as const satisfies Record<string, { shape: Shape; colour: string; label: string }>;

export const kindOf = ({ high, low }: DialPoint): keyof typeof kinds =>
  low.length === 0 ? 'high' : high.length === 0 ? 'low' : 'both';

const written = (axis: DialAxis, value: number) =>
  axis === 'bytes' ? bytes(value) : axis === 'ms' ? milliseconds(value) : `${number(value)} %`;

interface Props {
  readonly dial: Dial;
  readonly axis: DialAxis;
  readonly quality: Quality;
  readonly selected: number | undefined;
  readonly select: (index: number) => void;
}

/** Every mixture that was measured: how good it is against what it costs; float and the three ends are named. */
export function DialChart({ dial, axis, quality, selected, select }: Props) {
  const { ref, width } = useElementSize();
  const drawn = dial.points.flatMap((point, index) => {
    const cost = costOf(point, axis);
    const value = qualityOf(point, quality);
    return cost === undefined || Number.isNaN(value) ? [] : [{ point, index, cost, value }];
  });
  const unit = quality === 'sqnr' ? 'dB' : dial.float.score.unit;
  const floatCost = floatAt(dial, axis);
  const floatValue = quality === 'sqnr' ? Infinity : dial.float.score.value;
  const values = [...drawn.map(({ value }) => value), floatValue].filter(Number.isFinite);
  const costs = [...drawn.map(({ cost }) => cost), ...(floatCost === undefined ? [] : [floatCost])];
  const up = padded(
    axisOf(values.length > 0 ? [Math.min(...values), Math.max(...values)] : undefined, false),
  );
  const across = axisOf(costs.length > 0 ? [0, Math.max(...costs)] : undefined, true);
  const [right, bottom] = [Math.max(frame.left + 60, width - frame.right), HEIGHT - frame.bottom];
  const x = (cost: number) => frame.left + place(across, cost) * (right - frame.left);
  const y = (value: number) => bottom - place(up, value) * (bottom - frame.top);
  const named = [
    ...drawn.flatMap(({ point, cost, value }) => {
      const label = endName(point);
      return label === undefined ? [] : [{ x: x(cost), y: y(value), label }];
    }),
    ...(floatCost === undefined ? [] : [{ x: x(floatCost), y: y(floatValue), label: 'float' }]),
  ];
  const box = { left: frame.left, top: frame.top, right: Math.max(right, frame.left), bottom };
  const labels = width > 0 ? placeLabels(named, box, 11.5) : [];
  const { label } = axes.find(({ id }) => id === axis)!;
  const what = quality === 'sqnr' ? 'output SQNR' : dial.float.score.label;
  const line = drawn
    .filter(({ point }) => point.low.length === 0 && point.found !== 'refined')
    .sort(
      (a, b) => a.point.highShare - b.point.highShare || a.point.high.length - b.point.high.length,
    )
    .map(({ cost, value }, at) => `${at === 0 ? 'M' : 'L'}${x(cost)} ${y(value)}`)
    .join('');
  return (
    <div ref={ref}>
      <svg
        className={styles.chart}
        height={HEIGHT}
        role="img"
        aria-label={`${what} against ${label.toLowerCase()} of ${drawn.length} mixtures, with float`}
      >
        {width > 0 && (
          <>
            {ticksOf(up, 5).map((value) => (
              <g key={value}>
                <line x1={frame.left} x2={right} y1={y(value)} y2={y(value)} stroke="var(--line)" />
                <text x={frame.left - 6} y={y(value) + 4} textAnchor="end" className={styles.tick}>
                  {tick(`${number(value)}${unit && ` ${unit}`}`)}
                </text>
              </g>
            ))}
            {ticksOf(across, width < 480 ? 3 : 6).map((value) => (
              <text
                key={value}
                x={x(value)}
                y={bottom + 15}
                textAnchor="middle"
                className={styles.tick}
              >
                {tick(written(axis, value))}
              </text>
            ))}
            <line x1={frame.left} x2={right} y1={bottom} y2={bottom} stroke="var(--line-strong)" />
            <text
              x={(frame.left + right) / 2}
              y={HEIGHT - 6}
              textAnchor="middle"
              className={styles.tick}
            >
              {label}
            </text>
            {axis === 'high' && (
              <path d={line} fill="none" stroke="var(--muted)" strokeDasharray="4 3" />
            )}
            {floatCost !== undefined && (
              <path d={shapePath('diamond', x(floatCost), y(floatValue), 5)} fill="var(--float)">
                <title>float</title>
              </path>
            )}
            {drawn.map(({ point, index, cost, value }) => {
              const { shape, colour } = kinds[kindOf(point)];
              return (
                <path
                  key={index}
                  className={styles.point}
                  d={shapePath(shape, x(cost), y(value), index === selected ? 7.5 : 5)}
                  fill={index === selected ? colour : 'var(--surface)'}
                  stroke={colour}
                  strokeWidth={1.8}
                  onClick={() => select(index)}
                >
                  <title>{`${mixText(point)}: ${pointText(point, dial.float.score)}`}</title>
                </path>
              );
            })}
            {labels.map(({ x: left, y: top, anchor }, at) => (
              <text
                key={named[at]!.label}
                x={left}
                y={top}
                textAnchor={anchor}
                className={styles.label}
              >
                {named[at]!.label}
              </text>
            ))}
          </>
        )}
      </svg>
      <div className={styles.legend} aria-hidden>
        {Object.entries(kinds).map(([id, { shape, colour, label: name }]) => (
          <span key={id}>
            <svg width={12} height={12}>
              <path d={shapePath(shape, 6, 6, 4)} fill="none" stroke={colour} strokeWidth={1.8} />
            </svg>
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}

const padded = ({ low, high }: { low: number; high: number }) => {
  const room = (high - low) * 0.08;
  return { low: low - room, high: high + room };
};
