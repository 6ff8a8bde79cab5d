/**
 * A short round over every reader, and the cases that once went wrong. Longer, in child processes with
 * limits of time and memory: npm run fuzz -- --minutes N
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareReaders, readers } from './readers';
import regressions from './regressions.json';
import { filesOf, outcomeOf } from './round';

const cases = Number(process.env['FUZZ_CASES'] ?? 40);
/** A machine that is busy with other tests is slow; a hang is far beyond. */
const limitMs = 10_000;

beforeAll(prepareReaders);

describe.each(readers)('$name', (reader) => {
  it('takes its own good files', async () => {
    for (const files of await reader.seeds()) await reader.read(files);
  });

  it(
    `${cases} changed files are read or refused with a sentence`,
    { timeout: 120_000 },
    async () => {
      let refused = 0;
      for (let number = 0; number < cases; number++) {
        const start = performance.now();
        const outcome = await outcomeOf(reader, await filesOf(reader, 20_261_127, number));
        expect(outcome.kind, `case ${number}: ${'why' in outcome ? outcome.why : ''}`).not.toBe(
          'fault',
        );
        expect(performance.now() - start, `case ${number}`).toBeLessThan(limitMs);
        if (outcome.kind === 'refused') refused++;
      }
      expect(refused, 'changes that nothing notices are no fuzzing').toBeGreaterThan(0);
    },
  );
});

it.each(regressions)(
  '$reader, seed $seed, case $number: $was',
  async ({ reader, seed, number }) => {
    const found = readers.find(({ name }) => name === reader)!;
    const outcome = await outcomeOf(found, await filesOf(found, seed, number));
    expect(outcome.kind, 'why' in outcome ? outcome.why : '').not.toBe('fault');
  },
);
