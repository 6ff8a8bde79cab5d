/** Loss of steps and selection samples on one chart, integer accuracy on another, over epochs. */
import { useElementSize } from '@mantine/hooks';
import { CartesianGrid, Line, LineChart, XAxis, YAxis } from 'recharts';
import type { TrainedEpoch, TrainingPoint } from '../../run/types';
import styles from '../styles/training.module.css';
import { thinned } from './words';

interface CurvesProps {
  points: readonly TrainingPoint[];
  log: readonly TrainedEpoch[];
  stepsPerEpoch: number;
}

interface Row {
  readonly at: number;
  readonly training?: number;
  readonly selection?: number;
  readonly accuracy?: number;
}

/** Epochs that a chart shows, and up to how many each has a dot of its own. */
const MOST = 250;
const DOTTED = 60;

export function Curves({ points, log, stepsPerEpoch }: CurvesProps) {
  const epochs = thinned(log, MOST);
  const dot = epochs.length > DOTTED ? false : { r: 2 };
  const { ref, width } = useElementSize();
  const each = Math.max(160, Math.floor((width - 16) / 2));
  const losses: Row[] = [
    ...points.map(({ step, loss }) => ({ at: step / stepsPerEpoch, training: loss })),
    ...epochs.flatMap(({ epoch, selectionLoss }) =>
      selectionLoss === undefined ? [] : [{ at: epoch, selection: selectionLoss }],
    ),
  ].sort((a, b) => a.at - b.at);
  const accuracies: Row[] = epochs.flatMap(({ epoch, selectionAccuracy }) =>
    selectionAccuracy === undefined ? [] : [{ at: epoch, accuracy: selectionAccuracy }],
  );
  return (
    <div ref={ref} className={styles.curves}>
      <figure
        className={styles.curve}
        role="img"
        aria-label="Training and selection loss over epochs"
      >
        <figcaption>
          <i className={styles.training} /> training loss <i className={styles.selection} />{' '}
          selection loss
        </figcaption>
        {width > 0 && (
          <Chart rows={losses} width={each}>
            <Line {...line} dataKey="training" stroke="var(--muted)" dot={false} />
            <Line {...line} dataKey="selection" stroke="var(--accent)" dot={dot} />
          </Chart>
        )}
      </figure>
      {accuracies.length > 0 && (
        <figure
          className={styles.curve}
          role="img"
          aria-label="Integer accuracy on the selection samples over epochs"
        >
          <figcaption>
            <i className={styles.selection} /> integer accuracy on the selection samples, %
          </figcaption>
          {width > 0 && (
            <Chart rows={accuracies} width={each}>
              <Line {...line} dataKey="accuracy" stroke="var(--accent)" dot={dot} />
            </Chart>
          )}
        </figure>
      )}
    </div>
  );
}

const line = { type: 'linear', isAnimationActive: false, connectNulls: true } as const;

function Chart({
  rows,
  width,
  children,
}: {
  rows: readonly Row[];
  width: number;
  children: React.ReactNode;
}) {
  return (
    <LineChart
      width={width}
      height={150}
      data={[...rows]}
      margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="at"
        type="number"
        domain={[0, 'dataMax']}
        tick={{ fontSize: 11, fill: 'var(--muted)' }}
        tickFormatter={(at: number) => String(Number(at.toPrecision(2)))}
        stroke="var(--line-strong)"
        tickLine={false}
      />
      <YAxis
        width={54}
        domain={['auto', 'auto']}
        tick={{ fontSize: 11, fill: 'var(--muted)' }}
        tickFormatter={(value: number) => String(Number(value.toPrecision(3)))}
        stroke="var(--line-strong)"
        tickLine={false}
        axisLine={false}
      />
      {children}
    </LineChart>
  );
}
