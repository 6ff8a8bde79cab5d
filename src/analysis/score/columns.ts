/** Columns of an output's last axis mean different things (boxes beside scores): one may be lost in a good average. */

/** More are no longer things of different kinds, and cost memory. */
const MOST_COLUMNS = 1024;

export class WorstColumn {
  private readonly columns: number;
  private readonly signal: Float64Array;
  private readonly noise: Float64Array;

  constructor(shape: readonly number[]) {
    const last = shape.at(-1) ?? 1;
    this.columns = last > 1 && last <= MOST_COLUMNS ? last : 0;
    this.signal = new Float64Array(this.columns);
    this.noise = new Float64Array(this.columns);
  }

  add(float: ArrayLike<number>, other: ArrayLike<number>): void {
    const { columns, signal, noise } = this;
    if (columns === 0) return;
    let column = 0;
    for (let i = 0; i < float.length; i++) {
      const x = float[i]!;
      const e = x - other[i]!;
      signal[column]! += x * x;
      noise[column]! += e * e;
      if (++column === columns) column = 0;
    }
  }

  /** The smallest SQNR of a column with a signal, dB; undefined where there is but one, or no signal. */
  sqnr(): number | undefined {
    let worst: number | undefined;
    for (let at = 0; at < this.columns; at++) {
      const signal = this.signal[at]!;
      if (signal === 0) continue;
      const db = this.noise[at] === 0 ? Infinity : 10 * Math.log10(signal / this.noise[at]!);
      if (Number.isNaN(db)) return NaN;
      if (worst === undefined || db < worst) worst = db;
    }
    return worst;
  }
}
