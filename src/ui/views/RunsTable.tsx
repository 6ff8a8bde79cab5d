import { refusal } from '../../state/stores/model';
import { nowOf } from '../../state/stores/runs';
import { Boundary } from '../boundary/Boundary';
import { runsHeads } from '../figures/whole';
import { Head } from '../parts/Head';
import { useData, useModel, useRecipe, useRuns } from '../studio';
import styles from '../styles/table.module.css';
import textStyles from '../styles/text.module.css';
import { RunRow } from './RunRow';

/** One row a run, float among them; the heads say what the figures are. */
export function RunsTable() {
  const { entries, selected } = useRuns();
  const models = useModel();
  const data = useData();
  const settings = useRecipe();
  const now = nowOf(models, data, settings);
  const heads = runsHeads(entries.map(({ run }) => run));
  const { model } = models;
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Runs, scrollable">
      <table className={`${styles.table} ${styles.runs}`} aria-label="Runs">
        <thead>
          <tr>
            <Head id="scheme" label="Scheme" first />
            {heads.map(({ id, head, definition }) => (
              <Head key={id} id={id} label={head} definition={definition} numeric />
            ))}
            <Head
              id="calibration"
              label="Calibration"
              definition="How activation ranges were chosen, and from how many samples."
            />
            <th scope="col">
              <span className={textStyles.hidden}>Compare, stored, pin, delete</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Boundary key={entry.run.id} card="This run" runs={[entry]} as="row">
              <RunRow entry={entry} heads={heads} now={now} selected={entry.run.id === selected} />
            </Boundary>
          ))}
          {entries.length === 0 && (
            <tr>
              <td colSpan={heads.length + 3} className={styles.empty}>
                {model && refusal(model)
                  ? 'No runs: this model cannot be quantized. The model panel says why.'
                  : 'No runs yet. Press Quantize, or Compare all schemes.'}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
