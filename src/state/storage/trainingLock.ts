/**
 * A training that runs holds a lock, so that no other tab offers to go on with it. The browser gives the
 * lock back when the tab is closed or dies. Tabs tell each other which training's offer no longer stands as it
 * was: it was taken up, or its checkpoints are gone.
 */
import { locks } from './database';

const nameOf = (key: string) => `intact-training ${key}`;

/** Held until the returned function is called; nothing where the browser has no locks. */
export function holdTraining(key: string): () => void {
  let release: () => void = () => undefined;
  const over = new Promise<void>((done) => (release = done));
  locks()
    ?.request(nameOf(key), () => {
      tellOfTraining(key);
      return over;
    })
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

let channel: BroadcastChannel | undefined;
function opened(): BroadcastChannel | undefined {
  if (!channel && 'BroadcastChannel' in globalThis)
    channel = new BroadcastChannel('intact-trainings');
  return channel;
}

/** To the other tabs: look again before this training is offered. */
export function tellOfTraining(key: string): void {
  opened()?.postMessage(key);
}

/** @param hear gets the keys that other tabs tell */
export function hearOfTrainings(hear: (key: string) => void): void {
  opened()?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') hear(data);
  });
}
