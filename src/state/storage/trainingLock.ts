/**
 * A training that runs holds a lock, so that no other tab offers to go on with it. The browser gives the
 * lock back when the tab is closed or dies.
 */
import { locks } from './database';

const nameOf = (key: string) => `intact-training ${key}`;

/** Held until the returned function is called; nothing where the browser has no locks. */
export function holdTraining(key: string): () => void {
  let release: () => void = () => undefined;
  const over = new Promise<void>((done) => (release = done));
  locks()
    ?.request(nameOf(key), () => over)
    .catch(() => undefined);
  return release;
}

/** Resolves once no tab carries out this training. */
export async function unheld(key: string): Promise<void> {
  await locks()?.request(nameOf(key), { mode: 'shared' }, () => undefined);
}
