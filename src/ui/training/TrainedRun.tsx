/** Beside a run that was trained: how, which epoch was taken and why, and how true the simulation was. */
import { useState } from 'react';
import type { Run } from '../../run/types';
import textStyles from '../styles/text.module.css';
import { SampleMarks } from '../parts/Marks';
import styles from '../styles/training.module.css';
import { Curves } from './Curves';
import { EpochTable } from './EpochTable';
import { trainedSentences } from './words';

export function TrainedRun({ run, name }: { run: Run; name: string }) {
  const [open, setOpen] = useState(false);
  const { log } = run.made;
  if (!log) return null;
  const last = log.steps.at(-1);
  return (
    <section aria-label={`How ${name} came about`} className={styles.trained}>
      <ul className={`${styles.sentences} ${textStyles.small}`}>
        {trainedSentences(run).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <div>
        <SampleMarks samples={run.made.samples} />
      </div>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={textStyles.small}>Curves and epochs of this training</summary>
        {open && (
          <>
            <Curves
              points={log.steps}
              log={log.epochs}
              stepsPerEpoch={last ? Math.max(1, last.step / last.epoch) : 1}
            />
            <EpochTable log={log.epochs} />
          </>
        )}
      </details>
    </section>
  );
}
