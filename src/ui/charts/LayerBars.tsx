import { memo, useRef } from 'react';
import { useElementSize } from '@mantine/hooks';
import { Bar, BarChart, CartesianGrid, Cell, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import type { LayerFigure } from '../../analysis/figures';
import { sameData, type ChartData, type ChartPoint } from '../figures/series';
import { figureText, inUnit } from '../../analysis/figures/text';
import { tick } from '../../analysis/format';
import { shortName } from '../names';
import { RunMark } from '../compare/RunMark';
import { useStudio, useView } from '../studio';
import styles from '../styles/chart.module.css';

interface LayerBarsProps {
  figure: LayerFigure;
  data: ChartData;
  /** Every layer's name on the axis, scrolling where they don't fit. */
  names: boolean;
  /** Why there are no bars, or not all. */
  missing?: string;
}

/** A third of the amplitude is error (analysis/figures). */
const LOST_DB = 10;
const namedBar = 22;
const axisWidth = 62;

/** Bars in the order of the network; the table under it holds the same figures. */
export const LayerBars = memo(Bars, (a, b) => {
  const same = a.names === b.names && a.missing === b.missing && a.figure.id === b.figure.id;
  return same && a.figure.definition === b.figure.definition && sameData(a.data, b.data);
});

function Bars({ figure, data, names, missing }: LayerBarsProps) {
  const studio = useStudio();
  const { layer: selected } = useView();
  const { ref, width: room } = useElementSize();
  const { series, points } = data;
  const width = names
    ? Math.max(room, points.length * namedBar * Math.max(1, series.length / 2) + axisWidth)
    : room;
  const text = (value: number) => figureText(figure, value);
  const rows = points.map((point) => ({ ...drawable(point.values), point }));
  const bare = points.every((point) => series.every(({ key }) => point.values[key] === undefined));
  const flat = !bare && points.every((point) => series.every(({ key }) => !point.values[key]));
  const level = flat ? `${figure.label} is zero for every layer.` : undefined;
  const select = (point: ChartPoint | undefined) => {
    if (point) studio.view.setState({ layer: point.id });
  };
  const hovered = useRef<ChartPoint>(undefined);
  return (
    <div className={styles.box}>
      <Legend figure={figure} data={data} />
      {(missing ?? level) && (
        <p className={bare ? styles.missing : styles.definition}>{missing ?? level}</p>
      )}
      <div ref={ref} className={styles.scroll}>
        <div
          role="img"
          aria-label={`${figure.label} of ${points.length} layers${inUnit(figure)}`}
          onClick={() => select(hovered.current)}
        >
          {room > 0 && (
            <BarChart
              width={width}
              height={names ? 264 : 168}
              data={rows}
              margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
              barGap={0}
              barCategoryGap={points.length > 60 ? '10%' : '22%'}
              accessibilityLayer={false}
            >
              <CartesianGrid vertical={false} stroke="var(--line)" />
              <XAxis
                dataKey={(row: { point: ChartPoint }) =>
                  names ? shortName(row.point.name, 18) : String(row.point.index + 1)
                }
                interval={names ? 0 : tickStep(points.length) - 1}
                angle={names ? -50 : 0}
                textAnchor={names ? 'end' : 'middle'}
                height={names ? 112 : 22}
                tick={{ fontSize: 11, fill: 'var(--muted)' }}
                stroke="var(--line-strong)"
                tickLine={false}
                allowDuplicatedCategory
              />
              <YAxis
                width={axisWidth}
                tick={{ fontSize: 11, fill: 'var(--muted)' }}
                tickFormatter={(value: number) => tick(text(value))}
                domain={figure.unit === 'points' ? [leastPoints, mostPoints] : undefined}
                stroke="var(--line-strong)"
                tickLine={false}
                axisLine={false}
              />
              <Tooltip
                cursor={{ fill: 'var(--raised)' }}
                isAnimationActive={false}
                content={({ payload, active }) => {
                  const row = payload?.[0]?.payload as { point: ChartPoint } | undefined;
                  hovered.current = active ? row?.point : undefined;
                  return active && row ? <Hover text={text} data={data} point={row.point} /> : null;
                }}
              />
              {figure.several && figure.unit === 'dB' && (
                <ReferenceLine y={LOST_DB} stroke="var(--bad)" strokeDasharray="4 3" />
              )}
              {series.map(({ key, color }) => (
                <Bar key={key} dataKey={key} fill={color} isAnimationActive={false} maxBarSize={34}>
                  {points.map((point) => (
                    <Cell
                      key={point.id}
                      fillOpacity={selected === undefined || selected === point.id ? 1 : 0.6}
                    />
                  ))}
                </Bar>
              ))}
            </BarChart>
          )}
        </div>
      </div>
    </div>
  );
}

/** At most some thirty numbers on the axis: every 1st, 2nd, 5th, 10th, … */
const tickStep = (count: number) =>
  [1, 2, 5, 10, 20, 50, 100].find((step) => count / step <= 32) ?? Math.ceil(count / 32);

/** An exact layer has infinite SQNR: no bar, and "exact" where the pointer is. */
const drawable = (values: ChartPoint['values']) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));

/** At least a point, so that rounding doesn't look like a cliff. */
const leastPoints = (least: number) => Math.min(-1, Math.floor(least));
const mostPoints = (most: number) => (most > 0 ? Math.max(1, Math.ceil(most)) : 0);

function Legend({ figure, data }: { figure: LayerFigure; data: ChartData }) {
  return (
    <p className={styles.legend}>
      {data.series.map(({ key, label, color, position }) => (
        <span key={key}>
          {position === undefined ? (
            <i style={{ background: color }} />
          ) : (
            <>
              <RunMark position={position} />{' '}
            </>
          )}
          {label}
        </span>
      ))}
      <span className={styles.definition}>{figure.definition}</span>
    </p>
  );
}

interface HoverProps {
  text: (value: number) => string;
  data: ChartData;
  point: ChartPoint;
}

function Hover({ text, data, point }: HoverProps) {
  return (
    <div className={styles.hover}>
      <strong>
        {point.index + 1}. {point.name}
      </strong>
      {data.series.map(({ key, label, color }) => {
        const value = point.values[key];
        return (
          <span key={key}>
            <i style={{ background: color }} />
            {label}: {value === undefined ? 'no figure' : text(value)}
          </span>
        );
      })}
    </div>
  );
}
