import type { TrainedEpoch } from '../../run/types';
import { grouped } from '../../analysis/format';
import textStyles from '../styles/text.module.css';
import styles from '../styles/training.module.css';

const figure = (value: number | undefined, digits: number) =>
  value === undefined ? '–' : value.toPrecision(digits);

/** Rows of a long training: the last ones. */
const MOST = 200;

export function EpochTable({ log }: { log: readonly TrainedEpoch[] }) {
  return (
    <>
      {log.length > MOST && (
        <p className={textStyles.small}>
          The last {MOST} of {grouped(log.length - 1)} epochs.
        </p>
      )}
      <table className={styles.table} aria-label="Epochs of the training">
        <thead>
          <tr>
            <th scope="col">Epoch</th>
            <th scope="col">Training loss</th>
            <th scope="col">Selection loss</th>
            <th scope="col">Integer accuracy, %</th>
          </tr>
        </thead>
        <tbody>
          {log.slice(-MOST).map(({ epoch, loss, selectionLoss, selectionAccuracy }) => (
            <tr key={epoch}>
              <th scope="row">{epoch === 0 ? '0 (start)' : epoch}</th>
              <td>{figure(loss, 4)}</td>
              <td>{figure(selectionLoss, 4)}</td>
              <td>{selectionAccuracy === undefined ? '–' : selectionAccuracy.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
