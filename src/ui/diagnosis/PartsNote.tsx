import { outcomeText } from '../../analysis/doctor/words';
import type { Outcome } from '../../run/outcome';
import type { Run } from '../../run/types';
import text from '../styles/text.module.css';
import styles from './diagnosis.module.css';

/** Which half of the quantization costs what: weights alone, activations alone, and both, on the same samples. */
export function PartsNote({ run }: { run: Run }) {
  const { parts, counts } = run.figures;
  if (!parts) return null;
  const { weightsOnly, activationsOnly, whole, samples } = parts;
  const said: readonly (readonly [string, Outcome | undefined])[] = [
    ['Weights only', weightsOnly],
    ['Activations only', activationsOnly],
    ['Both', whole],
  ];
  return (
    <p
      className={`${styles.body} ${text.small}`}
      role="note"
      aria-label="Weights or activations alone"
    >
      <span>
        {said.map(([name, outcome]) => (
          <span key={name} className={styles.part}>
            <b>{name}:</b> {outcome ? outcomeText(undefined, outcome) : 'float in this recipe'}
          </span>
        ))}
        <span className={text.muted}>
          on {samples.toLocaleString('en-US')} of {counts.evaluated.toLocaleString('en-US')}{' '}
          evaluation samples
        </span>
      </span>
    </p>
  );
}
