import { useMemo, useState } from 'react';
import { comparedSamples, type ComparedSample, type Comparison } from '../../analysis/compareRuns';
import type { SamplePreview } from '../../data/samples';
import type { RunEntry } from '../../state/stores/runs';
import { grouped, number } from '../../analysis/format';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import styles from './compare.module.css';
import { Picture } from './Picture';
import { RunMark } from './RunMark';
import { Through } from './Through';
import { useSampleViews } from './useSampleViews';

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
  const shown = useMemo(() => samples.slice(0, listed), [samples]);
  const views = useSampleViews(comparison, entries, shown);
  const [chosen, setChosen] = useState<string>();
  const sample = samples.find(({ key }) => key === chosen) ?? samples[0];
  const disagree = samples.filter((one) => one.disagree).length;
  return (
    <section className={cardStyles.card} aria-label="Same sample">
      <div className={cardStyles.cardHead}>
        <h2>The same sample</h2>
        <span className={`${textStyles.muted} ${textStyles.small}`}>
          {samples.length === 0
            ? 'No sample was answered by the baseline and another of these runs.'
            : `The runs disagree on ${grouped(disagree)} of ${grouped(samples.length)} samples; those come first.`}
        </span>
      </div>
      {sample && (
        <div className={styles.sample}>
          <div className={styles.list} role="group" aria-label="Samples" tabIndex={0}>
            {shown.map((one) => (
              <button
                key={`${one.key} ${one.index}`}
                type="button"
                className={styles.item}
                aria-pressed={one === sample}
                onClick={() => setChosen(one.key)}
              >
                <Item comparison={comparison} sample={one} view={views.get(one.key)} />
              </button>
            ))}
            {samples.length > listed && (
              <p className={styles.hint}>
                {grouped(samples.length - listed)} more, on which the runs{' '}
                {disagree > listed ? 'differ less' : 'agree'}.
              </p>
            )}
          </div>
          <Through
            key={sample.key}
            comparison={comparison}
            entries={entries}
            sample={sample}
            view={views.get(sample.key)}
            answers={<Answers comparison={comparison} sample={sample} />}
          />
        </div>
      )}
    </section>
  );
}

interface ItemProps {
  comparison: Comparison;
  sample: ComparedSample;
  view: SamplePreview | undefined;
}

/** Image where there is one, label, and what each run answers. */
function Item({ comparison, sample, view }: ItemProps) {
  return (
    <>
      {view?.image && <Picture {...view.image} name="" small />}
      <span>
        Sample {sample.index + 1}
        {view?.label !== undefined && `, label ${view.label}`}
        <br />
        <Answers comparison={comparison} sample={sample} />
      </span>
    </>
  );
}

function Answers({ comparison, sample }: { comparison: Comparison; sample: ComparedSample }) {
  return comparison.runs.map(({ id, label }, at) => {
    const answer = sample.answers[at];
    if (!answer) return null;
    const said =
      answer.answer !== undefined
        ? String(answer.answer)
        : answer.error !== undefined
          ? number(answer.error)
          : '';
    return (
      <span key={id} className={styles.answer} data-wrong={answer.correct === false || undefined}>
        <RunMark position={at} size={10} />
        <span className={textStyles.hidden}>{label}: </span> {said}
        {answer.correct !== undefined && (
          <>
            <span aria-hidden="true">{answer.correct ? ' ✓' : ' ✗'}</span>
            <span className={textStyles.hidden}>{answer.correct ? ' right' : ' wrong'}</span>
          </>
        )}{' '}
      </span>
    );
  });
}
