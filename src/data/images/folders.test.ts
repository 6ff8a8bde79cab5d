import { encode } from 'fast-png';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { fileOf, needsOf, open, valuesOf } from '../testing/set';
import type { TryOut } from '../samples';

const png = (value: number, size = 4, channels: 1 | 3 = 3) =>
  encode({
    width: size,
    height: size,
    channels,
    depth: 8,
    data: new Uint8Array(size * size * channels).fill(value),
  });
const text = (content: string) => new TextEncoder().encode(content);
const zip = (files: Record<string, Uint8Array>) => [
  fileOf('set.zip', zipSync(files, { level: 0 })),
];
const needs = needsOf([4, 4, 3], [3]);
const three = { 'set/Zebra/1.png': png(10), 'set/Lion/2.png': png(20), 'set/Ant/3.png': png(30) };

async function labelled(files: ReturnType<typeof zip>, choices = {}, model = needs) {
  const set = await open(files, model, { range: 'raw-255', ...choices });
  const found: Record<number, unknown> = {};
  for (let index = 0; index < set.count; index++) {
    const { inputs, targets } = await set.read(index);
    found[inputs[0]![0]!] = targets[0];
  }
  return { set, found };
}

describe('class folders', () => {
  it('are in the order of a file of names, else alphabetical and said', async () => {
    const plain = await labelled(zip({ ...three, 'set/.DS_Store': text('x') }));
    expect(plain.found).toEqual({ 10: 2, 20: 1, 30: 0 });
    expect(plain.set.checks.find(({ id }) => id === 'class-order')).toMatchObject({
      status: 'assumed',
      value: 'alphabetical',
    });
    const told = { 10: 0, 20: 1, 30: 2 };
    for (const [name, content] of [
      ['labels.txt', '0 Zebra\n1 Lion\n2 Ant\n'],
      ['labels.txt', 'zebra\nlion\nant'],
      ['class_names.txt', 'Zebra\r\nLion\r\nAnt\r\n'],
      ['metadata.json', JSON.stringify({ tfjsVersion: '1', labels: ['Zebra', 'Lion', 'Ant'] })],
      ['class_indices.json', JSON.stringify({ Ant: 2, Lion: 1, Zebra: 0 })],
    ] as const) {
      const { found, set } = await labelled(zip({ ...three, [`set/${name}`]: text(content) }));
      expect([name, found]).toEqual([name, told]);
      expect(set.checks.find(({ id }) => id === 'class-order')?.status).toBe('told');
    }
    expect((await labelled(zip(three), { labels: 'Zebra\nLion\nAnt' })).found).toEqual(told);
    expect((await labelled(zip(three), { 'class-order': 'Zebra,Lion,Ant' })).found).toEqual(told);
    const other = await labelled(zip({ ...three, 'labels.txt': text('cat\ndog') }));
    expect(other.set.checks.find(({ id }) => id === 'class-order')?.sentence).toMatch(
      /not these classes/,
    );
  });

  it('inside parts, above folders of images, and beside other levels', async () => {
    const parts = await labelled(
      zip({
        'd/train/a/1.png': png(1),
        'd/train/b/2.png': png(2),
        'd/test/a/3.png': png(3),
        'd/test/b/4.png': png(4),
      }),
    );
    expect(parts.found).toEqual({ 1: 0, 2: 1, 3: 0, 4: 1 });
    expect(parts.set.parts!.evaluation).toHaveLength(2);
    const deep = await labelled(zip({ 'a/images/1.png': png(1), 'b/images/2.png': png(2) }));
    expect(deep.found).toEqual({ 1: 0, 2: 1 });
    const levels = await labelled(
      zip({ 'pets/cat/1.png': png(1), 'pets/dog/2.png': png(2), 'wild/fox/3.png': png(3) }),
    );
    expect(levels.found).toEqual({ 1: 0, 2: 1, 3: 2 });
  });

  it('are replaced by a table of labels beside the pictures', async () => {
    const images = { 'img/1.png': png(1), 'img/2.png': png(2), 'img/3.png': png(3) };
    const named = await labelled(
      zip({ ...images, 'labels.csv': text('file,label\n1.png,dog\n2.png,cat\nimg/3.png,dog\n') }),
    );
    expect(named.found).toEqual({ 1: 1, 2: 0, 3: 1 });
    const numbers = await labelled(
      zip({ ...images, 'train.csv': text('id,x,class\n3,9.5,2\n2,8.5,1\n1,7.5,0\n') }),
    );
    expect(numbers.found).toEqual({ 1: 0, 2: 1, 3: 2 });
    const regression = await labelled(
      zip({ ...images, 'ages.csv': text('name,age\n1.png,31.5\n2.png,40\n3.png,28\n') }),
      {},
      needsOf([4, 4, 3], [1], 'linear'),
    );
    expect(regression.found[1]).toEqual(Float32Array.of(31.5));
  });

  it('say what was left out, resized and turned, with counts', async () => {
    const heic = Uint8Array.from([0, 0, 0, 24, ...text('ftypheic'), 0, 0, 0, 0]);
    const { set } = await labelled(
      zip({
        ...three,
        'set/Ant/4.heic': heic,
        'set/Ant/5.png': png(50).subarray(0, 20),
        'set/Lion/6.png': png(60, 8, 1),
        'set/notes.md': text('x'),
      }),
    );
    const said = Object.fromEntries(set.checks.map(({ id, sentence }) => [id, sentence]));
    expect(said['left-out']).toMatch(
      /^2 of 6 images left out: .*HEIC images are not read.*cut short/,
    );
    expect(said['resize']).toMatch(/^1 of 4 pictures are resized from 8×8 to 4×4/);
    expect(said['channels']).toMatch(/^1 of 4 pictures are grey/);
    expect(said['passed-over']).toMatch(/^1 of 7 files/);
  });

  it('in another order than the model has are pointed out when figures say so', async () => {
    const files: Record<string, Uint8Array> = {};
    ['Zebra', 'Lion', 'Ant'].forEach((name, code) => {
      for (let i = 0; i < 12; i++) files[`${name}/${i}.png`] = png(20 + 80 * code + i);
    });
    // A model that tells the classes by brightness, in the order Zebra, Lion, Ant.
    const tryOut: TryOut = async (candidates, indices, kinds) => {
      const scores: { score: number }[] = [];
      for (const { read } of candidates) {
        let right = 0;
        for (const index of indices) {
          const { inputs, targets } = await read(index);
          const value = inputs[0]![0]! * (kinds[0]!.kind === 'classes' ? 255 : 1);
          if (Math.min(2, Math.floor(value / 85)) === targets[0]) right++;
        }
        scores.push({ score: (100 * right) / indices.length });
      }
      return scores;
    };
    const set = await open(zip(files), needs, {}, tryOut);
    const order = set.checks.find(({ id }) => id === 'class-order')!;
    expect(order).toMatchObject({ status: 'asked', value: 'alphabetical' });
    expect(order.choices.map(({ value }) => value)).toContain('Zebra,Lion,Ant');
    const told = await open(
      zip({ ...files, 'labels.txt': text('Zebra\nLion\nAnt') }),
      needs,
      {},
      tryOut,
    );
    expect(told.checks.find(({ id }) => id === 'range')).toMatchObject({
      status: 'proven',
      value: 'zero-one',
    });
    // Nothing but the usual was chosen, so nothing is kept out of evaluation.
    expect(told.tried).toBeUndefined();
    expect(valuesOf(told.checks)['class-order']).toBe('labels');
  });
});

