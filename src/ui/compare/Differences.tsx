import { Button } from '@mantine/core';
import {
  differencesOf,
  everyTotal,
  realityOf,
  totalText,
  type Comparison,
} from '../../analysis/compareRuns';
import type { Recipe } from '../../quant/types';
import { separate } from '../../state/actions/compare';
import { useBusy, useModel, useStudio } from '../studio';
import textStyles from '../styles/text.module.css';
import styles from './compare.module.css';
import { RunMark } from './RunMark';

/** What differs in the settings of each run from the baseline's, what that made in all, and whether it is real. */
export function Differences({ comparison }: { comparison: Comparison }) {
  const { runs, baseline } = comparison;
  return (
    <section className={styles.differences} aria-label="What differs">
      {runs.map((run, at) =>
        at === baseline ? null : (
          <article key={run.id} className={styles.difference}>
            <h3>
              <RunMark position={at} /> {run.label}{' '}
              <span className={textStyles.muted}>against</span> <RunMark position={baseline} />{' '}
              {runs[baseline]!.label}
            </h3>
            <Settings comparison={comparison} at={at} />
            <p className={styles.real}>
              <b>Is it real?</b> {realityOf(comparison, at).sentence}
            </p>
          </article>
        ),
      )}
    </section>
  );
}

function Settings({ comparison, at }: { comparison: Comparison; at: number }) {
  const { runs, baseline } = comparison;
  const { settings, alone } = differencesOf(runs, baseline, at);
  const total = totalText(comparison, baseline, at, everyTotal);
  if (settings.length === 0)
    return <p>The same settings. In all: {total || 'nothing measured of both yet'}.</p>;
  if (alone)
    return (
      <p className={styles.total}>
        {settings[0]!.words}: <b>{total || 'not measured yet'}</b>
      </p>
    );
  return (
    <>
      <p className={styles.total}>
        In all: <b>{total || 'not measured yet'}</b>
      </p>
      <ul>
        {settings.map(({ id, words, measured, separating }) => (
          <li key={id}>
            {words}:{' '}
            {measured ? (
              <>
                <b>{totalText(comparison, ...measured)}</b>{' '}
                <span className={textStyles.muted}>
                  (measured between {runs[measured[0]]!.label} and {runs[measured[1]]!.label})
                </span>
              </>
            ) : (
              <>
                <span className={textStyles.muted}>not separated</span>{' '}
                {separating && (
                  <Separate comparison={comparison} recipe={separating} words={words} />
                )}
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

interface SeparateProps {
  comparison: Comparison;
  recipe: Recipe;
  words: string;
}

/** Makes the run that differs from the baseline in this alone; only on the model that is open. */
function Separate({ comparison: { runs, baseline }, recipe, words }: SeparateProps) {
  const studio = useStudio();
  const { model } = useModel();
  const busy = useBusy('long');
  if (model?.key !== runs[baseline]!.runs[0]!.made.subject.key || runs.length >= 6) return null;
  return (
    <Button
      size="compact-xs"
      variant="light"
      disabled={busy}
      aria-label={`Make the run that separates: ${words}`}
      onClick={() => void separate(studio, recipe)}
    >
      Make the run that separates it
    </Button>
  );
}
