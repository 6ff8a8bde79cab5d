/** A table in memory: numbers as float32 by column, texts as codes of a dictionary; bounded in cells. */
import { IntactError } from '../../model/error';
import type { Check, Choices } from '../samples';
import { isMissing, numberIn, styleOf, withUnit, type NumberStyle } from './numbers';
import { rowsOf } from './rows';
import { checkLines, type Text } from './text';

export interface TableColumn {
  readonly title: string;
  /** NaN where the cell is missing or a text. */
  readonly values: Float32Array;
  /** Of cells that are no number: −1 a number, −2 and below missing (`missing[−2 − code]`), else the place in `texts`. */
  readonly codes?: Int32Array;
  readonly texts: readonly string[];
  /** The words that stand for a missing value: "", "NA" … */
  readonly missing?: readonly string[];
  readonly unit?: string;
}
export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly count: number;
  /** Line in the file (record, in JSON) of each row, from 1. */
  readonly lines: Int32Array;
  /** "Line" or "Record". */
  readonly lineWord: string;
  readonly header: boolean;
  readonly checks: readonly Check[];
}

const MOST_CELLS = 100_000_000;
const MOST_TEXTS = 100_000;

class Builder {
  private values = new Float32Array(1024);
  private codes: Int32Array | undefined;
  private readonly dictionary = new Map<string, number>();
  private readonly units = new Map<string, number>();
  private readonly absent: string[] = [];
  private numbers = 0;
  private count = 0;

  constructor(
    readonly title: string,
    private readonly number: (cell: string) => number,
  ) {}

  add(cell: string): void {
    if (this.count === this.values.length) this.grow();
    const value = this.number(cell);
    if (Number.isNaN(value)) {
      this.codes ??= new Int32Array(this.values.length).fill(-1);
      this.codes[this.count] = isMissing(cell) ? this.absence(cell) : this.code(cell);
    } else this.numbers++;
    this.values[this.count++] = value;
  }

  private absence(cell: string): number {
    let at = this.absent.indexOf(cell);
    if (at < 0) at = this.absent.push(cell) - 1;
    return -2 - at;
  }

  private code(cell: string): number {
    let code = this.dictionary.get(cell);
    if (code === undefined) {
      code = Math.min(this.dictionary.size, MOST_TEXTS);
      if (code < MOST_TEXTS) this.dictionary.set(cell, code);
      const unit = withUnit(cell, this.number)?.unit ?? '';
      this.units.set(unit, (this.units.get(unit) ?? 0) + 1);
    }
    return code;
  }

  private grow(): void {
    const values = new Float32Array(this.values.length * 2);
    values.set(this.values);
    this.values = values;
    if (!this.codes) return;
    const codes = new Int32Array(values.length).fill(-1);
    codes.set(this.codes);
    this.codes = codes;
  }

  column(): TableColumn {
    const values = this.values.slice(0, this.count);
    const codes = this.codes?.slice(0, this.count);
    const texts = [...this.dictionary.keys()];
    const [unit] = this.units.keys();
    if (codes && this.numbers === 0 && texts.length > 0 && this.units.size === 1 && unit) {
      const numbers = texts.map((text) => withUnit(text, this.number)!.value);
      for (let row = 0; row < codes.length; row++)
        if (codes[row]! >= 0) {
          values[row] = numbers[codes[row]!] ?? NaN;
          codes[row] = -1;
        }
      return { title: this.title, values, codes, texts: [], missing: this.absent, unit };
    }
    return { title: this.title, values, ...(codes ? { codes } : {}), texts, missing: this.absent };
  }
}

const SAMPLE_ROWS = 500;
const ROWS_A_BEAT = 1000;

/**
 * @param beat called every thousand rows
 * @param choices `header` (yes, no), `decimal` (point, comma)
 * @throws IntactError `bad-data` naming the line, `limit`
 */
