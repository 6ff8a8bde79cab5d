import type { TrainedEpoch } from '../../run/types';
import styles from '../styles/training.module.css';

const figure = (value: number | undefined, digits: number) =>
  value === undefined ? '–' : value.toPrecision(digits);

export function EpochTable({ log }: { log: readonly TrainedEpoch[] }) {
  return (
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
        {log.map(({ epoch, loss, selectionLoss, selectionAccuracy }) => (
          <tr key={epoch}>
            <th scope="row">{epoch === 0 ? '0 (start)' : epoch}</th>
            <td>{figure(loss, 4)}</td>
            <td>{figure(selectionLoss, 4)}</td>
            <td>{selectionAccuracy === undefined ? '–' : selectionAccuracy.toFixed(2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
