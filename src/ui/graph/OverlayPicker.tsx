import { figuresOf } from '../../analysis/figures';
import { useEntry, useStudio, useView } from '../studio';
import styles from '../styles/graph.module.css';

/** Which figure colours the graph, and what the colours mean. */
export function OverlayPicker() {
  const studio = useStudio();
  const { overlay } = useView();
  const entry = useEntry();
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
        </select>
      </label>
      fine
      <span className={styles.ramp} aria-hidden="true" />
      bad
    </span>
  );
}
