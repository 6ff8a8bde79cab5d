/** Deletes everything that this page has stored in this browser: for who can't open it otherwise. */
import { deleteDB } from 'idb';

const WAIT_MS = 3000;

/** @throws Error where another tab holds a database open */
export async function clearStored(
  names: readonly string[] = ['intact', 'intact-checkpoints'],
): Promise<void> {
  for (const name of names)
    await new Promise<void>((done, failed) => {
      const late = setTimeout(() => failed(new Error(`${name} is held open`)), WAIT_MS);
      const ended = () => clearTimeout(late);
      deleteDB(name).then(done, failed).finally(ended);
    });
}
