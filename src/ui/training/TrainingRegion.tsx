/** The training under way: how it stands, its curves, and how it is held, kept or ended. */
import { Button } from '@mantine/core';
import { Suspense, useEffect, useRef, useState } from 'react';
import { goOn } from '../../state/actions/train';
import { cancelTraining, discardBrokenOff, hold, stopAndKeep } from '../../state/actions/training';
import type { BrokenOff, LiveTraining } from '../../state/stores/training';
import { number } from '../../analysis/format';
import { Boundary } from '../boundary/Boundary';
import { lazily } from '../parts/lazily';
import { SampleMarks } from '../parts/Marks';
import { useBusy, useData, useModel, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';
import styles from '../styles/training.module.css';
import textStyles from '../styles/text.module.css';
import { EpochTable } from './EpochTable';
import { useTraining } from './useTraining';
import { offered, place, standing } from './words';

const Curves = lazily(() => import('./Curves').then(({ Curves: view }) => ({ default: view })));

/** Share of the window's height from the top in which its head leaves its curves in sight. */
const MOST_DOWN = 0.4;

export function TrainingRegion() {
  const { live, brokenOff } = useTraining();
  if (live)
    return (
      <section className={`${cardStyles.card} ${styles.region}`} aria-label="Training">
        <Live live={live} />
      </section>
    );
  if (brokenOff)
    return (
      <section className={`${cardStyles.card} ${styles.region}`} aria-label="Training">
        <Offer brokenOff={brokenOff} />
      </section>
    );
  return null;
}

function Offer({ brokenOff }: { brokenOff: BrokenOff }) {
  const studio = useStudio();
  const busy = useBusy('main', 'long');
  const { model } = useModel();
  const { modelKey } = brokenOff;
  const here = model?.key === modelKey;
  return (
    <div className={styles.offer}>
      <span>
        {offered(brokenOff)}
        {!here && ' Open its model to go on.'}
      </span>
      <Button size="compact-xs" disabled={busy || !here} onClick={() => void goOn(studio)}>
        Go on
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        disabled={busy || !here}
        title="Makes a run of the checkpoint, without another step"
        onClick={() => void goOn(studio, true)}
      >
        Keep as a run
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => void discardBrokenOff(studio)}>
        Give it up
      </Button>
    </div>
  );
}

function Live({ live }: { live: LiveTraining }) {
  const studio = useStudio();
  const { report } = useData();
  const hidden = useWasHidden();
  const [table, setTable] = useState(false);
  const { status, paused, stopping, name, points, kept } = live;
  const { step, steps, epochs, control } = status;
  const over = step >= steps;
  const head = useInView(!control);
  return (
    <>
      <div className={styles.head} ref={head}>
        <h2 className={styles.title}>Training: {name}</h2>
        <div className={styles.buttons}>
          <Button
            size="xs"
            variant="default"
            disabled={paused || stopping || over}
            onClick={() => hold(studio, true)}
          >
            Pause
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={!paused}
            onClick={() => hold(studio, false)}
          >
            Resume
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={stopping || over}
            title="Ends at the next step; what is trained becomes a run"
            onClick={() => stopAndKeep(studio)}
          >
            Stop and keep
          </Button>
          <Button
            size="xs"
            variant="default"
            title="Ends at once; its last checkpoint stays, and you can go on from it"
            onClick={() => cancelTraining(studio)}
          >
            Cancel
          </Button>
        </div>
      </div>
      <p className={textStyles.small} aria-live="off">
        {standing(live)} {report && <SampleMarks samples={report} />}
      </p>
      <p className={`${textStyles.muted} ${textStyles.small}`}>
        {place(status)}
        {kept !== undefined && ` Checkpoint kept at step ${number(kept, 0)}.`}
        {status.notes.map((note) => ` ${note}`)}
        {hidden &&
          ' This tab was hidden: browsers may slow a hidden tab down; nothing is lost by it.'}
      </p>
      <Boundary card="Curves of the training" as="bare">
        <Suspense fallback={null}>
          <Curves points={points} log={status.log} stepsPerEpoch={steps / epochs} />
        </Suspense>
      </Boundary>
      <details onToggle={(event) => setTable(event.currentTarget.open)}>
        <summary className={textStyles.small}>Epochs as a table</summary>
        {table && <EpochTable log={status.log} />}
      </details>
    </>
  );
}

/** Below the panels of a narrow page nobody would see that it has begun; a control follows on its own. */
function useInView(asked: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!asked || !element) return;
    const { top } = element.getBoundingClientRect();
    if (top >= 0 && top < MOST_DOWN * innerHeight) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    element.scrollIntoView({ block: 'start', behavior: still ? 'auto' : 'smooth' });
  }, [asked]);
  return ref;
}

function useWasHidden(): boolean {
  const [hidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const look = () => setHidden((was) => was || document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return hidden;
}
