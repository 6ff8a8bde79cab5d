import { SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { memo, useMemo, useRef, useState } from 'react';
import { CartesianGrid, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from 'recharts';
import {
  compareRuns,
  comparisonMarks,
  differencesOf,
  distinct,
  everyTotal,
  totalText,
  valueText,
  wholeLines,
  type Comparison,
} from '../../analysis/compareRuns';
import { shapeOf, shapePath } from '../../report/charts/marks';
import {
  costs,
  placeLabels,
  tradeOff,
  tradeOffSvg,
  type Cost,
  type TradeOff,
  type TradePoint,
} from '../../report/charts/tradeOff';
import { comparedEntries } from '../../state/actions/compare';
import { selectRun } from '../../state/actions/runs';
import { isAsItIs, type RunEntry } from '../../state/stores/runs';
import { none } from '../../analysis/format';
import { shortName } from '../names';
import { runLabel } from '../runLabel';
import { useModel, useRuns, useStudio, useView } from '../studio';
import cardStyles from '../styles/card.module.css';
import chartStyles from '../styles/chart.module.css';
import tableStyles from '../styles/table.module.css';
import textStyles from '../styles/text.module.css';
import styles from './compare.module.css';
import { RunMark, runColour } from './RunMark';
import { SaveChart } from './SaveChart';
import { usePositions } from './usePositions';

/** Every run of the open model, and every compared one: score against what it costs. */
export function TradeOffCard() {
  const { entries } = useRuns();
  const { model } = useModel();
  const { compared, baseline } = useView();
  const positions = usePositions();
  const [cost, setCost] = useState<Cost>('size');
  const [asTable, setAsTable] = useState(false);
  const { trade, said } = useMemo(() => {
    const chosen = comparedEntries(entries, compared).map(({ run }) => run.id);
    const shown = entries.filter(
      ({ run }) => run.made.subject.key === model?.key || chosen.includes(run.id),
    );
    const labels = distinct(shown.map(runLabel));
    const from =
      shown.find(({ run }) => run.id === (baseline ?? chosen[0])) ??
      shown.find(isAsItIs) ??
      shown[0];
    const said = against(shown, from, cost);
    const runs = shown.map((entry, at) => {
      const position = positions.get(entry.run.id);
      const marks = said.get(entry.run.id)?.marks ?? [];
      const label = marks.length > 0 ? `${labels[at]!} [${marks.join(', ')}]` : labels[at]!;
      return { run: entry.run, label, ...(position === undefined ? {} : { position }) };
    });
    return { trade: tradeOff(runs, cost), said };
  }, [entries, model, compared, baseline, cost, positions]);
  if (!trade && cost === 'size') return null;
  return (
    <section className={cardStyles.card} aria-label="Trade-off">
      <div className={cardStyles.cardHead}>
        <h2>Trade-off</h2>
        <SegmentedControl
          size="xs"
          className={cardStyles.picker}
          aria-label="Cost of the trade-off"
          data={costs.map(({ id, label }) => ({ value: id, label }))}
          value={cost}
          onChange={(id) => setCost(id as Cost)}
        />
        <span className={`${textStyles.muted} ${textStyles.small}`}>
          Filled: on the Pareto front, beaten by no other run in both.
        </span>
        <span className={textStyles.spacer} />
        <button
          type="button"
          className={tableStyles.sort}
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'Trade-off as chart' : 'Trade-off as table'}
        </button>
        {trade && <SaveChart name="Trade-off" svg={() => tradeOffSvg(trade)} />}
      </div>
      {!trade ? (
        <p className={styles.hint}>Fewer than two runs have this measured.</p>
      ) : asTable ? (
        <AsTable trade={trade} said={said} />
      ) : (
        <Chart trade={trade} said={said} />
      )}
    </section>
  );
}

/** By run id: what differs from the baseline, and the marks of the two figures. */
type Said = ReadonlyMap<string, { readonly words: string; readonly marks: readonly string[] }>;

/** Made with the runs, not while the pointer moves. */
function against(shown: readonly RunEntry[], from: RunEntry | undefined, cost: Cost): Said {
  if (!from) return new Map();
  const named = (entry: RunEntry) => ({
    run: entry.run,
    state: entry.state,
    label: runLabel(entry),
  });
  return new Map(
    shown.map((entry) => {
      const comparison = compareRuns(entry === from ? [named(from)] : [named(from), named(entry)]);
      const figures = wholeLines(comparison).map(({ figure }) => figure);
      const marks = figures
        .filter(({ id }) => id === 'score' || id === cost)
        .flatMap((figure) => comparisonMarks(comparison, comparison.runs.length - 1, figure))
        .map(({ label }) => label);
      const words = entry === from ? 'the baseline' : differing(comparison);
      return [entry.run.id, { words, marks: [...new Set(marks)] }];
    }),
  );
}

function differing(comparison: Comparison): string {
  if (comparison.runs.length < 2) return 'another seed of the baseline';
  const words = differencesOf(comparison.runs, 0, 1).settings.map((one) => one.words);
  const total = totalText(comparison, 0, 1, everyTotal);
  return [words.join('; ') || 'the same settings', total].join(': ');
}

const height = 280;
const margin = { top: 12, right: 16, bottom: 0, left: 0 } as const;
const axis = { x: 44, y: 76 } as const;
const title = { fontSize: 11, fill: 'var(--muted)', style: { textAnchor: 'middle' } } as const;

const Chart = memo(function Chart({ trade, said }: { trade: TradeOff; said: Said }) {
  const studio = useStudio();
  const { ref, width } = useElementSize();
  const hovered = useRef<TradePoint>(undefined);
  const { points, score, cost, scoreTicks, costTicks } = trade;
  const frame = {
    left: axis.y,
    top: margin.top,
    right: width - margin.right,
    bottom: height - axis.x,
  };
  const at = ({ x, y }: { readonly x: number; readonly y: number }) => ({
    x: frame.left + x * (frame.right - frame.left),
    y: frame.bottom - y * (frame.bottom - frame.top),
  });
  const letters = width < 480 ? 22 : 48;
  const placed = points.map((point) => ({ ...at(point), label: shortName(point.label, letters) }));
  const labels = width > 0 ? placeLabels(placed, frame, 11.5) : [];
  const front = points
    .filter((point) => point.front)
    .sort((a, b) => a.cost - b.cost)
    .map(at);
  return (
    <div ref={ref} className={styles.trade}>
      <div
        role="img"
        aria-label={`${score.label} against ${cost.label.toLowerCase()} of ${points.length} runs; ${points.filter((point) => point.front).length} on the Pareto front`}
        onClick={() => hovered.current && selectRun(studio, hovered.current.id)}
      >
        {width > 0 && (
          <ScatterChart width={width} height={height} margin={margin} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" />
            <XAxis
              type="number"
              dataKey="x"
              domain={[0, 1]}
              height={axis.x}
              label={{ ...title, value: cost.label, position: 'insideBottom' }}
              ticks={costTicks.map((tick) => tick.at)}
              tickFormatter={(value: number) => labelAt(costTicks, value)}
              tick={{ fontSize: 11, fill: 'var(--muted)' }}
              stroke="var(--line-strong)"
              tickLine={false}
            />
            <YAxis
              type="number"
              dataKey="y"
              domain={[0, 1]}
              width={axis.y}
              label={{ ...title, value: score.label, angle: -90, position: 'insideLeft' }}
              ticks={scoreTicks.map((tick) => tick.at)}
              tickFormatter={(value: number) => labelAt(scoreTicks, value)}
              tick={{ fontSize: 11, fill: 'var(--muted)' }}
              stroke="var(--line-strong)"
              tickLine={false}
            />
            <Tooltip
              cursor={false}
              isAnimationActive={false}
              content={({ payload, active }) => {
                const point = payload?.[0]?.payload as TradePoint | undefined;
                hovered.current = active ? point : undefined;
                return active && point ? <Hover trade={trade} point={point} said={said} /> : null;
              }}
            />
            <path
              d={front
                .map(({ x, y }, index) => (index === 0 ? `M${x} ${y}` : `H${x}V${y}`))
                .join('')}
              fill="none"
              stroke="var(--muted)"
              strokeDasharray="4 3"
            />
            <Scatter
              data={[...points]}
              isAnimationActive={false}
              shape={(props: { cx?: number; cy?: number; payload?: TradePoint }) => (
                <Point cx={props.cx ?? 0} cy={props.cy ?? 0} point={props.payload} />
              )}
            />
            {labels.map(({ x, y, anchor, led }, index) => (
              <g key={points[index]!.id} pointerEvents="none">
                {led && (
                  <path
                    d={`M${placed[index]!.x} ${placed[index]!.y}L${x} ${y - 4}`}
                    stroke="var(--line-strong)"
                  />
                )}
                <text x={x} y={y} textAnchor={anchor} className={styles.tradeLabel}>
                  {placed[index]!.label}
                </text>
              </g>
            ))}
          </ScatterChart>
        )}
      </div>
    </div>
  );
});

const labelAt = (ticks: TradeOff['costTicks'], value: number) =>
  ticks.find(({ at }) => at === value)?.label ?? '';

function Point({ cx, cy, point }: { cx: number; cy: number; point: TradePoint | undefined }) {
  const position = point?.position;
  const colour = position === undefined ? 'var(--float)' : runColour(position);
  const shape = position === undefined ? 'circle' : shapeOf(position);
  return (
    <path
      d={shapePath(shape, cx, cy, 5.5)}
      fill={point?.front ? colour : 'var(--surface)'}
      stroke={colour}
      strokeWidth={1.8}
      cursor="pointer"
    />
  );
}

function Hover({ trade, point, said }: { trade: TradeOff; point: TradePoint; said: Said }) {
  return (
    <div className={chartStyles.hover}>
      <strong>{point.label}</strong>
      <span>
        {valueText(trade.score, point.score)}, {valueText(trade.cost, point.cost)}
      </span>
      <span>{said.get(point.id)?.words ?? none}</span>
    </div>
  );
}

function AsTable({ trade, said }: { trade: TradeOff; said: Said }) {
  const studio = useStudio();
  const { selected } = useRuns();
  return (
    <div
      className={tableStyles.scroll}
      tabIndex={0}
      role="group"
      aria-label="Trade-off, scrollable"
    >
      <table className={tableStyles.table} aria-label="Trade-off of runs">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col" className={tableStyles.num}>
              {trade.score.label}
            </th>
            <th scope="col" className={tableStyles.num}>
              {trade.cost.label}
            </th>
            <th scope="col">Pareto front</th>
            <th scope="col">Against the baseline</th>
          </tr>
        </thead>
        <tbody>
          {trade.points.map((point) => (
            <tr key={point.id}>
              <td>
                <button
                  type="button"
                  className={tableStyles.sort}
                  aria-pressed={point.id === selected}
                  onClick={() => selectRun(studio, point.id)}
                >
                  {point.position !== undefined && <RunMark position={point.position} />}
                  {point.label}
                </button>
              </td>
              <td className={tableStyles.num}>{valueText(trade.score, point.score)}</td>
              <td className={tableStyles.num}>{valueText(trade.cost, point.cost)}</td>
              <td>{point.front ? 'yes' : 'no'}</td>
              <td style={{ whiteSpace: 'normal' }}>{said.get(point.id)?.words}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
