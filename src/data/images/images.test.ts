import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openZip, type ArchiveEntry } from '../../files/zipSource';
import { useNodeCodecs } from '../../testing/codecs';
import { memorySource } from '../files/bytes';
import { decodeImage, imageFormat, imageHead } from './index';
import { upright, withChannels } from './picture';
import { resizePicture, type ResizeFit, type ResizeMethod } from './resize';

/** Made by scripts/fixtures/make_image_fixtures.py: files, and Pillow's pixels of each. */
const fixture = (name: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))));

let entries: readonly ArchiveEntry[];
beforeAll(async () => {
  useNodeCodecs();
  entries = await openZip(memorySource(fixture('images.zip')), 'images.zip');
});
const entry = (path: string) => entries.find((one) => one.path === path)!.read(1e6);

describe('images', () => {
  it('have the pixels of Pillow: lossless formats exactly, JPEG within two levels', async () => {
    const names = entries.map(({ path }) => path).filter((path) => !path.endsWith('.rgb'));
    expect(names.length).toBeGreaterThan(35);
    for (const name of names) {
      const bytes = await entry(name);
      const head = imageHead(bytes, name)!;
      const decoded = await decodeImage(bytes, name);
      expect([name, decoded.width, decoded.height, decoded.channels]).toEqual([
        name,
        head.width,
        head.height,
        head.channels,
      ]);
      const { data } = withChannels(upright(decoded, head.orientation), 3);
      const expected = await entry(`${name}.rgb`);
      expect([name, data.length]).toEqual([name, expected.length]);
      const worst = data.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - expected[at]!)),
        0,
      );
      expect([name, worst <= (name.endsWith('.jpg') ? 2 : 0), worst]).toEqual([name, true, worst]);
    }
  });

  it('turn to grey with the weights of Pillow', () => {
    // Image.new('RGB', (1, 1), (10, 200, 30)).convert('L') is 124, (255, 0, 0) is 76.
    const grey = (...data: number[]) =>
      withChannels({ width: 1, height: 1, channels: 3, data: Uint8Array.from(data) }, 1).data[0];
    expect([grey(10, 200, 30), grey(255, 0, 0), grey(255, 255, 255)]).toEqual([124, 76, 255]);
  });

  it('are resized as TensorFlow and Pillow do, within one level', () => {
    const cases = JSON.parse(new TextDecoder().decode(fixture('resize.json'))) as {
      source: [number, number];
      target: [number, number];
      pixels: number[];
      made: Record<string, number[]>;
    }[];
    for (const { source, target, pixels, made } of cases) {
      const picture = {
        width: source[1],
        height: source[0],
        channels: 3 as const,
        data: Uint8Array.from(pixels),
      };
      for (const [name, expected] of Object.entries(made)) {
        const [fit, method] = name.split(',') as [ResizeFit, ResizeMethod];
        const out = resizePicture(picture, target[0], target[1], method, fit);
        const worst = out.reduce(
          (most, value, at) => Math.max(most, Math.abs(value - expected[at]!)),
          0,
        );
        expect([name, source, target, out.length, worst <= 1, worst]).toEqual([
          name,
          source,
          target,
          expected.length,
          true,
          worst,
        ]);
      }
    }
  });

  it('that are cut short or claim too much are refused before they are decoded', async () => {
    for (const name of [
      'rgb.png',
      'baseline.jpg',
      'lossless.webp',
      'rgb.gif',
      'rgb.bmp',
      'rgb-raw.tif',
    ]) {
      const bytes = await entry(name);
      await expect(decodeImage(bytes.subarray(0, bytes.length * 0.6), name)).rejects.toThrow(name);
    }
    const bomb = (await entry('rgb.png')).slice();
    new DataView(bomb.buffer).setUint32(16, 100_000);
    new DataView(bomb.buffer).setUint32(20, 100_000);
    await expect(decodeImage(bomb, 'bomb.png')).rejects.toThrow(/100000×100000 pixels/);
  });

  it('are told by their first bytes', async () => {
    expect(imageFormat(await entry('lossy.webp'))).toBe('WebP');
    expect(imageFormat(new TextEncoder().encode('BMW,1,2,3\n1,2,3,4\n5,6,7,8'))).toBeUndefined();
  });
});
