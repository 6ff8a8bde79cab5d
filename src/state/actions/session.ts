/** The session leaves the page as one file, and comes back from one. */
import { plural } from '../../analysis/format';
import { openSession } from '../session/open';
import { samplesBytes, saveSession } from '../session/save';
import type { Studio } from '../studio';
import { readRestored } from './data';
import { notify, report } from './jobs';
import { save } from './leave';

export { samplesBytes };

/** Hands the session to the browser's downloads. */
export async function saveSessionFile(studio: Studio, samples: boolean): Promise<void> {
  try {
    const list: string[] = [];
    const blob = await saveSession(studio, { samples, lost: (sentence) => list.push(sentence) });
    save(blob, 'application/zip', `intact-${new Date().toISOString().slice(0, 10)}.session.zip`);
    if (list.length > 0)
      notify(studio, {
        ...{ severity: 'error', title: 'Not everything was saved', list },
        message: `${plural(list.length, 'run')} could not be written into the file.`,
      });
  } catch (thrown) {
    report(studio, 'The session was not saved', thrown);
  }
}

/** false: it was not opened, and a notice says why. */
export async function openSessionFile(studio: Studio, file: File): Promise<boolean> {
  try {
    const { added, known, models, lost } = await openSession(studio, file, file.name);
    const already =
      known > 0 ? `; ${plural(known, 'run')} ${known === 1 ? 'was' : 'were'} here already` : '';
    notify(studio, {
      severity: lost.length > 0 ? 'error' : 'info',
      title: lost.length > 0 ? 'Not everything could be read' : 'Session opened',
      message: `${file.name}: ${plural(added, 'run')} and ${plural(models, 'model')} added${already}.`,
      list: lost,
    });
    await readRestored(studio);
    return true;
  } catch (thrown) {
    report(studio, 'The session was not opened', thrown);
    return false;
  }
}
