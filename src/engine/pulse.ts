/**
 * Sign of life of a thread that computes: told with every tile and step, so that whoever watches the thread
 * from outside sees whether it gets on, long single steps included. One watcher a thread.
 */
let tell: () => void = () => undefined;

export function beat(): void {
  tell();
}

/** @param told called with every beat from now on: must be cheap, tiles are microseconds */
export function onBeat(told: () => void): void {
  tell = told;
}
