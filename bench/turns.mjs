/** Blocks of runs in turn, a page each: what the bench and scripts/firefox.mjs time by. */

export const BLOCK_MS = 60;
const REST_MS = 5;
const LEAST_BLOCKS = 5;

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/**
 * Blocks of every page in turn; a page's threads rest before the next begins.
 * @param asks one a page: sends it a request
 * @returns a list of milliseconds for each
 */
export async function inTurn(asks, seconds, ms = BLOCK_MS) {
  const blocks = asks.map(() => []);
  const start = performance.now();
  while (blocks[0].length < LEAST_BLOCKS || performance.now() - start < 1000 * seconds) {
    for (const [i, ask] of asks.entries()) {
      blocks[i].push(await ask({ kind: 'block', ms }));
      await new Promise((done) => setTimeout(done, REST_MS));
    }
  }
  return blocks;
}
