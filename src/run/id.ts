/** Ids of runs: in the order of their making, unlike in two tabs. */
const RANDOM_BYTES = 4;

export function runId(now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const tail = Array.from(random, (byte) => byte.toString(36).padStart(2, '0')).join('');
  return `${now.toString(36)}-${tail}`;
}
