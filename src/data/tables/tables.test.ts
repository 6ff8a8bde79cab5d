import { describe, expect, it } from 'vitest';
import { fileOf, needsOf, open, valuesOf } from '../testing/set';

/** Four features as of iris, and the class of each row. */
const rows = [
  [5.1, 3.5, 1.4, 0.2, 0],
  [6.4, 3.2, 4.5, 1.5, 1],
  [6.3, 3.3, 6.0, 2.5, 2],
  [4.9, 3.0, 1.5, 0.1, 0],
  [7.0, 3.2, 4.7, 1.4, 1],
  [5.8, 2.7, 5.1, 1.9, 2],
];
const names = ['setosa', 'versicolor', 'virginica'];
const iris = needsOf([4], [3]);
const csv = (lines: readonly (readonly (string | number)[])[], separator = ',') =>
  lines.map((line) => line.join(separator)).join('\n');
const table = (text: string | Uint8Array, name = 'data.csv') => [fileOf(name, text)];

async function same(files: Parameters<typeof open>[0], choices = {}, needs = iris) {
  const set = await open(files, needs, choices);
  expect(set.count).toBe(rows.length);
  for (const [index, row] of rows.entries()) {
    const { inputs, targets } = await set.read(index);
    expect([...inputs[0]!]).toEqual(row.slice(0, 4).map(Math.fround));
    expect(targets).toEqual([row[4]]);
  }
  return set;
}