export function readTable(
  { text, encoding }: Text,
  name: string,
  choices: Choices,
  beat: () => void = () => undefined,
): Table {
  checkLines(text, name);
  const source = rowsOf(text, name);
  const sample: string[][] = [];
  const sampleLines: number[] = [];
  source.each((cells, line) => {
    sample.push(cells);
    sampleLines.push(line);
    return sample.length < SAMPLE_ROWS;
  });
  const first = sample[0];
  if (!first) throw new IntactError('bad-data', `"${name}" holds no rows.`);
  const style = chosenStyle(
    choices.decimal,
    sample.slice(1).length > 0 ? sample.slice(1) : sample,
    source.separator,
  );
  const number = numberIn(style);
  const checks: Check[] = [];
  const header = headerOf(sample, number, choices.header);
  checks.push(header.check);
  const width = header.is && sample[1] ? sample[1].length : first.length;
  const named = header.is
    ? first
    : (source.commentTitles ?? first.map((_, column) => `column ${column + 1}`));
  // R writes no title above its row names.
  const titles = header.is && first.length === width - 1 ? ['', ...named] : named;
  const builders = Array.from(
    { length: width },
    (_, column) => new Builder(titles[column] ?? '', number),
  );
  const lines: number[] = [];
  let seen = 0;
  source.each((cells, line) => {
    if (seen % ROWS_A_BEAT === 0) beat();
    if (seen++ === 0 && header.is) return true;
    // A trailing separator leaves an empty last cell in every row.
    if (cells.length === width + 1 && cells[width] === '') cells.pop();
    if (cells.length !== width)
      throw new IntactError(
        'bad-data',
        `Line ${line} of "${name}" has ${cells.length} cells, the others ${width}. Correct the line, or leave it out.`,
      );
    if (lines.length * width > MOST_CELLS)
      throw new IntactError(
        'limit',
        `"${name}" holds more than ${MOST_CELLS / 1e6} million cells. Use fewer rows, or save it with numpy.savez.`,
      );
    for (let column = 0; column < width; column++) builders[column]!.add(cells[column]!);
    lines.push(line);
    return true;
  });
  if (lines.length === 0) throw new IntactError('bad-data', `"${name}" has a header but no rows.`);
  const columns = builders.map((builder) => builder.column());
  return {
    name,
    columns,
    count: lines.length,
    lines: Int32Array.from(lines),
    lineWord: 'Line',
    header: header.is || source.commentTitles !== undefined,
    checks: [...checks, ...saidOf(source, style, encoding, columns, choices)],
  };
}

function chosenStyle(
  choice: string | undefined,
  rows: readonly string[][],
  separator: string,
): NumberStyle {
  const style = styleOf(rows.flat());
  if (choice === 'comma')
    return {
      decimal: ',',
      thousands: style.decimal === ',' ? style.thousands : '',
      doubtful: false,
    };
  if (choice === 'point')
    return {
      decimal: '.',
      thousands: style.decimal === '.' ? style.thousands : '',
      doubtful: false,
    };
  // A comma inside a cell of a comma-separated table stands in quotes: thousands there are usual.
  return separator === ',' ? style : style;
}

