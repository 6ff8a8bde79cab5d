/** One finding: its layers, its reason, its price, and each fix with what it should win and what it won. */
import { Button } from '@mantine/core';
import { costText, gainText } from '../../analysis/repairs';
import { capital } from '../../analysis/format';
import type { Finding, Fix } from '../../run/findings';
import { applyFix, repairProblem, repairsOf } from '../../state/actions/repair';
import { selectRun } from '../../state/actions/runs';
import type { RunEntry } from '../../state/stores/runs';
import { shortName } from '../names';
import { Mark } from '../parts/Marks';
import { navigate, pathOf, usePlace } from '../places';
import { runLabel } from '../runLabel';
import { useBusy, useData, useModel, useRuns, useStudio } from '../studio';
import textStyles from '../styles/text.module.css';
import styles from './findings.module.css';
import { Outcome } from './Outcome';
import { needOf, onSamples, priceText } from './words';

/** More layers than these are counted; all of them are in the reason's list of links on demand. */
const layersShown = 4;

interface FindingItemProps {
  entry: RunEntry;
  finding: Finding;
  short?: boolean | undefined;
}

export function FindingItem({ entry, finding, short }: FindingItemProps) {
  const { title, reason, cost, couldBeChance, fixes } = finding;
  const { entries } = useRuns();
  const done = repairsOf(entries, entry.run, finding);
  const told = fixes.flatMap(({ label, predicted }) =>
    predicted ? [`${label}: ${predicted.how}.`] : [],
  );
  return (
    <li className={styles.finding}>
      <div className={styles.head}>
        <h3>{title}</h3>
        <Layers finding={finding} />
        {couldBeChance && (
          <Mark
            neutral
            label="could be chance"
            why="What was lost is no more than other samples could turn round: evaluate on more samples to be sure."
          />
        )}
      </div>
      <p>{reason}</p>
      {cost && (
        <p className={textStyles.muted}>
          {capital(costText(cost))}, on {onSamples(cost.samples)}.
        </p>
      )}
      {fixes.length > 0 && (
        <ul className={styles.fixes} aria-label={`Fixes: ${title}`}>
          {fixes.map((fix) => (
            <FixLine key={fix.id} {...{ entry, finding, fix }} made={done.get(fix.id)} />
          ))}
        </ul>
      )}
      {!short && told.length > 0 && (
        <details>
          <summary className={textStyles.small}>What the predictions stand on</summary>
          <ul className={styles.changes}>
            {told.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function Layers({ finding: { layers } }: { finding: Finding }) {
  const studio = useStudio();
  const place = usePlace();
  if (layers.length === 0)
    return <span className={textStyles.muted}>the whole model or its data</span>;
  const rest = layers.slice(layersShown);
  const show = (layer: string) => {
    studio.view.setState({ layer });
    if (place.id !== 'layers') navigate(pathOf('layers'));
  };
  return (
    <span className={styles.layers}>
      {layers.slice(0, layersShown).map((layer) => (
        <button
          key={layer}
          type="button"
          className={styles.link}
          title={layer}
          onClick={() => show(layer)}
        >
          {shortName(layer, 40)}
        </button>
      ))}
      {rest.length > 0 && (
        <span className={textStyles.muted} title={rest.join(', ')}>
          and {rest.length} more
        </span>
      )}
    </span>
  );
}

interface FixLineProps {
  entry: RunEntry;
  finding: Finding;
  fix: Fix;
  /** The run that it made. */
  made: RunEntry | undefined;
}

function FixLine({ entry, finding, fix, made }: FixLineProps) {
  const studio = useStudio();
  const busy = useBusy('long');
  // Whether it can be applied follows what is open.
  useModel();
  useData();
  const problem = repairProblem(studio, entry.run);
  const { predicted, label, note } = fix;
  const price = priceText(fix);
  const need = needOf(fix, entry.run.made.samples.synthetic);
  const said = [price, note, need].filter((one) => one !== undefined && one !== '');
  return (
    <li className={styles.fix}>
      <Button
        size="compact-xs"
        variant={made ? 'default' : 'light'}
        classNames={{ root: styles.apply, label: styles.applyLabel }}
        disabled={busy || entry.state === 'growing' || problem !== undefined}
        title={problem}
        onClick={() => void applyFix(studio, entry, finding, fix)}
      >
        {made ? 'Apply again' : 'Apply'}: {label}
      </Button>
      <span className={styles.gain}>
        {predicted ? (
          <span title={predicted.how}>
            <strong>{gainText(predicted)}</strong> predicted
          </span>
        ) : (
          <span className={textStyles.muted}>no prediction: nothing measured allows one</span>
        )}
        {said.length > 0 && <span className={textStyles.muted}>; {said.join('; ')}</span>}
      </span>
      {made && (
        <span className={styles.made}>
          <button
            type="button"
            className={styles.link}
            onClick={() => selectRun(studio, made.run.id)}
          >
            {runLabel(made)}
          </button>
          : <Outcome entry={made} from={entry} />
        </span>
      )}
    </li>
  );
}
