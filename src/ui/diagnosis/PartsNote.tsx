import { wholeFiguresOf } from '../../analysis/figures';
import { figureText } from '../../analysis/figures/text';
import type { Run } from '../../run/types';
import text from '../styles/text.module.css';
import styles from './diagnosis.module.css';

/** Which half of the quantization costs what: weights alone, activations alone, and both, on the same samples. */
export function PartsNote({ run }: { run: Run }) {
  const { parts } = run.figures;
  if (!parts) return null;
  const figures = wholeFiguresOf(run).filter(({ id }) =>
    /^(weightsOnly|activationsOnly|whole):/.test(id),
  );
  return (
    <p
      className={`${styles.body} ${text.small}`}
      role="note"
      aria-label="Weights or activations alone"
    >
      <span>
        {figures.map((figure, at) => {
          const value = figure.value(run);
          return (
            <span key={figure.id} title={figure.definition}>
              {at > 0 && ' · '}
              {figure.label} <b>{value === undefined ? '–' : figureText(figure, value)}</b>
            </span>
          );
        })}{' '}
        <span className={text.muted}>
          ({parts.samples.toLocaleString('en-US')} of{' '}
          {run.figures.counts.evaluated.toLocaleString('en-US')} evaluation samples)
        </span>
      </span>
    </p>
  );
}
