import { useEntry } from '../studio';
import styles from '../styles/app.module.css';
import { ChanceHint } from './ChanceHint';
import { EvaluateBar } from './EvaluateBar';
import { ExportBar } from './ExportBar';
import { RunsTable } from './RunsTable';
import { StaleBar } from './StaleBar';

export function RunsCard() {
  const entry = useEntry();
  return (
    <section className={styles.card} aria-label="Overview of runs">
      <div className={styles.cardHead}>
        <h2>Runs</h2>
        <span className={`${styles.muted} ${styles.small}`}>
          {entry
            ? 'Select a run to see its layers; pin others to compare them in the charts.'
            : 'Each recipe that you quantize with makes a row here.'}
        </span>
      </div>
      {entry && <StaleBar entry={entry} />}
      {entry && <ChanceHint entry={entry} />}
      <EvaluateBar />
      <RunsTable />
      {entry && <ExportBar key={entry.run.id} entry={entry} />}
    </section>
  );
}
