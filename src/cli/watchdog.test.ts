import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModuleKind, transpileModule } from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

let bundle: string;
beforeAll(() => {
  bundle = join(mkdtempSync(join(tmpdir(), 'watchdog-')), 'watchdog.mjs');
  const source = readFileSync(fileURLToPath(new URL('./watchdog.ts', import.meta.url)), 'utf8');
  const compilerOptions = { module: ModuleKind.ESNext };
  writeFileSync(bundle, transpileModule(source, { compilerOptions }).outputText);
});

/** A program that reads, and then does `then`. */
const run = (then: string) =>
  spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { startWatchdog } from ${JSON.stringify(bundle)};
const { reading } = startWatchdog(() => process.exit(1), 200, 5);
reading('photo 7.jpg');
// The thread is up before this one is blocked: a decoder comes long after the first sign.
await new Promise((done) => setTimeout(done, 60));
${then}`,
    ],
    { encoding: 'utf8', timeout: 20_000 },
  );
const sentence = /Reading "photo 7.jpg" made no progress in 5 seconds, so it was ended\./;

describe('reading in the shell', () => {
  it('that waits for ever ends with a sentence and exit status 1', () => {
    const { status, stderr } = run('setInterval(() => {}, 1000);');
    expect([status, sentence.test(stderr)]).toEqual([1, true]);
  });

  it('that blocks the thread ends with the same sentence', () => {
    const { signal, stderr } = run('for (;;);');
    expect([signal, sentence.test(stderr)]).toEqual(['SIGTERM', true]);
  });

  it('that goes on or has ended is left alone', () => {
    const beats = `for (let i = 0; i < 20; i++) { reading('photo ' + i); await new Promise((done) => setTimeout(done, 100)); }`;
    const { status, stderr } = run(
      `${beats} reading(undefined); await new Promise((done) => setTimeout(done, 1500));`,
    );
    expect([status, stderr]).toEqual([0, '']);
  });
});
