import { selectRun } from '../../state/actions/runs';
import { runLabel } from '../runLabel';
import { useRuns, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';
import tableStyles from '../styles/table.module.css';

/** Which run the layers are of: the same selection as in the table of runs. */
export function RunPicker() {
  const studio = useStudio();
  const { entries, selected } = useRuns();
  if (entries.length === 0) return null;
  return (
    <section className={cardStyles.card} aria-label="Run of the layers">
      <div className={cardStyles.cardHead}>
        <h2>Run</h2>
        <select
          className={tableStyles.select}
          style={{ width: 'auto', maxWidth: '100%' }}
          aria-label="Run shown"
          value={selected ?? ''}
          onChange={(event) => selectRun(studio, event.currentTarget.value)}
        >
          {selected === undefined && <option value="">none</option>}
          {entries.map((entry) => (
            <option key={entry.run.id} value={entry.run.id}>
              {runLabel(entry)}, {entry.run.made.subject.name}
            </option>
          ))}
        </select>
      </div>
    </section>
  );
}
