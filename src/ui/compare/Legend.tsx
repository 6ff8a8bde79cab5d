import { comparisonMarks, type Comparison } from '../../analysis/compareRuns';
import type { LayerFigure } from '../../analysis/figures';
import { Mark } from '../parts/Marks';
import textStyles from '../styles/text.module.css';
import styles from './compare.module.css';
import { RunMark } from './RunMark';

/** Each run's shape, colour and name, with what must be said of it before its marks are compared. */
export function Legend({ comparison, figure }: { comparison: Comparison; figure: LayerFigure }) {
  return (
    <div className={styles.legend}>
      {comparison.runs.map(({ id, label }, at) => (
        <span key={id}>
          <RunMark position={at} /> {label}
          {at === comparison.baseline && ' (baseline)'}{' '}
          {comparisonMarks(comparison, at, figure).map((mark) => (
            <Mark key={mark.id} label={mark.label} why={mark.sentence} />
          ))}
        </span>
      ))}
      <span className={textStyles.muted}>{figure.definition}</span>
    </div>
  );
}
