/** Of a run that a fix made: which, of what, what was predicted and what came of it; and what its steps changed. */
import { measuredGain, outcomeText } from '../../analysis/repairs';
import { selectRun } from '../../state/actions/runs';
import type { RunEntry } from '../../state/stores/runs';
import { runLabel } from '../runLabel';
import { useRuns, useStudio } from '../studio';
import textStyles from '../styles/text.module.css';
import styles from './findings.module.css';
import { Outcome } from './Outcome';

export function MadeBy({ entry, short }: { entry: RunEntry; short?: boolean | undefined }) {
  const studio = useStudio();
  const { entries } = useRuns();
  const { repair, repaired = [] } = entry.run.made;
  const from = entries.find(({ run }) => run.id === repair?.from);
  const sentences = repaired.flatMap((one) => one.sentences);
  if (!repair && (short || sentences.length === 0)) return null;
  return (
    <div className={styles.madeBy}>
      {repair && (
        <p>
          Made by the fix “{repair.label}”{' '}
          {from ? (
            <>
              from{' '}
              <button
                type="button"
                className={styles.link}
                onClick={() => selectRun(studio, from.run.id)}
              >
                {runLabel(from)}
              </button>
              . <Outcome entry={entry} from={from} />
            </>
          ) : (
            <>from a run that is not here any more. {outcomeText(repair, undefined)}.</>
          )}
        </p>
      )}
      {!short && sentences.length > 0 && (
        <details>
          <summary className={textStyles.small}>What the steps changed</summary>
          <ul className={styles.changes}>
            {sentences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** For tables of runs; undefined where no fix made the run. */
export function outcomeOf(entry: RunEntry, entries: readonly RunEntry[]): string | undefined {
  const { repair } = entry.run.made;
  if (!repair) return undefined;
  const from = entries.find(({ run }) => run.id === repair.from);
  if (entry.state === 'growing' && entry.run.figures.whole.scores.length === 0) return undefined;
  return outcomeText(repair, from && measuredGain(entry.run, from.run));
}
