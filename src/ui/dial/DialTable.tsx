import { endName, mixText } from '../../analysis/dial';
import { milliseconds, none, number } from '../../analysis/format';
import type { Dial } from '../../run/dial';
import tableStyles from '../styles/table.module.css';
import styles from './dial.module.css';

interface Props {
  readonly dial: Dial;
  readonly selected: number | undefined;
  readonly select: (index: number) => void;
}

/** The numbers behind the chart, in the order that they were measured in. */
export function DialTable({ dial, selected, select }: Props) {
  const { score, bytes, ms } = dial.float;
  const timed = dial.points.some((point) => point.ms !== undefined);
  const unit = score.unit && `, ${score.unit}`;
  const cells = (value: number, sqnr: number, size: number, share: number, time?: number) => (
    <>
      <td className={tableStyles.num}>{number(value, 4)}</td>
      <td className={tableStyles.num}>{number(sqnr)}</td>
      <td className={tableStyles.num}>{size.toLocaleString('en-US')}</td>
      <td className={tableStyles.num}>{number(100 * share)}</td>
      {timed && (
        <td className={tableStyles.num}>{time === undefined ? none : milliseconds(time)}</td>
      )}
    </>
  );
  return (
    <div
      className={`${tableStyles.scroll} ${styles.tall}`}
      tabIndex={0}
      role="group"
      aria-label="Mixtures, scrollable"
    >
      <table className={tableStyles.table} aria-label="Mixtures of precisions">
        <thead>
          <tr>
            <th scope="col">Mixture</th>
            <th scope="col" className={tableStyles.num}>
              {score.label + unit}
            </th>
            <th scope="col" className={tableStyles.num}>
              Output SQNR, dB
            </th>
            <th scope="col" className={tableStyles.num}>
              Bytes
            </th>
            <th scope="col" className={tableStyles.num}>
              MACs above 8 bit, %
            </th>
            {timed && (
              <th scope="col" className={tableStyles.num}>
                Latency, estimated
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>float</td>
            {cells(score.value, Infinity, bytes, 1, ms)}
          </tr>
          {dial.points.map((point, index) => (
            <tr key={index} data-selected={index === selected || undefined}>
              <td style={{ whiteSpace: 'normal', minWidth: 180 }}>
                <button
                  type="button"
                  className={tableStyles.sort}
                  aria-pressed={index === selected}
                  onClick={() => select(index)}
                >
                  {endName(point) ?? mixText(point)}
                </button>
              </td>
              {cells(point.score.value, point.sqnr, point.bytes, point.highShare, point.ms)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
