/**
 * A process that reads hostile files, one case after another, and says what came of each: a line of JSON
 * before and after. `scripts/fuzz.mjs` ends it where it hangs or grows.
 *
 * Arguments: reader, seed, first number.
 */
import { performance } from 'node:perf_hooks';
import { prepareReaders, readers } from './readers';
import { filesOf, outcomeOf } from './round';

const [name, seed = '1', first = '0'] = process.argv.slice(2);
const reader = readers.find((candidate) => candidate.name === name);

async function main(): Promise<void> {
  if (!reader) {
    process.stdout.write(`${JSON.stringify({ readers: readers.map((each) => each.name) })}\n`);
    return;
  }
  prepareReaders();
  for (let number = Number(first); ; number++) {
    process.stdout.write(`${JSON.stringify({ begin: number })}\n`);
    const start = performance.now();
    const outcome = await outcomeOf(reader, await filesOf(reader, Number(seed), number));
    const ms = Math.round(performance.now() - start);
    const rss = process.memoryUsage.rss();
    process.stdout.write(`${JSON.stringify({ number, ms, rss, ...outcome })}\n`);
    // A turn of the loop, so that what was written leaves.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await main();
