/** Masks as pictures and arrays: classes are Pillow's numbers of a palette, 255 is no label, colours are VOC's. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openZip, type ArchiveEntry } from '../../files/zipSource';
import { useNodeCodecs } from '../../testing/codecs';
import { writeNpz } from '../../testing/npz';
import { memorySource } from '../files/bytes';
import { vocColour } from '../images/voc';
import { fileOf, needsOf, open } from '../testing/set';

const [height, width] = [13, 21];
let entries: readonly ArchiveEntry[];
let images: readonly ArchiveEntry[];
const zip = (name: string) =>
  openZip(
    memorySource(
      new Uint8Array(readFileSync(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)))),
    ),
    name,
  );
beforeAll(async () => {
  useNodeCodecs();
  entries = await zip('masks.zip');
  images = await zip('images.zip');
});
const of = (list: readonly ArchiveEntry[], path: string) =>
  list.find((one) => one.path === path)!.read(1e6);

async function masked(name: string, classes: number) {
  const path = name.replace(/^.*\./, 'a.');
  return open(
    [
      fileOf('images/a.png', await of(images, 'rgb.png')),
      fileOf(`masks/${path}`, await of(entries, name)),
    ],
    needsOf([height, width, 3], [height, width, classes]),
  );
}
const formOf = (checks: readonly { id: string }[]) => checks.find(({ id }) => id === 'label-form');

describe('mask pictures', () => {
  it('are the numbers in their palette, 255 without a label', async () => {
    const classes = await of(entries, 'classes');
    const expected = Int32Array.from(classes, (value) => (value === 255 ? -1 : value));
    for (const name of ['mask.png', 'mask.bmp', 'mask.tif']) {
      const set = await masked(name, 21);
      expect([name, set.targets]).toEqual([name, [{ kind: 'mask', output: 0, classes: 21 }]]);
      expect([name, (await set.read(0)).targets[0]]).toEqual([name, expected]);
      expect(formOf(set.checks)).toMatchObject({
        status: 'told',
        value: 'void 255',
        sentence: expect.stringMatching(/hold 0, 1, 2, 255.*palette.*not scored/) as string,
      });
    }
  });

  it('in the colours of Pascal VOC are their classes', async () => {
    // VOCdevkit: background black, aeroplane 128 0 0, bicycle 0 128 0, void 224 224 192.
    expect(['#000000', '#800000', '#008000', '#e0e0c0'].map(vocColour)).toEqual([0, 1, 2, 255]);
    const set = await masked('mask-colours.png', 21);
    const classes = await of(entries, 'classes');
    const { targets } = await set.read(0);
    expect([...(targets[0] as Int32Array)]).toEqual(
      [...classes].map((value) => (value === 255 ? -1 : value)),
    );
    expect(formOf(set.checks)).toMatchObject({ value: 'VOC colours' });
  });

  it('of other colours or too many classes are left out with a sentence', async () => {
    const few = await masked('mask.png', 3);
    expect(formOf(few.checks)).toMatchObject({ value: 'void 255' });
    const coloured = await open(
      [
        fileOf('images/a.png', await of(images, 'rgb.png')),
        fileOf('masks/a.png', await of(images, 'rgb.png')),
      ],
      needsOf([height, width, 3], [height, width, 4]),
    );
    expect(coloured.targets).toEqual([]);
    expect(coloured.checks.find(({ id }) => id === 'label-fit')?.sentence).toMatch(
      /pictures in \d+ colours .*not known: they are left out/,
    );
  });
});

describe('mask arrays', () => {
  it('leave pixels of 255 out', async () => {
    const x = { shape: [1, 8, 8, 3], data: new Uint8Array(192) };
    const pixels = Uint8Array.from({ length: 64 }, (_, at) => [0, 1, 2, 255][at % 4]!);
    const y = { shape: [1, 8, 8], data: pixels };
    const set = await open([fileOf('a.npz', writeNpz({ x, y }))], needsOf([8, 8, 3], [8, 8, 3]));
    expect([...((await set.read(0)).targets[0] as Int32Array)].slice(0, 4)).toEqual([0, 1, 2, -1]);
    expect(formOf(set.checks)).toMatchObject({ value: 'void 255' });
  });
});
