import { Button } from '@mantine/core';
import { halvesText, measuredText, togetherText, verdictText } from '../../analysis/doctor/words';
import { needsCalibration } from '../../quant/recipe';
import type { Doctor } from '../../run/doctor';
import type { Run } from '../../run/types';
import { examineCalibration, leaveSamplesOut } from '../../state/actions/diagnosis';
import type { RunEntry } from '../../state/stores/runs';
import { SampleMarks } from '../parts/Marks';
import { useBusy, useDiagnosis, useEntry, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { EnoughSamples } from './EnoughSamples';
import { SuspectRow } from './SuspectRow';
import styles from './diagnosis.module.css';
import { usePictures } from './usePictures';

/** Which calibration samples set the ranges of the run shown, and what it is without them; examined on request. */
export function DoctorCard() {
  const studio = useStudio();
  const entry = useEntry();
  const busy = useBusy('long');
  const { doctors } = useDiagnosis();
  if (!entry?.run.made.recipe) return null;
  const found = doctors[entry.run.id];
  const why = unexaminable(entry.run);
  return (
    <section className={cardStyles.card} aria-label="Calibration doctor">
      <div className={cardStyles.cardHead}>
        <h2>Calibration doctor</h2>
        <SampleMarks samples={entry.run.made.samples} />
        {!found && (
          <span className={`${textStyles.muted} ${textStyles.small}`}>
            {why ?? 'Which calibration samples set the ranges, and what if they were left out'}
          </span>
        )}
        <span className={textStyles.spacer} />
        {why === undefined && !found && (
          <Button
            size="compact-xs"
            variant="default"
            disabled={busy || entry.state === 'growing'}
            onClick={() => void examineCalibration(studio, entry)}
          >
            Examine calibration
          </Button>
        )}
      </div>
      {found && <Found key={entry.run.id} entry={entry} found={found} />}
    </section>
  );
}

/** In a few words; the job says the same in more. */
function unexaminable({ made }: Run): string | undefined {
  if (made.recipe && !needsCalibration(made.recipe))
    return 'The activations of this run stay float: no calibration sample decides anything.';
  if (made.samples.synthetic)
    return 'Synthetic samples are all drawn alike: add real samples to examine calibration.';
  return undefined;
}

function Found({ entry, found }: { entry: RunEntry; found: Doctor }) {
  const studio = useStudio();
  const busy = useBusy('long');
  const pictures = usePictures(entry.run, found);
  const suspicious = found.suspects.filter((one) => one.suspicious);
  const others = found.suspects.filter((one) => !one.suspicious);
  const leaveOut = (suspects: Doctor['suspects']) => () =>
    void leaveSamplesOut(studio, entry, found, suspects);
  const rows = (suspects: Doctor['suspects']) => (
    <ul className={styles.suspects}>
      {suspects.map((suspect) => (
        <SuspectRow
          key={suspect.key}
          found={found}
          suspect={suspect}
          picture={pictures[suspect.index]}
          disabled={busy}
          onLeaveOut={leaveOut([suspect])}
        />
      ))}
    </ul>
  );
  return (
    <div className={styles.body}>
      <p>{verdictText(found)}</p>
      {suspicious.length > 0 && rows(suspicious)}
      {found.together && (
        <div className={styles.actions}>
          <span>{togetherText(found)}</span>
          <Button size="compact-xs" disabled={busy} onClick={leaveOut(suspicious)}>
            Leave out all {found.together.keys.length}
          </Button>
        </div>
      )}
      {others.length > 0 && (
        <details>
          <summary>
            {others.length === 1 ? 'One' : others.length} {suspicious.length > 0 ? 'other ' : ''}
            {others.length === 1 ? 'sample that sets' : 'samples that set'} an end of a range
          </summary>
          {rows(others)}
        </details>
      )}
      <div className={styles.columns}>
        <div>
          <h3>Stability</h3>
          <p>{found.halves ? halvesText(found.halves) : 'One sample has no halves.'}</p>
        </div>
        <EnoughSamples found={found} />
      </div>
      <p className={`${textStyles.muted} ${textStyles.small}`}>
        {[measuredText(found), found.method, ...found.notes].join(' ')} Draws of the curve: seed{' '}
        {found.seed}.
      </p>
    </div>
  );
}
