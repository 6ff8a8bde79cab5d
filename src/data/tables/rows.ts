/**
 * Text → rows of cells with the number of their line (papaparse, RFC 4180): separator, comment lines
 * and a table parted by blanks are recognised from the first lines.
 */
import Papa from 'papaparse';
import { IntactError } from '../../model/error';

export interface RowSource {
  readonly separator: string;
  /** Comment lines passed over: number of them and how they begin. */
  readonly comments: number;
  readonly commentSign?: string;
  /** A last comment line before the data that reads as titles: numpy.savetxt's header. */
  readonly commentTitles?: readonly string[];
  /** Calls `take` with each row of more than blanks, until it returns false. */
  each(take: (cells: string[], line: number) => boolean): void;
}

const MOST_COLUMNS = 100_000;
const MOST_CELL = 100_000;
const SAMPLE_LINES = 60;

function firstLines(text: string, count: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length && lines.length < count;) {
    const found = text.slice(at, at + 8_000_000).search(/\r\n|\n|\r/);
    const end = found < 0 ? text.length : at + found;
    lines.push(text.slice(at, end));
    at = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
  }
  return lines;
}

/** The separator by which most of the lines have the same number (> 1) of cells. */
function separatorOf(lines: readonly string[]): string {
  let best = ',';
  let score = 0;
  for (const separator of ['\t', ';', ',', '|']) {
    const counts = lines.map((line) => cellsIn(line, separator));
    const most = mode(counts);
    if (most < 2) continue;
    const agree = counts.filter((count) => count === most).length / counts.length;
    // A decimal comma makes "1,5;2,5" agree on commas too: the separator that is no digit's neighbour wins.
    const points = agree + (separator === ',' ? 0 : 0.05);
    if (points > score) [best, score] = [separator, points];
  }
  if (score >= 0.6) return best;
  const blank = lines.map((line) => line.trim().split(/\s+/).length);
  const most = mode(blank);
  if (most >= 1 && blank.filter((count) => count === most).length >= 0.8 * blank.length)
    return most > 1 && score < 0.6 ? ' ' : best;
  return best;
}

const cellsIn = (line: string, separator: string) =>
  line.replace(/"[^"]*"/g, '').split(separator).length;

function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0];
}

/** @throws IntactError `limit` for a row of more than 100,000 cells or a cell of as many characters, while reading */
export function rowsOf(content: string, name: string): RowSource {
  const text = content.charCodeAt(0) === 0xfeff ? content.slice(1) : content;
  const lines = firstLines(text, SAMPLE_LINES + 40);
  const sign = ['#', '%', '//'].find((mark) =>
    lines.some((line) => line.trimStart().startsWith(mark)),
  );
  const isComment = (line: string) => sign !== undefined && line.trimStart().startsWith(sign);
  const body = lines
    .filter((line) => line.trim() !== '' && !isComment(line))
    .slice(0, SAMPLE_LINES);
  const separator = separatorOf(body);
  const split = (line: string) =>
    separator === ' ' ? line.trim().split(/\s+/) : line.split(separator).map((cell) => cell.trim());
  const firstBody = lines.findIndex((line) => line.trim() !== '' && !isComment(line));
  const above =
    firstBody > 0 && isComment(lines[firstBody - 1]!) ? lines[firstBody - 1]! : undefined;
  const titles = above === undefined ? [] : split(above.trim().slice(sign!.length).trim());
  const width = body[0] === undefined ? 0 : split(body[0]).length;
  return {
    separator,
    comments: countComments(text, sign),
    ...(sign ? { commentSign: sign } : {}),
    ...(titles.length === width && width > 1 && titles.every((cell) => !/^[-+.\d]/.test(cell))
      ? { commentTitles: titles }
      : {}),
    each: (take) => eachRow(text, separator, sign, name, take),
  };
}

function countComments(text: string, sign: string | undefined): number {
  if (sign === undefined) return 0;
  let count = 0;
  const marks = new RegExp(`^[ \\t]*${sign.replace(/[/%#]/g, '\\$&')}`, 'gm');
  while (marks.exec(text)) count++;
  return count;
}

function eachRow(
  text: string,
  separator: string,
  sign: string | undefined,
  name: string,
  take: (cells: string[], line: number) => boolean,
): void {
  const blank = separator === ' ';
  let line = 1;
  let counted = 0;
  Papa.parse<string[]>(text, {
    delimiter: blank ? '\u0001' : separator,
    ...(blank ? { quoteChar: '\u0002', escapeChar: '\u0002' } : {}),
    step: ({ data, meta, errors }, parser) => {
      const start = line;
      for (
        let at = text.indexOf('\n', counted);
        at >= 0 && at < meta.cursor;
        at = text.indexOf('\n', at + 1)
      ) {
        line++;
        counted = at + 1;
      }
      if (meta.linebreak === '\r') line = start + 1;
      const broken = errors.find(({ type }) => type === 'Quotes');
      if (broken?.code === 'MissingQuotes')
        throw new IntactError(
          'bad-data',
          `"${name}" ends inside a quoted cell that begins in line ${start}.`,
        );
      const first = data[0] ?? '';
      if (sign !== undefined && first.trimStart().startsWith(sign)) return;
      const cells = blank ? first.trim().split(/\s+/) : data.map((cell) => cell.trim());
      if (cells.length === 1 && cells[0] === '') return;
      if (cells.length > MOST_COLUMNS)
        throw new IntactError(
          'limit',
          `Line ${start} of "${name}" has ${cells.length} cells; Intact reads up to ${MOST_COLUMNS}.`,
        );
      const long = cells.findIndex((cell) => cell.length > MOST_CELL);
      if (long >= 0)
        throw new IntactError(
          'limit',
          `Line ${start} of "${name}" holds a cell of ${cells[long]!.length} characters in column ${long + 1}. Intact reads tables of numbers.`,
        );
      if (!take(cells, start)) parser.abort();
    },
  });
}
