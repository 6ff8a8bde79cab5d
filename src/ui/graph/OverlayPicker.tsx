import { figuresOf } from '../../analysis/figures';
import { useEntry, useStudio, useView } from '../studio';
import { isDifference, useDifference } from './useDifference';
import styles from '../styles/graph.module.css';

/** Which figure colours the graph, and what the colours mean. */
export function OverlayPicker() {
  const studio = useStudio();
  const { overlay } = useView();
  const entry = useEntry();
  const difference = useDifference();
  return (
    <span className={styles.legend}>
      <label>
        Colour:{' '}
        <select
          value={overlay}
          onChange={(event) => studio.view.setState({ overlay: event.currentTarget.value })}
        >
          {figuresOf(entry?.run)
            .filter((figure) => figure.overlay)
            .map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          {difference?.choices.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {isDifference(overlay) && difference && <span>{difference.label}</span>}
      {isDifference(overlay) ? 'no worse' : 'fine'}
      <span className={styles.ramp} aria-hidden="true" />
      {isDifference(overlay) ? 'worst' : 'bad'}
    </span>
  );
}