describe('tables', () => {
  const titles = ['a', 'b', 'c', 'd', 'label'];

  it('with and without a header, an index, comments, another separator', async () => {
    await same(table(csv(rows)));
    await same(table(csv([titles, ...rows])));
    await same(table(csv([titles, ...rows], ';')));
    await same(table(csv([titles, ...rows], '\t'), 'data.tsv'));
    await same(table(csv([titles, ...rows], '|')));
    await same(table(csv(rows, '   '), 'data.txt'));
    await same(table('  ' + csv(rows, ' \t ') + '\n\n', 'data.data'));
    await same(table(csv([['', ...titles], ...rows.map((row, at) => [at, ...row])])));
    await same(table(csv([titles, ...rows.map((row, at) => [at + 1, ...row])])));
    await same(table(csv([['0', '1', '2', '3', 'label'], ...rows])));
    await same(table(csv([['0', '1', '2', '3', '4'], ...rows])));
    await same(table(`# made by numpy\n# ${titles.join(',')}\n${csv(rows)}`));
    await same(table(csv([titles, ...rows].map((row) => [...row, '']))));
    await same(table(csv([titles, ...rows]).replaceAll('\n', '\r\n')));
    await same(table(csv([titles, ...rows]).replaceAll('\n', '\r')));
    await same(
      table(
        csv([
          titles.map((title) => `"${title}"`),
          ...rows.map((row) => row.map((cell) => `"${cell}"`)),
        ]),
      ),
    );
  });

  it('in UTF-16 and Latin-1', async () => {
    const text = csv([['größe', 'b', 'c', 'd', 'label'], ...rows]);
    const wide = new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);
    await same(table(Uint8Array.of(0xff, 0xfe, ...wide)));
    expect(valuesOf((await same(table(wide))).checks)['encoding']).toBe('UTF-16');
    const latin = Uint8Array.from(text, (c) => c.charCodeAt(0));
    expect(valuesOf((await same(table(latin))).checks)['encoding']).toBe('Latin-1');
    await same(table(`\ufeff${text}`));
  });

  it('with decimal commas, thousands and units', async () => {
    const comma = rows.map((row) => row.map((cell) => String(cell).replace('.', ',')));
    const set = await same(table(csv([titles, ...comma], ';')));
    expect(valuesOf(set.checks)['decimal']).toBe('comma');
    await same(table(csv([titles, ...comma.map((row) => row.map((cell) => `"${cell}"`))])));
    const units = rows.map((row) => [
      `${row[0]} cm`,
      row[1]!,
      `${row[2]}%`,
      `${row[3]}kg`,
      row[4]!,
    ]);
    expect(valuesOf((await same(table(csv([titles, ...units])))).checks)['units']).toBe(
      'cm, %, kg',
    );
    const big = await open(
      table('x;y\n1.234,5;2\n12.000,25;3\n1.000.000,5;1'),
      needsOf([1], [1], 'linear'),
    );
    expect((await big.read(2)).inputs[0]![0]).toBe(1_000_000.5);
    const english = await open(
      table('x,y\n"1,234.5",2\n"12,000.25",3'),
      needsOf([1], [1], 'linear'),
    );
    expect((await english.read(1)).inputs[0]![0]).toBe(12_000.25);
    const doubtful = await open(table('x;y\n"1,234";2\n"2,500";3'), needsOf([1], [1], 'linear'));
    expect(doubtful.checks.find(({ id }) => id === 'decimal')?.status).toBe('asked');
  });

  it('whose cells are missing leave the rows out with their lines', async () => {
    const holes = rows.map((row) => row.map(String));
    holes[1]![1] = 'NA';
    holes[4]![2] = '';
    const set = await open(table(csv([titles, ...holes])), iris);
    expect(set.count).toBe(4);
    const missing = set.checks.find(({ id }) => id === 'missing')!;
    expect(missing.sentence).toMatch(/2 of 6 rows.*lines 3 \(b: "NA"\), 6 \(c: empty\)/);
    expect((await set.read(3)).targets).toEqual([2]);
    expect((await set.preview(3)).name).toBe('line 7');
    await expect(open(table(csv([titles, ...holes])), iris, { missing: 'refuse' })).rejects.toThrow(
      /lines 3/,
    );
    const word = rows.flatMap(() => rows).map((row) => row.map(String));
    word[2]![1] = 'abc';
    expect(
      (await open(table(csv([titles, ...word])), iris)).checks.find(({ id }) => id === 'missing')!
        .sentence,
    ).toMatch(/line 4 \(b: "abc"\)/);
  });

  it('have their label by name, type and place', async () => {
    const texts = rows.map((row) => [...row.slice(0, 4), names[row[4]!]!]);
    const last = await same(table(csv([['x', 'y', 'z', 't', 'activity'], ...texts])));
    expect(last.targets[0]).toMatchObject({ kind: 'classes', names });
    await same(table(csv(texts)));
    await same(table(csv(texts.map((row) => [row[4]!, ...row.slice(0, 4)]))));
    // MNIST as CSV: the label first, the last pixel always 0.
    const pixels = rows.map((row) => [row[4]!, ...row.slice(0, 3).map((cell) => cell * 10), 0]);
    const first = await open(table(csv(pixels)), iris);
    expect(valuesOf(first.checks)['label']).toBe('column 1');
    const middle = await open(
      table(
        csv([
          ['a', 'species', 'b', 'c', 'd'],
          ...texts.map((row) => [row[0]!, row[4]!, row[1]!, row[2]!, row[3]!]),
        ]),
      ),
      iris,
    );
    expect(valuesOf(middle.checks)['label']).toBe('species');
    const chosen = await open(table(csv(rows)), iris, { label: '5' });
    expect(chosen.checks.find(({ id }) => id === 'label')?.status).toBe('chosen');
    const price = await open(
      table(
        csv([
          ['rooms', 'area', 'price'],
          [3, 80, 250.5],
          [2, 60, 190.25],
          [4, 120, 410],
        ]),
      ),
      needsOf([2], [1], 'linear'),
    );
    expect(price.targets).toEqual([{ kind: 'numbers', output: 0, size: 1 }]);
    expect((await price.read(2)).targets).toEqual([Float32Array.of(410)]);
    await expect(open(table(csv(rows)), needsOf([7], [3]))).rejects.toThrow(/takes 7 numbers/);
  });

  it('leave names and dates out where there are too many columns', async () => {
    const wide = rows.map((row, at) => [`flower number ${at}`, `2024-01-0${at + 1}`, ...row]);
    const many = [...wide, ...wide, ...wide, ...wide].map((row, at) => [
      `flower ${at}`,
      `2024-01-${10 + at}`,
      ...row.slice(2),
    ]);
    const set = await open(table(csv([['name', 'day', ...titles], ...many])), iris);
    expect(of(set, 'columns')).toMatchObject({
      value: titles.slice(0, 4).join(','),
      sentence: expect.stringContaining(': name, day.') as unknown,
    });
    expect([...(await set.read(0)).inputs[0]!]).toEqual(rows[0]!.slice(0, 4).map(Math.fround));
  });

  const of = (set: Awaited<ReturnType<typeof open>>, id: string) =>
    set.checks.find((check) => check.id === id);

  it('of numbers and texts give their numbers where these are as many as the input takes', async () => {
    // The form of seaborn's penguins, titanic and mpg.
    const penguins = [
      ['species', 'island', 'bill', 'depth', 'flipper', 'mass', 'sex'],
      ...rows.map((row, at) => [
        names[row[4]!]!,
        ['Biscoe', 'Dream'][at % 2]!,
        ...row.slice(0, 4),
        ['Male', 'Female'][at % 2]!,
      ]),
    ];
    const set = await same(table(csv(penguins)));
    expect(of(set, 'label')?.value).toBe('species');
    expect(of(set, 'columns')).toMatchObject({
      status: 'assumed',
      value: 'bill,depth,flipper,mass',
      sentence: expect.stringMatching(/taken: bill.*Left out: island(,| and) sex/) as string,
    });
    await expect(open(table(csv(penguins)), needsOf([3], [3]))).rejects.toThrow(
      /input takes 3 numbers.*choose the columns/,
    );
    const chosen = await open(table(csv(penguins)), needsOf([3], [3]), {
      columns: 'mass,bill,depth',
    });
    expect([...(await chosen.read(0)).inputs[0]!]).toEqual([0.2, 5.1, 3.5].map(Math.fround));
    const titanic = Array.from({ length: 8 }, (_, at) => [
      at % 2,
      20 + at,
      7.25 * at,
      ['male', 'female'][at % 2]!,
      ['no', 'yes'][at % 2]!,
      ['True', 'False'][at % 3 === 0 ? 0 : 1]!,
    ]);
    const survived = await open(
      table(csv([['survived', 'age', 'fare', 'sex', 'alive', 'alone'], ...titanic])),
      needsOf([2], [1], 'sigmoid'),
    );
    expect(of(survived, 'label')).toMatchObject({ value: 'survived', status: 'told' });
    expect(of(survived, 'columns')?.value).toBe('age,fare');
    expect((await survived.read(3)).targets).toEqual([1]);
    const mpg = Array.from({ length: 6 }, (_, at) => [
      18.5 + at,
      3504 + at,
      12 + at,
      'usa japan'.split(' ')[at % 2]!,
    ]);
    const cars = await open(
      table(csv([['mpg', 'weight', 'acceleration', 'origin'], ...mpg])),
      needsOf([2], [1], 'linear'),
    );
    expect((await cars.read(1)).targets).toEqual([Float32Array.of(19.5)]);
    expect([...(await cars.read(1)).inputs[0]!]).toEqual([3505, 13]);
  });

  it('take no repeated dates for categories', async () => {
    const day = (at: number) => `2024-01-0${1 + (at % 2)}`;
    const dated = [['date', ...titles], ...rows.map((row, at) => [day(at), ...row])];
    const set = await same(table(csv(dated)));
    expect(of(set, 'columns')).toMatchObject({
      status: 'assumed',
      value: 'a,b,c,d',
      sentence: expect.stringContaining(': date.') as unknown,
    });
    const bare = dated.map((row) => row.slice(0, 5));
    expect((await open(table(csv(bare)), iris)).targets).toEqual([]);
    await expect(open(table(csv(dated)), needsOf([5], [3]))).rejects.toThrow(
      /dates in the column date/,
    );
  });

  it('of a pandas Series beside a DataFrame, with and without their index', async () => {
    const order = [4, 0, 5, 2, 1, 3];
    const x = csv([['', 0, 1, 2, 3], ...rows.map((row, at) => [order[at]!, ...row.slice(0, 4)])]);
    const y = csv([['', 0], ...rows.map((row, at) => [order[at]!, row[4]!])]);
    await same([fileOf('Xh.csv', x), fileOf('yh.csv', y)]);
    const plain = csv([[0, 1, 2, 3], ...rows.map((row) => row.slice(0, 4))]);
    await same([
      fileOf('Xh.csv', plain),
      fileOf('yh.csv', csv([[0], ...rows.map((row) => [row[4]!])])),
    ]);
  });

  it('as JSON, JSON lines and libsvm', async () => {
    const records = rows.map((row) =>
      Object.fromEntries(titles.map((title, at) => [title, row[at]])),
    );
    await same(table(JSON.stringify(records), 'data.json'));
    await same(table(records.map((record) => JSON.stringify(record)).join('\n'), 'data.jsonl'));
    await same(table(JSON.stringify({ columns: titles, data: rows }), 'data.json'));
    const byColumn = Object.fromEntries(
      titles.map((title, at) => [
        title,
        Object.fromEntries(rows.map((row, index) => [index, row[at]])),
      ]),
    );
    await same(table(JSON.stringify(byColumn), 'data.json'));
    await same(
      table(
        JSON.stringify({ x: rows.map((row) => row.slice(0, 4)), y: rows.map((row) => row[4]) }),
        'data.json',
      ),
    );
    await same(
      table(
        rows
          .map((row) => JSON.stringify({ features: row.slice(0, 4), label: names[row[4]!] }))
          .join('\n'),
        'data.jsonl',
      ),
    );
    const sparse = rows.map(
      (row) =>
        `${row[4]} ${row
          .slice(0, 4)
          .map((cell, at) => `${at + 1}:${cell}`)
          .join(' ')}`,
    );
    await same(table(sparse.join('\n'), 'data.svm'));
  });

  it('X and y in files of their own; train and test apart', async () => {
    const x = csv([titles.slice(0, 4), ...rows.map((row) => row.slice(0, 4))]);
    await same([
      fileOf('X.csv', x),
      fileOf('y.csv', csv([['label'], ...rows.map((row) => [row[4]!])])),
    ]);
    await same([fileOf('X.csv', x), fileOf('y.csv', csv(rows.map((row) => [names[row[4]!]!])))]);
    const parts = await same([
      fileOf('iris_train.csv', csv([titles, ...rows.slice(0, 4)])),
      fileOf('iris_test.csv', csv([titles, ...rows.slice(4)])),
    ]);
    expect(parts.parts).toEqual({ training: [0, 1, 2, 3], evaluation: [4, 5] });
  });

  it('that would unfold or go on forever are refused', async () => {
    await expect(open(table(`a,b\n"${'1'.repeat(5_000_000)}",1`), iris)).rejects.toThrow(
      /Line 2 .* longer/,
    );
    await expect(open(table('1,'.repeat(3_000_000) + '1'), iris)).rejects.toThrow(/longer than/);
    await expect(open(table('1,'.repeat(200_000) + '1\n'), iris)).rejects.toThrow(/200001 cells/);
    await expect(open(table(csv([titles, ...rows]) + '\n1,2,3'), iris)).rejects.toThrow(
      /Line 8 .* 3 cells, the others 5/,
    );
  });
});
