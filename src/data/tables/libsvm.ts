/** libsvm's and svmlight's sparse rows: "label index:value index:value …", indices from 1 (or 0). */
import { IntactError } from '../../model/error';
import type { Table } from './table';

const row = /^\s*[-+.\deE]+(\s+(qid:\d+|\d+:[-+.\deE]+))+\s*(#.*)?$/;

export const looksLikeLibsvm = (text: string): boolean => {
  const lines = text
    .slice(0, 20_000)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, 5);
  return lines.length > 0 && lines.every((line) => row.test(line));
};

/** @param width features that the model takes */
export function readLibsvm(text: string, name: string, width: number): Table {
  const lines = text.split(/\r?\n/);
  const labels: number[] = [];
  const numbers: number[] = [];
  const places: { row: number; index: number; value: number }[] = [];
  let largest = 0;
  let smallest = Infinity;
  lines.forEach((line, at) => {
    const [first, ...pairs] = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (!first) return;
    const label = Number(first);
    if (Number.isNaN(label))
      throw new IntactError(
        'bad-data',
        `Line ${at + 1} of "${name}" begins with "${first}", which is no label.`,
      );
    for (const pair of pairs) {
      if (pair.startsWith('qid:')) continue;
      const [index, value] = pair.split(':').map(Number) as [number, number];
      if (!Number.isInteger(index) || Number.isNaN(value) || value === undefined)
        throw new IntactError(
          'bad-data',
          `Line ${at + 1} of "${name}" holds "${pair}", which is no index:value.`,
        );
      largest = Math.max(largest, index);
      smallest = Math.min(smallest, index);
      places.push({ row: labels.length, index, value });
    }
    labels.push(label);
    numbers.push(at + 1);
  });
  const from = smallest === 0 ? 0 : 1;
  if (largest - from >= width)
    throw new IntactError(
      'bad-data',
      `"${name}" has features up to number ${largest}, and the model takes ${width}.`,
    );
  const columns = Array.from({ length: width }, () => new Float32Array(labels.length));
  for (const { row: at, index, value } of places) columns[index - from]![at] = value;
  return {
    name,
    columns: [
      { title: 'label', values: Float32Array.from(labels), texts: [] },
      ...columns.map((values, at) => ({ title: `feature ${at + from}`, values, texts: [] })),
    ],
    count: labels.length,
    lines: Int32Array.from(numbers),
    lineWord: 'Line',
    header: true,
    checks: [
      {
        id: 'format',
        label: 'Format',
        status: 'told',
        value: 'libsvm',
        sentence: `Sparse rows of libsvm: the label first, features counted from ${from}, those not named are 0.`,
        choices: [],
      },
    ],
  };
}