describe('pictures of floats', () => {
  const head =
    'SUkqAAgAAAAKAAABBAABAAAAAgAAAAEBBAABAAAAAgAAAAIBAwABAAAAIAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAAABEBBAABAAAAhgAAABYBBAABAAAAAgAAABcBBAABAAAAEAAAABwBAwABAAAAAQAAAFMBAwABAAAAAwAAAAAA';
  // Pillow: Image.fromarray(numpy.array([[0, .5], [1, .25]], 'f4')).save('a.tif'), and so on.
  const unit = `${head}AAAAAAAAAAAAPwAAgD8AAIA+`;
  const grey = `${head}AAAAAAAAzczIQgAAf0OamUlB`;
  const wide =
    'SUkqAAgAAAAKAAABBAABAAAAAgAAAAEBBAABAAAAAQAAAAIBAwABAAAAIAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAAABEBBAABAAAAhgAAABYBBAABAAAAAQAAABcBBAABAAAACAAAABwBAwABAAAAAQAAAFMBAwABAAAAAwAAAAAAAAAAAIC/AAD6RA==';
  const tif = (name: string, content: string) =>
    fileOf(name, Uint8Array.from(Buffer.from(content, 'base64')));
  const read = async (...files: ReturnType<typeof tif>[]) => {
    const set = await open(files, needsOf([2, 2, 1], [2]), { range: 'raw-255' });
    return {
      pixels: [...(await set.read(0)).inputs[0]!],
      said: set.checks.find(({ id }) => id === 'floats'),
      left: set.checks.find(({ id }) => id === 'left-out')?.sentence,
    };
  };

  it('are 0 … 1 or 0 … 255 by the largest of all, and said', async () => {
    const one = await read(tif('a.tif', unit));
    expect(one.pixels).toEqual([0, 128, 255, 64]);
    expect(one.said).toMatchObject({
      status: 'assumed',
      sentence: expect.stringMatching(
        /^1 of 1 pictures hold floats, 0 … 1; 0 … 1 is taken/,
      ) as string,
    });
    const both = await read(tif('a.tif', grey), tif('b.tif', unit));
    expect(both.pixels).toEqual([0, 100, 255, 13]);
    expect(both.said).toMatchObject({ value: '0-255' });
    const odd = await read(tif('a.tif', unit), tif('b.tif', wide));
    expect(odd.left).toMatch(/1 of 2 images left out.*floats from -1 to 2000/);
  });
});
