import { shapeOf, shapePath } from '../../report/charts/marks';
import styles from './compare.module.css';

/** Colour of a run by its place in the comparison, as in every chart. */
export const runColour = (position: number): string => `var(--run-${(position % 6) + 1})`;

/** The shape and colour of a run, before its name. */
export function RunMark({ position, size = 12 }: { position: number; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" className={styles.mark}>
      <path d={shapePath(shapeOf(position), 6, 6, 4.4)} fill={runColour(position)} />
    </svg>
  );
}
