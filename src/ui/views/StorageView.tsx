import { Button, Checkbox, FileButton, Popover } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { useState } from 'react';
import { openSessionFile, samplesBytes, saveSessionFile } from '../../state/actions/session';
import { askPersistent, measureUse } from '../../state/actions/storage';
import { bringBack, deleteLeftOut, deleteRuns } from '../../state/actions/runs';
import type { RunEntry } from '../../state/stores/runs';
import type { StorageState } from '../../state/stores/storage';
import { bytes } from '../../analysis/format';
import { labelOf } from '../boundary/suspect';
import { useRuns, useStorage, useStudio } from '../studio';
import styles from '../styles/storage.module.css';
import textStyles from '../styles/text.module.css';

/** What this browser keeps of the session, how full it is, and what can go. */
export function StorageView() {
  const studio = useStudio();
  const storage = useStorage();
  return (
    <Popover
      width={320}
      position="bottom-end"
      withArrow
      trapFocus
      onOpen={() => void measureUse(studio)}
    >
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconDatabase size={14} />}
          color={storage.status === 'closed' ? 'red' : undefined}
        >
          Storage
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Storage">
        <div className={styles.storage}>
          <p>{statusText(storage)}</p>
          <Use storage={storage} />
          {storage.status === 'open' && storage.persistent === false && (
            <Button size="compact-xs" variant="default" onClick={() => void askPersistent(studio)}>
              Ask the browser to keep it
            </Button>
          )}
          <OldRuns />
          <Session />
          <LeftOut />
          <Aside storage={storage} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function statusText({ status, reason, persistent }: StorageState): string {
  if (status === 'opening') return 'The stored session is being opened.';
  if (status === 'closed')
    return `Runs will not outlive a reload. ${reason ?? 'This browser does not let the page store anything.'}`;
  return persistent
    ? 'Finished runs outlive a reload; the browser has promised to keep them.'
    : 'Finished runs outlive a reload, unless the browser runs short of space.';
}

function Use({ storage: { used, quota } }: { storage: StorageState }) {
  if (used === undefined) return null;
  const text = quota === undefined ? bytes(used) : `${bytes(used)} of ${bytes(quota)}`;
  return (
    <div>
      <div className={styles.line}>
        <span>In use</span>
        <span>{text}</span>
      </div>
      {quota !== undefined && quota > 0 && (
        <meter
          className={styles.meter}
          min={0}
          max={quota}
          value={used}
          aria-label={`Storage in use: ${text}`}
        />
      )}
    </div>
  );
}

/** Neither shown nor pinned: what can go first. */
const isOld = ({ pinned, state, run }: RunEntry, selected: string | undefined) =>
  !pinned && state !== 'growing' && run.id !== selected;

function OldRuns() {
  const studio = useStudio();
  const { entries, selected } = useRuns();
  const stored = entries.filter((entry) => entry.stored === true).length;
  const failed = entries.filter((entry) => typeof entry.stored === 'string');
  const old = entries.filter((entry) => isOld(entry, selected));
  return (
    <div>
      <div className={styles.line}>
        <span>Runs stored</span>
        <span>
          {stored} of {entries.length}
        </span>
      </div>
      {failed.map(({ run, stored: reason }) => (
        <p key={run.id} className={textStyles.small}>
          {String(reason)}
        </p>
      ))}
      <Button
        size="compact-xs"
        variant="default"
        disabled={old.length === 0}
        title="All but the selected and the pinned runs"
        onClick={() =>
          deleteRuns(
            studio,
            old.map(({ run }) => run.id),
          )
        }
      >
        Delete {old.length} other {old.length === 1 ? 'run' : 'runs'}
      </Button>
    </div>
  );
}

/** The session as one file, for another machine or for later. */
function Session() {
  const studio = useStudio();
  const { entries } = useRuns();
  const [samples, setSamples] = useState(false);
  const size = samplesBytes(studio);
  return (
    <div className={styles.storage}>
      <p>The runs, models and settings of this page as one file, to be opened on any machine.</p>
      <Checkbox
        size="xs"
        label={`With the samples${size > 0 ? ` (${bytes(size)})` : ''}`}
        checked={samples && size > 0}
        disabled={size === 0}
        onChange={(event) => setSamples(event.currentTarget.checked)}
      />
      <div className={styles.line}>
        <Button
          size="compact-xs"
          variant="default"
          disabled={entries.every(({ state }) => state === 'growing')}
          onClick={() => void saveSessionFile(studio, samples && size > 0)}
        >
          Save session
        </Button>
        <FileButton
          accept=".zip"
          onChange={(file) => {
            if (file) void openSessionFile(studio, file);
          }}
        >
          {(props) => (
            <Button {...props} size="compact-xs" variant="default">
              Open session
            </Button>
          )}
        </FileButton>
      </div>
    </div>
  );
}

/** Runs that could not be drawn and were taken from the page. */
function LeftOut() {
  const studio = useStudio();
  const { leftOut = [] } = useRuns();
  if (leftOut.length === 0) return null;
  const one = leftOut.length === 1;
  return (
    <div>
      <p>
        {one ? 'One run is' : `${leftOut.length} runs are`} left out of the page and still stored:{' '}
        {leftOut.map(labelOf).join('; ')}.
      </p>
      <div className={styles.line}>
        <Button size="compact-xs" variant="default" onClick={() => bringBack(studio)}>
          Show {one ? 'it' : 'them'} again
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => deleteLeftOut(studio)}>
          Delete {one ? 'it' : 'them'}
        </Button>
      </div>
    </div>
  );
}

function Aside({ storage: { aside } }: { storage: StorageState }) {
  if (aside.length === 0) return null;
  return (
    <div>
      <p>
        {aside.length === 1 ? 'One stored thing' : `${aside.length} stored things`} could not be
        read and {aside.length === 1 ? 'was' : 'were'} set aside, not deleted:
      </p>
      <ul className={styles.aside}>
        {aside.map(({ name, reason }) => (
          <li key={name}>
            <b>{name}</b>: {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}
