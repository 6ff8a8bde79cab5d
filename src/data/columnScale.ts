/**
 * What the columns of numbers are like, and how a scaler outside of the model would have set them:
 * scikit-learn's StandardScaler (deviation of the population) and MinMaxScaler, fitted on these samples.
 */

/** Set by the samples' own columns: what a scaler outside of the model has done. */
export type ColumnsRange = 'columns-standard' | 'columns-min-max';

/** One number a column: of a vector each of its numbers, else those of the last axis. */
export interface ColumnMoments {
  readonly mean: Float64Array;
  readonly std: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Samples they were taken of. */
  readonly samples: number;
}

/** Numbers that are looked through at most. */
const MOST_NUMBERS = 2 ** 24;

/**
 * @param read numbers of a sample, `size` of them, in rows of `columns`
 * @param indices samples that may be looked at
 */
export async function momentsOf(
  read: (index: number) => Promise<ArrayLike<number>>,
  indices: readonly number[],
  size: number,
  columns: number,
): Promise<ColumnMoments> {
  const of = (value: number) => new Float64Array(columns).fill(value);
  const [mean, square, min, max] = [of(0), of(0), of(Infinity), of(-Infinity)];
  const step = Math.max(1, Math.ceil((indices.length * size) / MOST_NUMBERS));
  let samples = 0;
  let rows = 0;
  for (let at = 0; at < indices.length; at += step) {
    const values = await read(indices[at]!);
    samples++;
    // Welford's update (1962), so that large means cost no digits.
    for (let start = 0; start < values.length; start += columns) {
      rows++;
      for (let column = 0; column < columns; column++) {
        const value = values[start + column]!;
        const away = value - mean[column]!;
        mean[column]! += away / rows;
        square[column]! += away * (value - mean[column]!);
        if (value < min[column]!) min[column] = value;
        if (value > max[column]!) max[column] = value;
      }
    }
  }
  return { mean, std: square.map((sum) => Math.sqrt(sum / Math.max(1, rows))), min, max, samples };
}

/** Why numbers are taken as they are with nothing to try: somebody has scaled them, or nothing is to be scaled. */
export function settledBy({ mean, std, min, max }: ColumnMoments): string | undefined {
  const count = mean.length;
  const most = (holds: (column: number) => boolean) => {
    let held = 0;
    for (let column = 0; column < count; column++) if (holds(column)) held++;
    return held >= 0.9 * count;
  };
  if (most((at) => Math.abs(mean[at]!) <= 0.25 && std[at]! >= 0.7 && std[at]! <= 1.4))
    return 'each column has about mean 0 and deviation 1 already';
  if (max.every((value, at) => value <= 1.0001 && min[at]! >= -1.0001))
    return 'they lie between −1 and 1 already';
  return undefined;
}

/** In place. A column that never changes is only shifted, as scikit-learn does. */
export function scaleColumns(
  values: Float32Array,
  range: ColumnsRange,
  { mean, std, min, max }: ColumnMoments,
): void {
  const columns = mean.length;
  for (let i = 0; i < values.length; i++) {
    const at = i % columns;
    const shift = range === 'columns-standard' ? mean[at]! : min[at]!;
    const scale = range === 'columns-standard' ? std[at]! : max[at]! - min[at]!;
    values[i] = (values[i]! - shift) / (scale || 1);
  }
}

const FEW = 6;
const short = (value: number) => String(Number(value.toPrecision(4))).replace('-', '−');

/** "with means 43.9, 17.15, 200.9, 4202 and deviations 5.452, 1.972, 14.04, 800.8, of 342 samples" */
export function momentsText(range: ColumnsRange, moments: ColumnMoments): string {
  const list = (values: Float64Array) =>
    `${[...values.subarray(0, FEW)].map(short).join(', ')}${values.length > FEW ? ' …' : ''}`;
  const numbers =
    range === 'columns-standard'
      ? `with means ${list(moments.mean)} and deviations ${list(moments.std)}`
      : `from ${list(moments.min)} to ${list(moments.max)}`;
  return `${numbers}, of ${moments.samples} samples`;
}
