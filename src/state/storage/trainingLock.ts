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

/** Whether a tab carries out this training right now. */
export async function isHeld(key: string): Promise<boolean> {
  const held = (await locks()?.query())?.held ?? [];
  return held.some(({ name, mode }) => name === nameOf(key) && mode === 'exclusive');
}

/** Resolves once no tab carries out this training. */
export async function unheld(key: string): Promise<void> {
  await locks()?.request(nameOf(key), { mode: 'shared' }, () => undefined);
}
