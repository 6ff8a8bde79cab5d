/**
 * Pictures of every kind, read by the built page's own worker in the browser: the pixels are Pillow's,
 * as they are in node (src/data/images/images.test.ts compares the same files).
 */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { payload, read, type Payload } from './files';
import { choose, expect, openStudio, settled, test } from './studio';

const fixtures = fileURLToPath(new URL('../src/data/fixtures/images.zip', import.meta.url));

/** A TF.js layers model that takes pictures of one size. */
function modelOf(height: number, width: number): Payload[] {
  const layer = (class_name: string, config: object) => ({ class_name, config });
  const layers = [
    layer('Flatten', { name: 'flat', batch_input_shape: [null, height, width, 3] }),
    layer('Dense', { name: 'scores', units: 1, activation: 'linear', use_bias: false }),
  ];
  const weights = [{ name: 'scores/kernel', shape: [height * width * 3, 1], dtype: 'float32' }];
  const json = {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'pixels', layers } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  return [
    payload('model.json', JSON.stringify(json)),
    payload('weights.bin', new Uint8Array(new Float32Array(height * width * 3).buffer)),
  ];
}

interface Spied {
  worker: Worker;
  message: { id: number; name: string; args: { samples: { source: object }; indices: number[] } };
}

/** Keeps the page's last question for previews, and the worker that it went to. */
function spy() {
  const post = Worker.prototype.postMessage as (message: unknown, options?: unknown) => void;
  Worker.prototype.postMessage = function (this: Worker, message: unknown, options?: unknown) {
    const { name } = message as { name?: string };
    if (name === 'preview')
      (globalThis as unknown as { asked: unknown }).asked = { worker: this, message };
    post.call(this, message, options);
  };
}

/** Every sample as the network gets it, in 0…255, asked of that worker by that question. */
async function pixelsOf(page: Page, count: number): Promise<Map<string, number[]>> {
  const answer = await page.evaluate(async (total) => {
    const { worker, message } = (globalThis as unknown as { asked: Spied }).asked;
    const { samples } = message.args;
    const source = { ...samples.source, choices: { range: 'raw-255' } };
    const indices = Array.from({ length: total }, (_, index) => index);
    const id = 1e6;
    return new Promise<[string, number[]][]>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent) => {
        const said = data as { id: number; kind: string; value: unknown; error?: Error };
        if (said.id !== id) return;
        if (said.kind === 'error') reject(new Error(said.error?.message));
        if (said.kind !== 'result') return;
        const previews = said.value as { name: string; numbers: Float32Array }[];
        resolve(previews.map(({ name, numbers }) => [name, Array.from(numbers)]));
      });
      const args = { ...message.args, samples: { ...samples, source }, indices };
      worker.postMessage({ ...message, id, args });
    });
  }, count);
  return new Map(answer);
}

test('pictures have the pixels of Pillow in the page: lossless formats exactly, JPEG within two levels', async ({
  page,
}) => {
  await page.addInitScript(spy);
  const files = unzipSync(read(fixtures));
  const pictures = Object.keys(files).filter((name) => !name.endsWith('.rgb'));
  const turned = (name: string) => /exif-[5-8]/.test(name);
  let compared = 0;
  for (const [height, width] of [
    [13, 21],
    [21, 13],
  ] as const) {
    const names = pictures.filter((name) => turned(name) === height > width);
    await openStudio(page);
    await choose(page, 'Model files', modelOf(height, width));
    await choose(
      page,
      'Data files',
      names.map((name) => payload(name, files[name]!)),
    );
    await expect
      .poll(() =>
        page.evaluate(() => (globalThis as unknown as { asked?: unknown }).asked !== undefined),
      )
      .toBe(true);
    await settled(page);
    const seen = await pixelsOf(page, names.length);
    expect([...seen.keys()].sort()).toEqual([...names].sort());
    for (const [name, pixels] of seen) {
      const expected = files[`${name}.rgb`]!;
      const worst = Math.max(...pixels.map((value, at) => Math.abs(value - expected[at]!)));
      expect([name, pixels.length, worst <= (name.endsWith('.jpg') ? 2 : 0), worst]).toEqual([
        name,
        expected.length,
        true,
        worst,
      ]);
      compared++;
    }
    await page.goto('about:blank');
  }
  expect(compared).toBe(60);
});
