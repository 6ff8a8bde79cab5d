/** Output SQNR of forty Keras models in int8, ours beside TFLiteConverter's, and the table of docs/results.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BEGIN = '<!-- converter40: npm run reference -- converter40 -->';
const END = '<!-- converter40 -->';

export async function run({ root, folder, python, load, parts, previous, stamp }) {
  const script = join(root, 'scripts/reference/converter40.py');
  const kept = process.env.INTACT_REFERENCE_FOLDER;
  const at = kept ?? folder;
  if (!kept) python([script, 'prepare', at, root, ...parts]);
  const { quantize } = await load('/scripts/reference/quantize.ts');
  const { models } = JSON.parse(readFileSync(join(at, 'models.json'), 'utf8'));
  for (const { name } of models) {
    const base = join(at, name);
    const { litert } = await quantize(`${base}.keras`, `${base}.calibration.f32`, ['litert']);
    writeFileSync(`${base}.litert.tflite`, litert);
  }
  python([script, 'measure', at]);
  const { versions, rows } = JSON.parse(readFileSync(join(at, 'results.json'), 'utf8'));
  const { commit, made } = stamp();
  const fresh = rows.map((row) => ({ ...row, commit, made }));
  const names = new Set(fresh.map(({ name }) => name));
  const others = parts.length > 0 || kept ? (previous.rows ?? []) : [];
  const all = others.some(({ name }) => names.has(name))
    ? others.map((row) => fresh.find(({ name }) => name === row.name) ?? row)
    : [...others, ...fresh];
  table(join(root, 'docs/results.md'), all);
  return {
    versions,
    ...{ calibration: 'min-max, 100 samples', evaluation: '300 others', unit: 'dB' },
    ...summary(all),
    rows: all,
  };
}

const less = ({ sqnr }) => sqnr.converter - sqnr.litert;

function summary(rows) {
  return {
    models: rows.length,
    trained: rows.filter(({ weights }) => weights === 'trained').length,
    withinHalf: rows.filter((row) => less(row) <= 0.5).length,
    worst: Math.max(...rows.map(less)),
  };
}

function table(path, rows) {
  const text = readFileSync(path, 'utf8');
  const [before, rest] = text.split(BEGIN);
  if (rest === undefined) return;
  const lines = rows.map(({ name, data, weights, parameters, sqnr }) => {
    const difference = sqnr.litert - sqnr.converter;
    const cells = [sqnr.converter, sqnr.litert].map((x) => x.toFixed(2));
    const signed = `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(2)}`;
    const count = parameters.toLocaleString('en-US');
    return `| ${name} | ${weights}, ${data} | ${count} | ${cells.join(' | ')} | ${signed} |`;
  });
  const head =
    '| model | weights, data | parameters | TFLiteConverter | ours | difference |\n|---|---|---:|---:|---:|---:|';
  const after = rest.slice(rest.indexOf(END));
  writeFileSync(path, `${before}${BEGIN}\n\n${head}\n${lines.join('\n')}\n\n${after}`);
}
