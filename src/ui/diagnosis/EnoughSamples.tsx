import { enoughText, scoreText } from '../../analysis/doctor/words';
import { number } from '../../analysis/format';
import { figureText } from '../../analysis/figures/text';
import type { CurvePoint, Doctor } from '../../run/doctor';
import chart from '../styles/chart.module.css';
import styles from './diagnosis.module.css';

const width = 280;
const height = 104;
const left = 30;
const right = 8;
const top = 8;
const base = height - 18;

/** How many calibration samples are enough: SQNR and what ranges leave uncovered, against their number. */
export function EnoughSamples({ found }: { found: Doctor }) {
  const { curve } = found;
  if (curve.length < 2) return null;
  const measured = curve.every(({ outcome }) => outcome !== undefined);
  return (
    <div>
      <h3>How many samples</h3>
      <p>{enoughText(found)}</p>
      <Curve found={found} value={measured ? sqnrOf : uncoveredOf} unit={measured ? 'dB' : '%'} />
      <details>
        <summary>As table</summary>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Samples</th>
              <th scope="col">Range left uncovered</th>
              {measured && <th scope="col">Output SQNR</th>}
              {measured && <th scope="col">Score</th>}
            </tr>
          </thead>
          <tbody>
            {curve.map((point) => (
              <tr key={point.samples}>
                <th scope="row">{point.samples}</th>
                <td>{number(uncoveredOf(point), 2)} %</td>
                {measured && <td>{figureText({ unit: 'dB' }, sqnrOf(point))}</td>}
                {measured && <td>{point.outcome && scoreText(point.outcome.score)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}

const sqnrOf = ({ outcome }: CurvePoint) => outcome?.outputs[0]?.sqnr ?? NaN;
const uncoveredOf = ({ uncovered }: CurvePoint) => 100 * uncovered;

interface CurveProps {
  found: Doctor;
  value: (point: CurvePoint) => number;
  unit: 'dB' | '%';
}

function Curve({ found: { curve, enough }, value, unit }: CurveProps) {
  const points = curve.filter((point) => Number.isFinite(value(point)));
  if (points.length < 2) return null;
  const most = Math.max(...points.map(value));
  const least = Math.min(0, ...points.map(value));
  const last = Math.log(points.at(-1)!.samples);
  const x = (samples: number) => left + (Math.log(samples) / last) * (width - left - right);
  const y = (height: number) => base - ((height - least) / (most - least || 1)) * (base - top);
  const what = unit === 'dB' ? 'Output SQNR' : 'Range left uncovered';
  const line = points.map(
    (point) => `${x(point.samples).toFixed(1)} ${y(value(point)).toFixed(1)}`,
  );
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      className={`${chart.plot} ${styles.curve}`}
      role="img"
      aria-label={`${what} against the number of calibration samples, from ${number(value(points[0]!))} ${unit} with ${points[0]!.samples} to ${number(value(points.at(-1)!))} ${unit} with ${points.at(-1)!.samples}`}
    >
      <path d={`M${left} ${base}H${width - right}`} stroke="var(--line-strong)" />
      {enough !== undefined && (
        <path d={`M${x(enough)} ${top}V${base}`} stroke="var(--muted)" strokeDasharray="3 2" />
      )}
      <path d={`M${line.join('L')}`} stroke="var(--accent)" strokeWidth="1.5" fill="none" />
      {points.map((point) => (
        <circle
          key={point.samples}
          cx={x(point.samples)}
          cy={y(value(point))}
          r={2.4}
          fill="var(--accent)"
        />
      ))}
      <g fontSize="9" fill="var(--muted)">
        <text x={left - 4} y={top + 5} textAnchor="end">
          {number(most, 2)}
        </text>
        <text x={left - 4} y={top + 15} textAnchor="end">
          {unit}
        </text>
        <text x={left - 4} y={base} textAnchor="end">
          {number(least, 2)}
        </text>
        {points.map(({ samples }) => (
          <text key={samples} x={x(samples)} y={height - 6} textAnchor="middle">
            {samples}
          </text>
        ))}
      </g>
    </svg>
  );
}
