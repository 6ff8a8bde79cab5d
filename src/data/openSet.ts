/** A set opened for one model: fitted samples in a bounded cache, and the rows that hold no numbers. */
import { IntactError } from '../model/error';
import type { Fitted } from './fit/types';
import { isByColumns, setRange, type Range } from './range';
import { listed, type RawSet } from './raw';
import type { Check, Choices, ModelNeeds, Sample, Samples } from './samples';
import type { Targets } from './targets';
import { unwatched, type Watch } from './watch';

/** Fitted samples that are kept: what several candidates, passes or epochs read again. */
const KEPT_BYTES = 2 ** 27;

/** Rows of float arrays that hold NaN or infinity: found while the set is small enough to look through. */
export async function badRows(
  raw: RawSet,
  fitted: readonly Fitted[],
  choices: Choices,
): Promise<BadRows> {
  const numbers = raw.features.flatMap((column) =>
    column.kind === 'numbers' && column.storage === 'floats' ? [column] : [],
  );
  const size = numbers.reduce(
    (sum, { shape, count }) => sum + count * shape.reduce((a, b) => a * b, 1),
    0,
  );
  if (numbers.length === 0 || size > MOST_LOOKED_THROUGH || fitted.length === 0)
    return { rows: [] };
  const rows: number[] = [];
  for (let index = 0; index < raw.count; index++) {
    for (const column of numbers)
      if ((await column.row(index)).some((value) => !Number.isFinite(value))) {
        rows.push(index);
        break;
      }
  }
  if (rows.length === 0) return { rows };
  const leave = choices.missing === 'leave-out' && rows.length < raw.count;
  const places = listed(
    rows.map((row) =>
      raw
        .sampleName(row)
        .replace(/^row /, '')
        .replace(/ of .*$/, ''),
    ),
    8,
  );
  return {
    rows,
    leave,
    check: {
      id: 'missing',
      label: 'Missing values',
      status: choices.missing ? 'chosen' : 'asked',
      value: leave ? 'leave-out' : 'refuse',
      sentence: `${rows.length} of ${raw.count} samples hold NaN or infinity (rows ${places}, counted from 0 as in the file)${leave ? ' and are left out' : '; a run that meets one stops'}.`,
      choices: [
        { value: 'refuse', label: 'Stop at such a sample' },
        {
          value: 'leave-out',
          label: 'Leave the samples out',
          effect: `${raw.count - rows.length} samples remain`,
        },
      ],
    },
  };
}

const MOST_LOOKED_THROUGH = 2 ** 26;

export interface BadRows {
  readonly rows: readonly number[];
  readonly leave?: boolean;
  readonly check?: Check;
}

/** A set opened for one model: fitted samples in a bounded cache, numbered without what is left out. */
export class OpenSet {
  private readonly kept = new Map<number, Promise<readonly Float32Array[]>>();
  private readonly most: number;
  readonly rows: Int32Array | undefined;

  constructor(
    readonly sourceKey: string,
    readonly raw: RawSet,
    readonly needs: ModelNeeds,
    readonly fitted: readonly Fitted[],
    readonly bad: BadRows,
    private readonly watch: Watch = unwatched,
  ) {
    const bytes = fitted.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
    this.most = Math.floor(KEPT_BYTES / Math.max(1, bytes));
    if (bad.leave) {
      const out = new Set(bad.rows);
      this.rows = Int32Array.from(
        Array.from({ length: raw.count }, (_, index) => index).filter((index) => !out.has(index)),
      );
    }
  }

  get count(): number {
    return this.rows?.length ?? this.raw.count;
  }
  get inputShapes(): readonly (readonly number[])[] {
    return this.fitted.map(({ shape }, at) => {
      const batch = this.needs.inputs[at]!.shape;
      return (batch[0] ?? 1) === 1 && batch.length > 0 ? [1, ...shape] : shape;
    });
  }
  row(index: number): number {
    return this.rows ? this.rows[index]! : index;
  }
  name(index: number): string {
    return this.raw.sampleName(this.row(index));
  }
  get parts(): Samples['parts'] {
    const { parts } = this.raw;
    if (!parts || !this.rows) return parts;
    const places = new Map([...this.rows].map((row, index) => [row, index]));
    const kept = (list: readonly number[]) => list.flatMap((row) => places.get(row) ?? []);
    return { training: kept(parts.training), evaluation: kept(parts.evaluation) };
  }

  /** Fitted, before the value range; not to be changed. */
  inputs(index: number): Promise<readonly Float32Array[]> {
    const known = this.kept.get(index);
    if (known) return known;
    const made = this.watch.over(this.name(index), () => this.make(index));
    if (this.most > 0) {
      if (this.kept.size >= this.most) this.kept.delete(this.kept.keys().next().value!);
      this.kept.set(index, made);
      made.catch(() => this.kept.delete(index));
    }
    return made;
  }

  private async make(index: number): Promise<readonly Float32Array[]> {
    const row = this.row(index);
    const values: Float32Array[] = [];
    for (const [at, fitted] of this.fitted.entries()) {
      const input = await fitted.read(row);
      const wrong = input.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0)
        throw new IntactError(
          'bad-data',
          `${capital(this.name(index))} holds ${Number.isNaN(input[wrong]!) ? 'NaN' : 'infinity'} for the input "${this.needs.inputs[at]!.name}" (rows are counted from 0). Correct the sample, or choose to leave such samples out (missing: leave-out).`,
          { row },
        );
      values.push(input);
    }
    return values;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** How samples are read: their value range, and what their labels are. */
export interface Decision {
  readonly range: Range;
  readonly choices: Choices;
  readonly targets: Targets;
}

/** The input whose range matters: the first that is a picture, else the first. */
export function mainInput(fitted: readonly Fitted[]): number {
  const picture = fitted.findIndex(({ form, bound }) => form !== 'numbers' || bound !== undefined);
  return Math.max(0, picture);
}

export async function sampleOf(
  set: OpenSet,
  { range, targets }: Decision,
  index: number,
): Promise<Sample> {
  const raw = await set.inputs(index);
  const main = mainInput(set.fitted);
  const inputs = raw.map((values, at) => {
    const fitted = set.fitted[at]!;
    const own = values.slice();
    // The range is that of pictures, or of features; other inputs of the same model keep their numbers.
    if (
      at === main ||
      fitted.form === 'picture' ||
      fitted.form === 'bytes' ||
      (isByColumns(range) && fitted.columns)
    )
      setRange(own, range, fitted);
    return own;
  });
  return { inputs, targets: await targets.values(set.row(index)) };
}

export async function firstGood(set: OpenSet): Promise<Float32Array | undefined> {
  const at = mainInput(set.fitted);
  const bad = new Set(set.bad.rows);
  for (let index = 0; index < Math.min(set.count, 50); index++)
    if (!bad.has(set.row(index)) || set.bad.leave) return (await set.inputs(index))[at];
  return undefined;
}

/** 53-bit hash of a sample's numbers (cyrb53, public domain), as hex. */
export function contentHash({ inputs, targets }: Sample): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  const add = (word: number) => {
    a = Math.imul(a ^ word, 2654435761);
    b = Math.imul(b ^ word, 1597334677);
  };
  for (const input of inputs)
    for (const word of new Uint32Array(input.buffer, input.byteOffset, input.length)) add(word);
  for (const target of targets)
    if (typeof target === 'number') add(Math.round(target * 1000));
    else if (target) for (const value of target) add(Math.round(value * 1000));
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (b >>> 0).toString(16).padStart(8, '0') + (a >>> 0).toString(16).padStart(8, '0');
}
