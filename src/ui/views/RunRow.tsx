import { ActionIcon, Tooltip } from '@mantine/core';
import {
  IconDatabase,
  IconDatabaseExclamation,
  IconDatabaseOff,
  IconPin,
  IconPinFilled,
  IconTrash,
} from '@tabler/icons-react';
import type { WholeFigure } from '../../analysis/figures';
import { primaryIndex } from '../../analysis/score';
import { toggleCompared, withPlainTwin } from '../../state/actions/compare';
import { deleteRun, selectRun, togglePin } from '../../state/actions/runs';
import { staleness, type Now, type RunEntry, type Staleness } from '../../state/stores/runs';
import { calibrationText, otherTarget } from '../figures/recipe';
import { scoreNote } from '../figures/score';
import { runCells } from '../figures/whole';
import { milliseconds } from '../../analysis/format';
import { Mark, SampleMarks } from '../parts/Marks';
import { runLabel } from '../runLabel';
import { shortName } from '../names';
import { RunMark } from '../compare/RunMark';
import { usePositions } from '../compare/usePositions';
import { comparePath, navigate } from '../places';
import { outcomeOf } from '../findings/MadeBy';
import { useRuns, useStudio } from '../studio';
import compareStyles from '../compare/compare.module.css';
import styles from '../styles/table.module.css';

/** Letters of a run's name: a recipe may be called anything, and the row's buttons stay in sight. */
const longestName = 72;

interface RunRowProps {
  entry: RunEntry;
  heads: readonly WholeFigure[];
  now: Now;
  selected: boolean;
}

/** A run: what it is called, its figures beside float's, how its ranges were chosen. */
export function RunRow({ entry, heads, now, selected }: RunRowProps) {
  const { run } = entry;
  const stale = staleness(entry, now);
  const studio = useStudio();
  const name = runLabel(entry);
  const outcome = outcomeOf(entry, useRuns().entries);
  return (
    <tr
      data-selected={selected || undefined}
      data-stale={stale.model || stale.data || undefined}
      onClick={() => selectRun(studio, run.id)}
    >
      <td className={styles.first}>
        <button type="button" className={styles.sort} title={name} aria-pressed={selected}>
          <span aria-hidden="true" className={styles.dot} />
          {shortName(name, longestName)}
        </button>{' '}
        <Marks entry={entry} stale={stale} />
        {outcome !== undefined && <span className={styles.outcome}>{outcome}</span>}
      </td>
      {runCells(run, heads, entry.state === 'growing').map((cell) => (
        <td key={cell.id} className={styles.num} title={cellNote(cell.id, entry)}>
          {cell.text}
          {cell.change !== '' && (
            <span className={`${styles.sub} ${cell.marked ? styles.worse : ''}`}>
              {cell.change}
            </span>
          )}
          {cell.fromSamples && (
            <>
              {' '}
              <SampleMarks samples={run.made.samples} />
            </>
          )}
        </td>
      ))}
      <td>{calibrationText(run.made)}</td>
      <td>
        <span className={styles.actions} onClick={(event) => event.stopPropagation()}>
          <CompareBox entry={entry} name={name} />
          <Stored stored={entry.stored} />
          <RowActions entry={entry} name={name} />
        </span>
      </td>
    </tr>
  );
}

/** What a pointer on the cell is told beside the head's definition. */
function cellNote(id: string, { run }: RunEntry): string | undefined {
  const { whole, float, likeness } = run.figures;
  if (id === 'score') {
    const at = primaryIndex(whole.scores);
    const score = whole.scores[at];
    return score && scoreNote(score, run.made.recipe ? likeness[at] : undefined);
  }
  if (id === 'latency' && run.made.recipe && float.ms !== undefined)
    return `In this run float took ${milliseconds(float.ms)}, measured in turn; ${run.made.engine}`;
  return undefined;
}

/** Takes the run into the comparison; a trained or repaired one goes there at once, with what it started from. */
function CompareBox({ entry: { run, state }, name }: { entry: RunEntry; name: string }) {
  const studio = useStudio();
  const position = usePositions().get(run.id);
  const trained = state !== 'growing' && (run.made.recipe?.steps.length ?? 0) > 0;
  const open = async () => {
    const ids = await withPlainTwin(studio, run);
    if (ids) navigate(comparePath(ids));
  };
  return (
    <>
      {trained && (
        <button
          type="button"
          className={compareStyles.offer}
          title="Beside the run that it started from; made now where there is none"
          onClick={() => void open()}
        >
          Compare with PTQ
        </button>
      )}
      <label className={compareStyles.choose}>
        {position !== undefined && <RunMark position={position} />}
        <input
          type="checkbox"
          checked={position !== undefined}
          aria-label={`Compare ${name}`}
          onChange={() => toggleCompared(studio, run.id)}
        />
      </label>
    </>
  );
}

function Stored({ stored }: Pick<RunEntry, 'stored'>) {
  const [StoredIcon, label] =
    stored === true
      ? [IconDatabase, 'Stored: outlives a reload']
      : stored === false
        ? [IconDatabaseOff, 'Not stored yet']
        : [IconDatabaseExclamation, `Not stored: ${stored}`];
  return (
    <Tooltip label={label}>
      <span
        role="img"
        aria-label={label}
        tabIndex={0}
        className={styles.stored}
        data-failed={typeof stored === 'string' || undefined}
      >
        <StoredIcon size={14} />
      </span>
    </Tooltip>
  );
}

function RowActions({ entry, name }: { entry: RunEntry; name: string }) {
  const studio = useStudio();
  const pin = entry.pinned ? `Unpin ${name}` : `Pin ${name} to the charts`;
  return (
    <>
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
    </>
  );
}

function Marks({ entry: { run, state }, stale }: { entry: RunEntry; stale: Staleness }) {
  const target = otherTarget(run.made);
  const { alarms } = run.figures;
  return (
    <>
      {alarms.length > 0 && (
        <Mark
          label={alarms.length === 1 ? 'alarm' : `${alarms.length} alarms`}
          why={alarms.map(({ sentence }) => sentence).join(' ')}
          tone="bad"
        />
      )}
      {target && <Mark neutral label={target} why={`Made for ${target}.`} />}
      {stale.model && (
        <Mark label={run.made.subject.name} why="Made from another model than the open one." />
      )}
      {stale.data && (
        <Mark
          label="stale: data"
          why="Made from other samples, other choices in the data check or another split than the data panel says now."
        />
      )}
      {stale.recipe && (
        <Mark
          neutral
          label="other recipe"
          why="Made with other settings (target, calibration, border or layer overrides) than the recipe panel says now."
        />
      )}
      {state === 'stopped' && (
        <Mark
          neutral
          label="stopped"
          why={`Stopped before everything was measured${run.pending.length > 0 ? `: ${run.pending.join(', ')}` : ''}.`}
        />
      )}
    </>
  );
}
