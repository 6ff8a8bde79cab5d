import { ActionIcon, Tooltip } from '@mantine/core';
import { IconPin, IconPinFilled, IconTrash } from '@tabler/icons-react';
import { deleteRun, selectRun, togglePin } from '../../state/actions/quantize';
import { samplesKey } from '../../state/data';
import { refusal } from '../../state/model';
import { calibrationLabel, quantizesActivations } from '../../state/recipe';
import { staleness, type RunEntry, type Staleness } from '../../state/runs';
import { bytes, energy, milliseconds, none, ratio } from '../format';
import { NoteBadge, SyntheticBadge } from '../parts/Badges';
import { Head } from '../parts/Head';
import { runLabel } from '../runLabel';
import {
  floatText,
  scoreDefinition,
  scoreDifference,
  scoreNote,
  scoreText,
  scoreTitle,
  scoreWorse,
} from '../score';
import { useData, useModel, useRecipe, useRuns, useStudio } from '../studio';
import app from '../styles/app.module.css';
import styles from '../styles/table.module.css';

export function RunsTable() {
  const { entries, selected } = useRuns();
  const { key: modelKey, model } = useModel();
  const data = useData();
  const settings = useRecipe();
  const now = { modelKey, samplesKey: samplesKey(data), settings };
  const current = entries.filter((entry) => {
    const stale = staleness(entry, now);
    return !stale.model && !stale.data;
  });
  // Float and quantized are timed in turn: a ratio is of one run's own pair, and the float row shows
  // the pair of the selected run.
  const shown = current.find(({ run }) => run.id === selected && run.msFloat !== undefined);
  const msFloat = shown?.run.msFloat ?? median(current.flatMap(({ run }) => run.msFloat ?? []));
  const kinds = [...new Set(entries.map(({ run }) => run.score.kind))];
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Runs, scrollable">
      <table className={`${styles.table} ${styles.runs}`} aria-label="Runs">
        <thead>
          <tr>
            <Head id="scheme" label="Scheme" first />
            <Head
              id="score"
              label={kinds.length === 1 ? scoreTitle(kinds[0]!) : 'Score'}
              definition={scoreDefinition(kinds)}
              numeric
            />
            <Head
              id="size"
              label="File size"
              definition="Bytes of the .tflite that Export writes (1 kB = 1,000 bytes); ÷ is how many times smaller than the float .tflite."
              numeric
            />
            <Head
              id="latency"
              label="Latency"
              definition="Median time of one inference in this browser, on this machine, float and quantized in turn in the same engine; ÷ is how many times faster."
              numeric
            />
            <Head
              id="energy"
              label="Energy"
              definition="Per inference, by a model of 45 nm silicon (Horowitz 2014): not a measurement."
              numeric
            />
            <Head
              id="calibration"
              label="Calibration"
              definition="How activation ranges were chosen, and from how many samples."
            />
            <th scope="col">
              <span className={app.hidden}>Pin, delete</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {current.length > 0 && <FloatRow entries={current} msFloat={msFloat} />}
          {entries.map((entry) => (
            <Row
              key={entry.run.id}
              entry={entry}
              stale={staleness(entry, now)}
              selected={entry.run.id === selected}
            />
          ))}
          {entries.length === 0 && (
            <tr>
              <td colSpan={7} className={styles.empty}>
                {model && refusal(model)
                  ? 'No runs: this model cannot be quantized. The model panel says why.'
                  : 'No runs yet. Press Quantize, or Compare all schemes.'}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

/** The float model as the runs on the open model and data measured it; the latency is the selected run's. */
interface FloatRowProps {
  entries: readonly RunEntry[];
  msFloat?: number;
}

function FloatRow({ entries, msFloat }: FloatRowProps) {
  // A growing or stopped run may have scored its first samples only.
  const { run } =
    entries.findLast((entry) => !entry.run.pending.includes('score')) ?? entries.at(-1)!;
  return (
    <tr>
      <td className={styles.first}>float32</td>
      <td className={styles.num}>
        {floatText(run.floatScore)} {run.samples.synthetic && <SyntheticBadge />}
      </td>
      <td className={styles.num}>{bytes(run.floatFileBytes)}</td>
      <td className={styles.num}>{msFloat === undefined ? none : milliseconds(msFloat)}</td>
      <td className={styles.num}>{energy(run.energyFloat)}</td>
      <td>{none}</td>
      <td className={styles.num}>{none}</td>
      <td />
    </tr>
  );
}

interface RowProps {
  entry: RunEntry;
  stale: Staleness;
  selected: boolean;
  /** What the float row says. */
}

function Row({ entry, stale, selected }: RowProps) {
  const { run } = entry;
  const studio = useStudio();
  const name = runLabel(entry);
  const waiting = entry.state === 'growing' ? '…' : none;
  return (
    <tr
      data-selected={selected || undefined}
      data-stale={stale.model || stale.data || undefined}
      onClick={() => selectRun(studio, run.id)}
    >
      <td className={styles.first}>
        <button type="button" className={styles.sort} aria-pressed={selected}>
          <span aria-hidden="true">{selected ? '●' : '○'}</span> {name}
        </button>{' '}
        <Marks entry={entry} stale={stale} />
      </td>
      <td className={styles.num} title={scoreNote(run)}>
        {scoreText(run.score)}
        <span className={`${styles.sub} ${scoreWorse(run) ? styles.worse : ''}`}>
          {scoreDifference(run)}
        </span>{' '}
        {run.samples.synthetic && <SyntheticBadge />}
      </td>
      <td className={styles.num}>
        {bytes(run.fileBytes)}
        <span className={styles.sub}>{ratio(run.floatFileBytes, run.fileBytes)}</span>
      </td>
      <td className={styles.num}>
        {run.msQuantized === undefined ? waiting : milliseconds(run.msQuantized)}
        {run.msFloat !== undefined && run.msQuantized !== undefined && (
          <span
            className={styles.sub}
            title={`In this run float took ${milliseconds(run.msFloat)}, measured in turn; ${run.engine}`}
          >
            {ratio(run.msFloat, run.msQuantized)}
          </span>
        )}
      </td>
      <td className={styles.num}>
        {energy(run.energyQuantized)}
        <span className={styles.sub}>{ratio(run.energyFloat, run.energyQuantized)}</span>
      </td>
      <td>
        {quantizesActivations(entry.settings.scheme)
          ? `${calibrationLabel(run.recipe.calibration)}, ${run.samples.calibration} samples`
          : 'not needed'}
      </td>
      <td>
        <RowActions entry={entry} name={name} />
      </td>
    </tr>
  );
}

function RowActions({ entry, name }: { entry: RunEntry; name: string }) {
  const studio = useStudio();
  const pin = entry.pinned ? `Unpin ${name}` : `Pin ${name} to the charts`;
  return (
    <span className={styles.actions} onClick={(event) => event.stopPropagation()}>
      <Tooltip label={pin}>
        <ActionIcon
          size="sm"
          variant="subtle"
          aria-label={pin}
          aria-pressed={entry.pinned}
          onClick={() => togglePin(studio, entry.run.id)}
        >
          {entry.pinned ? <IconPinFilled size={14} /> : <IconPin size={14} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`Delete ${name}`}>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={`Delete ${name}`}
          disabled={entry.state === 'growing'}
          onClick={() => deleteRun(studio, entry.run.id)}
        >
          <IconTrash size={14} />
        </ActionIcon>
      </Tooltip>
    </span>
  );
}

function Marks({ entry, stale }: { entry: RunEntry; stale: Staleness }) {
  return (
    <>
      {stale.model && (
        <NoteBadge label={entry.run.modelName} why="Made from another model than the open one." />
      )}
      {stale.data && (
        <NoteBadge
          label="stale: data"
          why="Made from other samples, another preprocessing or another split than the data panel says now."
        />
      )}
      {stale.recipe && (
        <NoteBadge
          neutral
          label="other recipe"
          why="Made with other settings (calibration, border, seed or layer overrides) than the recipe panel says now."
        />
      )}
      {entry.state === 'stopped' && (
        <NoteBadge
          neutral
          label="stopped"
          why={`Stopped before everything was measured${entry.run.pending.length > 0 ? `: ${entry.run.pending.join(', ')}` : ''}.`}
        />
      )}
    </>
  );
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