function headerOf(
  rows: readonly string[][],
  number: (cell: string) => number,
  choice: string | undefined,
): { readonly is: boolean; readonly check: Check } {
  const [first, ...rest] = rows as [string[], ...string[][]];
  const said = (is: boolean, status: Check['status'], why: string) => ({
    is,
    check: {
      id: 'header',
      label: 'Header row',
      status,
      value: is ? 'yes' : 'no',
      sentence: why,
      choices: [
        { value: 'yes', label: 'The first row holds titles', effect: first.slice(0, 5).join(', ') },
        {
          value: 'no',
          label: 'The first row is a sample',
          effect: `${rows.length === 500 ? 'as all others' : `${rows.length} samples`}`,
        },
      ],
    },
  });
  if (choice === 'yes' || choice === 'no')
    return said(
      choice === 'yes',
      'chosen',
      `The first row is ${choice === 'yes' ? 'a header' : 'a sample'}, as chosen.`,
    );
  if (rest.length === 0) return said(false, 'told', 'One row, so no header.');
  const isText = (cell: string | undefined) =>
    cell !== undefined && !isMissing(cell) && Number.isNaN(number(cell)) && !withUnit(cell, number);
  const numeric = first.map((_, column) => {
    const cells = rest
      .slice(0, 50)
      .map((row) => row[column] ?? '')
      .filter((cell) => !isMissing(cell));
    return cells.length > 0 && cells.filter((cell) => !isText(cell)).length >= 0.5 * cells.length;
  });
  const shift = (rest[0]?.length ?? first.length) - first.length;
  if (first.some((cell, column) => isText(cell) && numeric[column + Math.max(0, shift)]))
    return said(
      true,
      'told',
      'The first row holds words above columns of numbers: it is a header.',
    );
  if (first[0] === '' && first.slice(1).every(isText))
    return said(
      true,
      'told',
      'The first row holds titles, the first of them empty: it is a header.',
    );
  const counted = (from: number) => first.every((cell, column) => cell === String(column + from));
  if (
    first.length > 2 &&
    (counted(0) || counted(1)) &&
    !rest.slice(0, 3).some((row) => row.join() === first.join())
  )
    return said(
      true,
      'assumed',
      `The first row counts ${first[0]}, ${first[1]}, ${first[2]} …: it is taken as titles.`,
    );
  const again = first.some((cell, column) =>
    rest.some((row) => row[column] === cell && isText(cell)),
  );
  if (first.every(isText) && !numeric.some(Boolean) && !again)
    return said(true, 'assumed', 'All cells are texts; the first row is taken as titles.');
  return said(false, 'told', 'The first row reads as the others do: there is no header.');
}

function saidOf(
  source: ReturnType<typeof rowsOf>,
  style: NumberStyle,
  encoding: Text['encoding'],
  columns: readonly TableColumn[],
  choices: Choices,
): Check[] {
  const checks: Check[] = [];
  const say = (
    id: string,
    label: string,
    value: string,
    sentence: string,
    status: Check['status'] = 'told',
  ) => checks.push({ id, label, status, value, sentence, choices: [] });
  if (encoding === 'Latin-1')
    say(
      'encoding',
      'Encoding',
      'Latin-1',
      'The text is no UTF-8; it is read as Latin-1 (Windows-1252).',
      'assumed',
    );
  if (encoding === 'UTF-16') say('encoding', 'Encoding', 'UTF-16', 'The text is UTF-16.');
  if (source.comments > 0)
    say(
      'comments',
      'Comment lines',
      String(source.comments),
      `${source.comments} ${source.comments === 1 ? 'line that begins' : 'lines that begin'} with "${source.commentSign}" ${source.comments === 1 ? 'is' : 'are'} passed over${source.commentTitles ? '; the last one gives the titles' : ''}.`,
    );
  if (style.decimal === ',' || style.thousands || choices.decimal)
    checks.push({
      id: 'decimal',
      label: 'Decimal sign',
      status: choices.decimal ? 'chosen' : style.doubtful ? 'asked' : 'told',
      value: style.decimal === ',' ? 'comma' : 'point',
      sentence: `Numbers have a decimal ${style.decimal === ',' ? 'comma' : 'point'}${style.thousands ? ` and "${style.thousands}" between thousands` : ''}${style.doubtful ? ', which "1,234" does not prove' : ''}.`,
      choices: [
        { value: 'point', label: 'Decimal point', effect: '"1,234" is 1234' },
        { value: 'comma', label: 'Decimal comma', effect: '"1,234" is 1.234' },
      ],
    });
  const units = columns.filter(({ unit }) => unit !== undefined);
  if (units.length > 0)
    say(
      'units',
      'Units',
      units.map(({ unit }) => unit).join(', '),
      `Units are taken off: ${units.map(({ title, unit }) => `${title} (${unit})`).join(', ')}.`,
    );
  return checks;
}
