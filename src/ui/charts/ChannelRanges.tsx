import { number } from '../../analysis/format';
import styles from '../styles/chart.module.css';

interface ChannelRangesProps {
  min: Float32Array;
  max: Float32Array;
}

const width = 280;
const height = 92;
const margin = 4;

/** Range of each output channel's weights, from the widest to the narrowest. */
export function ChannelRanges({ min, max }: ChannelRangesProps) {
  const order = Array.from(min, (_, channel) => channel).sort(
    (a, b) => reach(min, max, b) - reach(min, max, a),
  );
  const widest = reach(min, max, order[0] ?? 0) || 1;
  const narrowest = order.findLast((channel) => reach(min, max, channel) > 0);
  const spread = narrowest === undefined ? 1 : widest / reach(min, max, narrowest);
  const y = (value: number) => height / 2 - (value / widest) * (height / 2 - margin);
  const slot = width / order.length;
  const path = order.map((channel, index) => {
    const x = index * slot;
    const bar = Math.max(0.5, slot * 0.75);
    return `M${x.toFixed(2)} ${y(max[channel]!).toFixed(2)}h${bar.toFixed(2)}V${y(min[channel]!).toFixed(2)}h${(-bar).toFixed(2)}Z`;
  });
  return (
    <div>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        className={styles.plot}
        role="img"
        aria-label={`Weight ranges of ${order.length} output channels; the widest is ${number(spread, 2)} times the narrowest`}
      >
        <path d={path.join('')} fill="var(--accent)" fillOpacity="0.8" />
        <path d={`M0 ${height / 2}H${width}`} stroke="var(--line-strong)" strokeWidth="0.7" />
      </svg>
      <p className={styles.caption}>
        {order.length} channels, widest first: ±{number(widest)} to ±{number(widest / spread)},
        ratio {number(spread, 2)}×.
        {spread > spreadLimit &&
          ' One scale for the whole tensor would serve the narrow ones badly.'}
      </p>
    </div>
  );
}

/** Ranges that differ more are a known cause of loss with per-tensor weights (arXiv 1906.04721). */
const spreadLimit = 20;

const reach = (min: Float32Array, max: Float32Array, channel: number) =>
  Math.max(Math.abs(min[channel] ?? 0), Math.abs(max[channel] ?? 0));
