/** intact train, really broken off: Ctrl-C keeps a checkpoint, and the same command goes on to the same file. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'intact-train-'));
const model = 'public/samples/mnist-mobilenet.keras';
const data = 'public/samples/mnist.npz';

/** @param breakOff ends it, as Ctrl-C does, once this stands on standard error and the file is there */
function train(out: string, checkpoint: string, breakOff?: { after: RegExp; file: string }) {
  const child = spawn(
    process.execPath,
    [
      ...['scripts/intact.mjs', 'train', model, '--data', data, '--evaluation', '50'],
      ...['--scheme', 'int8-per-tensor', '--epochs', '12', '--samples', '128', '--fast'],
      ...['--checkpoint', checkpoint, '--out', out],
    ],
    { cwd: root },
  );
  let said = '';
  let broken = false;
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
    if (!breakOff || broken || !breakOff.after.test(said) || !existsSync(breakOff.file)) return;
    broken = true;
    child.kill('SIGINT');
  });
  return new Promise<{ code: number | null; said: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, said }));
  });
}

describe.skipIf(!existsSync(join(root, data)))('intact train', () => {
  it('says backend and workers; Ctrl-C keeps the checkpoint and says so; the same command goes on', async () => {
    const whole = join(folder, 'whole.tflite');
    const first = await train(whole, join(folder, 'a'));
    expect(first.said).toMatch(/Training on wasm, \d workers?: /);
    expect(first.code).toBe(0);
    expect(existsSync(join(folder, 'whole.float.tflite'))).toBe(true);
    // Done: nothing to go on with.
    expect(existsSync(join(folder, 'a/training.checkpoint'))).toBe(false);

    const again = join(folder, 'again.tflite');
    const file = join(folder, 'b/training.checkpoint');
    const broken = await train(again, join(folder, 'b'), { after: /epoch [2-9] of 12/, file });
    expect(broken.code).toBe(130);
    expect(broken.said).toMatch(
      /Broken off\. The checkpoint of step \d+ is kept in .*: run the same command again/,
    );
    expect(existsSync(again)).toBe(false);
    expect(existsSync(file)).toBe(true);

    const rest = await train(again, join(folder, 'b'));
    expect(rest.code).toBe(0);
    expect(rest.said).toMatch(/Going on from step \d+ of 48/);
    expect(Buffer.compare(readFileSync(again), readFileSync(whole))).toBe(0);
  }, 180_000);
});
