/** Why layers of the selected run are bad, what they cost, what can be done: worst first. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { makeAgain, repairProblem } from '../../state/actions/repair';
import type { RunEntry } from '../../state/stores/runs';
import { SampleMarks } from '../parts/Marks';
import { pathOf } from '../places';
import { runLabel } from '../runLabel';
import { useBusy, useData, useModel, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { FindingItem } from './FindingItem';
import styles from './findings.module.css';
import { MadeBy } from './MadeBy';
import { silenceOf } from './words';

/** Shown before "Show all"; the short form stands beside the runs and leads to the others. */
const shownFirst = { whole: 3, short: 1 } as const;

export function FindingsCard({ entry, short }: { entry: RunEntry; short?: boolean }) {
  const [all, setAll] = useState(false);
  const { run } = entry;
  const silence = silenceOf(entry);
  const findings = run.figures.findings ?? [];
  const most = all ? findings.length : shownFirst[short ? 'short' : 'whole'];
  const rest = findings.length - most;
  // Before anything is known, the overview says nothing of it.
  if (short && !run.made.recipe) return null;
  return (
    <section className={cardStyles.card} aria-label="Findings">
      <div className={cardStyles.cardHead}>
        <h2>Findings</h2>
        <span className={`${textStyles.muted} ${textStyles.small}`}>{runLabel(entry)}</span>
        <SampleMarks samples={run.made.samples} />
        <span className={textStyles.spacer} />
        {rest > 0 &&
          (short ? (
            <a className={styles.all} href={`#${pathOf('layers')}`}>
              Show all {findings.length} in Layers
            </a>
          ) : (
            <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
              Show all {findings.length}
            </Button>
          ))}
      </div>
      <MadeBy entry={entry} short={short} />
      {silence ? (
        <Silent entry={entry} {...silence} />
      ) : (
        <ol className={styles.list}>
          {findings.slice(0, most).map((finding) => (
            <FindingItem key={finding.id} entry={entry} finding={finding} short={short} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Silent({ entry, sentence, again }: { entry: RunEntry; sentence: string; again?: true }) {
  const studio = useStudio();
  const busy = useBusy('long');
  // Whether it can be made again follows what is open.
  useModel();
  useData();
  const problem = again && repairProblem(studio, entry.run);
  return (
    <div className={styles.silent}>
      <p>{sentence}</p>
      {again && (
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy || problem !== undefined}
          title={problem}
          onClick={() => void makeAgain(studio, entry)}
        >
          Make it again
        </Button>
      )}
      {problem && <p className={textStyles.muted}>{problem}</p>}
    </div>
  );
}
