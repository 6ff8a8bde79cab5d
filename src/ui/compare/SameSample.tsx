import { Loader } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { comparedSamples, type ComparedSample, type Comparison } from '../../analysis/compareRuns';
import type { SamplePreview } from '../../data/samples';
import type { SampleActivations } from '../../jobs/types';
import { activationsOf } from '../../state/actions/compare';
import { preview } from '../../state/actions/preview';
import type { RunEntry } from '../../state/stores/runs';
import { grouped, number } from '../../analysis/format';
import { shortName } from '../names';
import { useStudio, useView } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { Activations } from './Activations';
import styles from './compare.module.css';
import { Outputs } from './Outputs';
import { Picture } from './Picture';
import { RunMark } from './RunMark';

/** Samples listed: those of interest come first. */
const listed = 60;

/** The same sample through every compared run: answers, outputs, and the selected layer's activation. */
export function SameSample({
  comparison,
  entries,
}: {
  comparison: Comparison;
  entries: readonly RunEntry[];
}) {
  const samples = useMemo(() => comparedSamples(comparison), [comparison]);
  const [chosen, setChosen] = useState<string>();
  const sample = samples.find(({ key }) => key === chosen) ?? samples[0];
  const disagree = samples.filter((one) => one.disagree).length;
  return (
    <section className={cardStyles.card} aria-label="Same sample">
      <div className={cardStyles.cardHead}>
        <h2>The same sample</h2>
        <span className={`${textStyles.muted} ${textStyles.small}`}>
          {samples.length === 0
            ? 'No sample was answered by two of these runs.'
            : `The runs disagree on ${grouped(disagree)} of ${grouped(samples.length)} samples; those come first.`}
        </span>
      </div>
      {sample && (
        <div className={styles.sample}>
          <div className={styles.list} role="group" aria-label="Samples" tabIndex={0}>
            {samples.slice(0, listed).map((one) => (
              <button
                key={`${one.key} ${one.index}`}
                type="button"
                className={styles.item}
                aria-pressed={one === sample}
                onClick={() => setChosen(one.key)}
              >
                Sample {one.index + 1} <Answers comparison={comparison} sample={one} />
              </button>
            ))}
          </div>
          <Through key={sample.key} comparison={comparison} entries={entries} sample={sample} />
        </div>
      )}
    </section>
  );
}

function Answers({ comparison, sample }: { comparison: Comparison; sample: ComparedSample }) {
  return comparison.runs.map(({ id }, at) => {
    const answer = sample.answers[at];
    if (!answer) return null;
    const said =
      answer.answer !== undefined
        ? String(answer.answer)
        : answer.error !== undefined
          ? number(answer.error)
          : '';
    const judged = answer.correct === undefined ? '' : answer.correct ? ' ✓' : ' ✗';
    return (
      <span key={id}>
        {' '}
        <RunMark position={at} size={10} /> {said}
        {judged}
      </span>
    );
  });
}

interface ThroughProps {
  comparison: Comparison;
  entries: readonly RunEntry[];
  sample: ComparedSample;
}

function Through({ comparison, entries, sample }: ThroughProps) {
  const studio = useStudio();
  const { layer } = useView();
  const [seen, setSeen] = useState<SamplePreview>();
  const [results, setResults] = useState<readonly (SampleActivations | undefined)[]>();
  const found = comparison.layers.find(({ id }) => id === layer);
  const ids = comparison.runs.map(({ id }) => id).join(',');
  useEffect(() => {
    let current = true;
    void preview(studio, [sample.index]).then((previews) => {
      if (current) setSeen(previews?.[0]);
    });
    return () => {
      current = false;
    };
  }, [studio, sample.index]);
  useEffect(() => {
    let current = true;
    const jobs = comparison.runs.map(({ id }, at) => {
      const entry = entries.find(({ run }) => run.id === id);
      if (!entry || !sample.answers[at]) return Promise.resolve(undefined);
      return activationsOf(studio, entry.run, sample.index, found?.rows[at]?.[0]?.id);
    });
    void Promise.all(jobs).then((all) => {
      if (current) setResults(all);
    });
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the runs by their ids: figures that grow change no activation
  }, [studio, ids, sample.index, found?.id]);
  return (
    <div>
      <div className={styles.pictures}>
        {seen?.image && (
          <figure>
            <h3>
              {seen.name}
              {seen.label !== undefined && `, label ${seen.label}`}
            </h3>
            <Picture
              {...seen.image}
              name={`Sample ${sample.index + 1}, ${seen.label ?? seen.name}`}
            />
          </figure>
        )}
        <p>
          <Answers comparison={comparison} sample={sample} />
        </p>
      </div>
      {results ? (
        <>
          <Outputs comparison={comparison} results={results} />
          {found ? (
            <Activations
              comparison={comparison}
              results={results}
              name={shortName(found.layer, 60)}
            />
          ) : (
            <p className={textStyles.muted}>Select a layer to see what it makes of this sample.</p>
          )}
        </>
      ) : (
        <Loader size="xs" aria-label="Running the sample" />
      )}
    </div>
  );
}
