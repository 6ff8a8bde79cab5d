/**
 * The last resort: the page's frame itself could not be drawn. Stands outside of every provider, in plain
 * elements, and leaves each way open: again, without what is stored, with it in a file, without it for good.
 */
import { useState, type ReactNode } from 'react';
import { saveSession } from '../../state/session/save';
import { clearStored } from '../../state/storage/clear';
import { save } from '../../state/actions/leave';
import type { Studio } from '../../state/studio';
import styles from './boundary.module.css';
import { Catch } from './Catch';
import { detailOf } from './suspect';

/** In the address: the stored session is not opened. */
export const withoutSession = 'without-session';

export function PageBoundary({ studio, children }: { studio: Studio; children: ReactNode }) {
  return (
    <Catch of="page" fallback={(error, again) => <Page {...{ studio, error, again }} />}>
      {children}
    </Catch>
  );
}

function Page({ studio, error, again }: { studio: Studio; error: unknown; again: () => void }) {
  const [said, say] = useState('');
  const [sure, setSure] = useState(false);
  const saved = async () => {
    const lost: string[] = [];
    try {
      const file = await saveSession(studio, { samples: false, lost: (one) => lost.push(one) });
      save(file, 'application/zip', 'intact.session.zip');
      say(['Saved: it can be opened like a model, on this or another machine.', ...lost].join(' '));
    } catch {
      say('The session could not be written into a file. It is still stored in this browser.');
    }
  };
  const clear = async () => {
    if (!sure) {
      setSure(true);
      return;
    }
    try {
      await clearStored();
      location.reload();
    } catch {
      say('The storage could not be cleared: close other tabs of this page, and try again.');
    }
  };
  const open = () => {
    const address = new URL(location.href);
    address.searchParams.set(withoutSession, '');
    address.hash = '';
    location.assign(address);
  };
  const choices: readonly (readonly [label: string, what: string, act: () => void])[] = [
    ['Draw it again', 'With everything as it is.', again],
    [
      'Open without the stored session',
      'Runs, models and settings stay stored, and are not shown.',
      open,
    ],
    [
      'Save the session to a file',
      'Runs, models and settings, without samples.',
      () => void saved(),
    ],
    [
      sure ? 'Yes, delete everything' : 'Clear the stored session',
      sure
        ? 'All runs, models, samples and settings of this browser go for good.'
        : 'Asks once more.',
      () => void clear(),
    ],
  ];
  return (
    <main className={styles.page}>
      <h1>The page could not be drawn</h1>
      <p role="alert">
        This is a fault of Intact, or of what is stored. Nothing was deleted. Choose how to go on:
      </p>
      <div className={styles.choices}>
        {choices.map(([label, what, act]) => (
          <div key={what} style={{ display: 'contents' }}>
            <button type="button" className={styles.button} onClick={act}>
              {label}
            </button>
            <span>{what}</span>
          </div>
        ))}
      </div>
      <p role="status">{said}</p>
      <details>
        <summary>Details for a report of the fault</summary>
        <code>{detailOf(error)}</code>
      </details>
    </main>
  );
}
