import { valueText } from '../../analysis/compareRuns';
import type { LayerChart } from '../../report/charts/layers';
import textStyles from '../styles/text.module.css';
import styles from './compare.module.css';
import { RunMark } from './RunMark';

/** The selected layer in words: its whole name and each run's number, for whoever has no pointer to hover with. */
export function Readout({ chart, layer }: { chart: LayerChart; layer: string | undefined }) {
  const row = chart.rows.find(({ id }) => id === layer);
  return (
    <p className={styles.readout} role="status" aria-label="Selected layer in the runs">
      {row ? (
        <>
          <b>
            {row.index + 1}. {row.name}
          </b>{' '}
          {row.marks.map(({ run, value }) => (
            <span key={run} className={styles.answer}>
              <RunMark position={run} size={10} />
              <span className={textStyles.hidden}>{chart.runs[run]}: </span>{' '}
              {valueText(chart.figure, value)}
            </span>
          ))}
          {row.absent.length > 0 && <span>not in {row.absent.join(', ')}</span>}
        </>
      ) : (
        <span className={textStyles.muted}>
          Select a layer, with ↑ and ↓ too: its numbers, weights and activations follow.
        </span>
      )}
    </p>
  );
}
