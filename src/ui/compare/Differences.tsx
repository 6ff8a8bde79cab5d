import { Button } from '@mantine/core';
import {
  differencesOf,
  everyTotal,
  mostCompared,
  realityOf,
  totalMarks,
  totalText,
  type Comparison,
  type Separating,
} from '../../analysis/compareRuns';
import { separate, separatingSamples } from '../../state/actions/compare';
import { Mark } from '../parts/Marks';
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
  const total = <Total comparison={comparison} at={at} />;
  if (settings.length === 0) return <p>The same settings. In all: {total}</p>;
  if (alone)
    return (
      <p className={styles.total}>
        {settings[0]!.words}: {total}
      </p>
    );
  return (
    <>
      <p className={styles.total}>In all: {total}</p>
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
                <span className={textStyles.muted}>
                  not separated{separating ? '' : ': no single run would separate it'}
                </span>{' '}
                {separating && (
                  <Separate comparison={comparison} separating={separating} words={words} />
                )}
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The whole difference, with what stands between the two runs' figures. */
function Total({ comparison, at }: { comparison: Comparison; at: number }) {
  const total = totalText(comparison, comparison.baseline, at, everyTotal);
  return (
    <>
      <b>{total || 'nothing measured of both yet'}</b>{' '}
      {totalMarks(comparison, at).map(({ id, label, sentence }) => (
        <Mark key={id} label={label} why={sentence} />
      ))}
    </>
  );
}

interface SeparateProps {
  comparison: Comparison;
  separating: Separating;
  words: string;
}

/** Makes the run that differs from the baseline in this alone, where its model and samples are here. */
function Separate({ comparison, separating, words }: SeparateProps) {
  const studio = useStudio();
  const { model } = useModel();
  const busy = useBusy('long');
  const { runs } = comparison;
  const { subject, samples } = runs[separating.model]!.runs[0]!.made;
  if (runs.length >= mostCompared)
    return <span className={textStyles.muted}>(six runs are compared: take one out first)</span>;
  if (model?.key !== subject.key)
    return <span className={textStyles.muted}>(open {subject.name} to make the run)</span>;
  if (!separatingSamples(studio, comparison, separating))
    return <span className={textStyles.muted}>(its samples, {samples.name}, are not here)</span>;
  return (
    <Button
      size="compact-xs"
      variant="light"
      disabled={busy}
      aria-label={`Make the run that separates: ${words}`}
      onClick={() => void separate(studio, comparison, separating)}
    >
      Make the run that separates it
    </Button>
  );
}
