/** Region "Mixed precision": the curve of the selected run, the dial, a budget, and the run that a mixture becomes. */
import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import {
  axes,
  mixText,
  pointText,
  qualities,
  samplesText,
  type DialAxis,
  type Quality,
} from '../../analysis/dial';
import { milliseconds } from '../../analysis/format';
import { primaryOf } from '../../analysis/score';
import { dialProblem, makeMixture, measureDial } from '../../state/actions/dial';
import type { RunEntry } from '../../state/stores/runs';
import type { Dial, DialPoint } from '../../run/dial';
import { shortName } from '../names';
import { SampleMarks } from '../parts/Marks';
import { runLabel } from '../runLabel';
import { useBusy, useEntry, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { BudgetForm } from './BudgetForm';
import styles from './dial.module.css';
import { DialChart } from './DialChart';
import { DialSlider } from './DialSlider';
import { DialTable } from './DialTable';

export default function DialRegion() {
  const entry = useEntry();
  return entry ? <OfRun key={entry.run.id} entry={entry} /> : null;
}

function OfRun({ entry }: { entry: RunEntry }) {
  const studio = useStudio();
  const busy = useBusy('long');
  const [asTable, setAsTable] = useState(false);
  const { run, state } = entry;
  const { dial } = run.figures;
  const problem = dialProblem(entry);
  const measured = dial !== undefined && dial.points.length > 0;
  const disabled = busy || state === 'growing';
  return (
    <section className={cardStyles.card} aria-label="Mixed precision">
      <div className={cardStyles.cardHead}>
        <h2>Mixed precision</h2>
        <span className={`${textStyles.muted} ${textStyles.small}`}>{runLabel(entry)}</span>
        <SampleMarks samples={run.made.samples} />
        <span className={textStyles.spacer} />
        {measured && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'Mixtures as chart' : 'Mixtures as table'}
          </Button>
        )}
        {problem === undefined && (
          <Button
            size="compact-xs"
            variant="default"
            disabled={disabled}
            onClick={() => void measureDial(studio, entry)}
          >
            Measure the curve
          </Button>
        )}
      </div>
      <div className={styles.body}>
        {problem !== undefined ? (
          <p className={textStyles.muted}>{problem}</p>
        ) : (
          <>
            {!measured && (
              <p className={`${textStyles.muted} ${textStyles.small}`}>
                Which layers need more than 8 bit, and which can do with int4 weights? Every layer
                is measured alone, then mixtures as wholes, on samples that are not evaluated.
                {run.made.samples.synthetic &&
                  ' These samples are made up: mixtures say how alike the answers are to float’s, not how right.'}
              </p>
            )}
            <BudgetForm
              score={dial?.float.score ?? primaryOf(run.figures.whole.scores)}
              disabled={disabled}
              find={(budget) => void measureDial(studio, entry, budget)}
            />
            {measured && (
              <Measured entry={entry} dial={dial} asTable={asTable} disabled={disabled} />
            )}
          </>
        )}
      </div>
    </section>
  );
}

interface MeasuredProps {
  readonly entry: RunEntry;
  readonly dial: Dial;
  readonly asTable: boolean;
  readonly disabled: boolean;
}

function Measured({ entry, dial, asTable, disabled }: MeasuredProps) {
  const [axis, setAxis] = useState<DialAxis>('high');
  const likeness = dial.float.score.kind === 'likeness';
  const [quality, setQuality] = useState<Quality>(likeness ? 'sqnr' : 'score');
  const [picked, setPicked] = useState<{ readonly index: number; readonly after: unknown }>();
  const { chosen, points, latency, ended } = dial;
  // A new answer to a budget is shown before what was picked earlier.
  const selected =
    picked && picked.after === chosen?.sentence ? picked.index : (chosen?.point ?? 0);
  const select = (index: number) => setPicked({ index, after: chosen?.sentence });
  const point = points[selected];
  return (
    <>
      {chosen && (
        <p role="status" className={styles.answer}>
          {chosen.sentence}
        </p>
      )}
      <div className={styles.bar}>
        <SegmentedControl
          size="xs"
          className={cardStyles.picker}
          aria-label="Cost of mixed precision"
          data={axes.map(({ id, label }) => ({
            value: id,
            label,
            disabled: id === 'ms' && latency === undefined,
          }))}
          value={axis}
          onChange={(id) => setAxis(id as DialAxis)}
        />
        {!likeness && (
          <SegmentedControl
            size="xs"
            className={cardStyles.picker}
            aria-label="Quality of mixed precision"
            data={qualities.map(({ id, label }) => ({
              value: id,
              label: id === 'score' ? dial.float.score.label : label,
            }))}
            value={quality}
            onChange={(id) => setQuality(id as Quality)}
          />
        )}
        <span className={`${textStyles.muted} ${textStyles.small}`}>
          {points.length} mixtures on {samplesText(dial)}
          {ended === 'stopped' && '; stopped before the whole was measured'}
          {ended === 'spent' && '; ended where its work was spent'}.
        </span>
      </div>
      {asTable ? (
        <DialTable dial={dial} selected={selected} select={select} />
      ) : (
        <DialChart {...{ dial, axis, quality, selected, select }} />
      )}
      {axis === 'ms' && latency !== undefined && (
        <p className={`${textStyles.muted} ${textStyles.small}`}>{latency}</p>
      )}
      <DialSlider dial={dial} selected={selected} select={select} />
      {point && <Chosen entry={entry} dial={dial} point={point} disabled={disabled} />}
    </>
  );
}

interface ChosenProps {
  readonly entry: RunEntry;
  readonly dial: Dial;
  readonly point: DialPoint;
  readonly disabled: boolean;
}

/** The mixture that is picked: its figures, its layers by name, and the run that it becomes. */
function Chosen({ entry, dial, point, disabled }: ChosenProps) {
  const studio = useStudio();
  const { high, low, ms, border, beyondChance } = point;
  const toFloat = dial.float.score.kind === 'likeness';
  return (
    <div className={styles.chosen} role="group" aria-label="Picked mixture">
      <div className={styles.bar}>
        <span className={styles.grow}>
          {pointText(point, dial.float.score)}
          {ms !== undefined && `, about ${milliseconds(ms)}`}
          {!toFloat &&
            (beyondChance
              ? '; worse than float by more than chance'
              : '; what it loses to float could be chance')}
          {border && `; the model’s border becomes ${border}`}.
        </span>
        <Button
          size="xs"
          disabled={disabled}
          onClick={() => void makeMixture(studio, entry, point)}
        >
          Make this run
        </Button>
      </div>
      {high.length + low.length === 0 && <p>{mixText(point)}</p>}
      <Layers title="Above 8 bit" ids={high} />
      <Layers title="int4 weights" ids={low} />
    </div>
  );
}

function Layers({ title, ids }: { title: string; ids: readonly string[] }) {
  const studio = useStudio();
  if (ids.length === 0) return null;
  return (
    <div>
      <span className={`${textStyles.muted} ${textStyles.small}`}>
        {title}: {ids.length} {ids.length === 1 ? 'layer' : 'layers'}
      </span>
      <ul className={styles.names} aria-label={`Layers: ${title}`}>
        {ids.map((id) => (
          <li key={id}>
            <button
              type="button"
              className={styles.name}
              title={id}
              onClick={() => studio.view.setState({ layer: id })}
            >
              {shortName(id)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
