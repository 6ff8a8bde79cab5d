/** Measured beside predicted; also when it is worse. */
import { gainText, measuredGain, outcomeText } from '../../analysis/repairs';
import type { RunEntry } from '../../state/stores/runs';
import styles from './findings.module.css';
import { onSamples } from './words';

export function Outcome({ entry: { run, state }, from }: { entry: RunEntry; from: RunEntry }) {
  const { repair } = run.made;
  if (!repair) return null;
  const measured = measuredGain(run, from.run);
  if (state === 'growing' && !measured)
    return (
      <span className={styles.outcome}>
        Being measured
        {repair.predicted && ` (predicted ${gainText(repair.predicted)})`}.
      </span>
    );
  const worse = measured !== undefined && measured.value < 0;
  return (
    <span className={styles.outcome}>
      <strong className={worse ? styles.worse : undefined}>{outcomeText(repair, measured)}</strong>
      {worse && ', worse than before'} on {onSamples(run.figures.counts.evaluated)}
      {state === 'growing' && ' so far'}.
    </span>
  );
}
