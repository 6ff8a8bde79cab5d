/** Which outputs, or blocks of an output's columns, quantization has flattened to constants. Cheap per sample. */
import { elementCount, type Graph } from '../model/graph';
import { endsOf } from './ends';
import { blocksOf, makersOf, shapeOf } from './regions';

/** An output, or the slices [from, to) of one of its axes, that no longer tells anything. */
export interface Flat {
  /** Index into the graph's outputs. */
  readonly output: number;
  /** Absent: the whole output. */
  readonly slices?: { readonly axis: number; readonly from: number; readonly to: number };
  /** What float gave there. */
  readonly floatMin: number;
  readonly floatMax: number;
  /** What is left of it, where it is one number. */
  readonly constant?: number;
}

export interface FlatnessWatch {
  /** One sample of one output, both as real numbers. */
  add(output: number, float: ArrayLike<number>, quantized: ArrayLike<number>): void;
  found(): readonly Flat[];
}

/** Float numbers that differ by less than this part of the largest are constant themselves. */
const VARIES = 1e-3;
/** Probabilities that move by less are all but decided: 1/256 is a step, four are a change. */
const PROBABILITY_MOVES = 1 / 64;
/** Numbers per slice from which on equal ones are no chance: of a block that was joined, of any columns. */
const ENOUGH = { joined: 4, columns: 8 } as const;
/** A single dead channel among many features is no loss; a tenth of the columns is. */
const LEAST_SHARE = 0.1;
/** A block that is half flat and has more error than half its signal's power is lost. */
const LOST_DB = 3;

/** Per slice of one axis: extremes, signal and noise. */
class Slices {
  readonly floatMin: Float64Array;
  readonly floatMax: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly signal: Float64Array;
  readonly noise: Float64Array;
  /** Numbers seen of each slice. */
  count = 0;
  private readonly size: number;
  private readonly inner: number;

  constructor(
    readonly axis: number,
    shape: readonly number[],
    /** Borders of the blocks that were joined. */
    readonly borders: readonly number[] | undefined,
  ) {
    this.size = shape[axis]!;
    this.inner = elementCount(shape.slice(axis + 1));
    const filled = (value: number) => new Float64Array(this.size).fill(value);
    [this.floatMin, this.floatMax] = [filled(Infinity), filled(-Infinity)];
    [this.min, this.max] = [filled(Infinity), filled(-Infinity)];
    [this.signal, this.noise] = [filled(0), filled(0)];
  }

  add(float: ArrayLike<number>, quantized: ArrayLike<number>): void {
    const { size, inner, floatMin, floatMax, min, max, signal, noise } = this;
    let at = 0;
    while (at < float.length) {
      for (let slice = 0; slice < size; slice++) {
        for (let i = 0; i < inner; i++, at++) {
          const x = float[at]!;
          const y = quantized[at]!;
          if (x < floatMin[slice]!) floatMin[slice] = x;
          if (x > floatMax[slice]!) floatMax[slice] = x;
          if (y < min[slice]!) min[slice] = y;
          if (y > max[slice]!) max[slice] = y;
          signal[slice]! += x * x;
          noise[slice]! += (x - y) * (x - y);
        }
      }
    }
    this.count += float.length / size;
  }

  varies(slice: number): boolean {
    const [low, high] = [this.floatMin[slice]!, this.floatMax[slice]!];
    return high - low > VARIES * Math.max(Math.abs(low), Math.abs(high));
  }

  isFlat(slice: number): boolean {
    return this.min[slice] === this.max[slice] && this.varies(slice);
  }

  /** Every slice that varies in float is constant, or half of them are and the rest is noise. */
  isLost(from: number, to: number): boolean {
    let varying = 0;
    let flat = 0;
    let signal = 0;
    let noise = 0;
    for (let slice = from; slice < to; slice++) {
      if (this.varies(slice)) varying++;
      if (this.isFlat(slice)) flat++;
      signal += this.signal[slice]!;
      noise += this.noise[slice]!;
    }
    if (flat === 0) return false;
    return flat === varying || (2 * flat >= varying && signal < noise * 10 ** (LOST_DB / 10));
  }

  /** Runs of flat slices. */
  runs(): readonly (readonly [number, number])[] {
    const runs: [number, number][] = [];
    for (let slice = 0; slice < this.size; slice++) {
      if (!this.isFlat(slice)) continue;
      const last = runs.at(-1);
      if (last?.[1] === slice) last[1] = slice + 1;
      else runs.push([slice, slice + 1]);
    }
    return runs.filter(([from, to]) => to - from >= LEAST_SHARE * this.size);
  }

  flat(output: number, from: number, to: number): Flat {
    const of = (values: Float64Array) => values.subarray(from, to);
    const low = of(this.min).reduce((a, b) => Math.min(a, b), Infinity);
    const high = of(this.max).reduce((a, b) => Math.max(a, b), -Infinity);
    return {
      output,
      ...(from === 0 && to === this.size ? {} : { slices: { axis: this.axis, from, to } }),
      floatMin: of(this.floatMin).reduce((a, b) => Math.min(a, b), Infinity),
      floatMax: of(this.floatMax).reduce((a, b) => Math.max(a, b), -Infinity),
      ...(low === high ? { constant: low } : {}),
    };
  }
}

/** `graph`: the float graph; its outputs are watched, in their order. */
export function flatnessWatch(graph: Graph): FlatnessWatch {
  const makers = makersOf(graph);
  const outputs = graph.outputs.map((value, output) => {
    const shape = shapeOf(graph, value);
    const ends = endsOf(graph, output);
    const last = Math.max(0, shape.length - 1);
    const axes = shape.flatMap((size, axis) => {
      const borders = size > 1 ? blocksOf(graph, value, axis, makers) : undefined;
      return borders || axis === last ? [new Slices(axis, shape, borders)] : [];
    });
    // A scalar output has one slice of one number.
    const slices = shape.length === 0 ? [new Slices(0, [1], undefined)] : axes;
    return { slices, bounded: ends === 'softmax' || ends === 'sigmoid' };
  });
  return {
    add(output, float, quantized) {
      for (const slices of outputs[output]?.slices ?? []) slices.add(float, quantized);
    },
    found: () =>
      outputs.flatMap(({ slices, bounded }, output) => {
        const whole = wholeOutput(slices.at(-1)!, bounded);
        if (whole) return [slices.at(-1)!.flat(output, 0, slices.at(-1)!.min.length)];
        return slices.flatMap((one) =>
          blocks(one, bounded).map((block) => one.flat(output, ...block)),
        );
      }),
  };
}

function wholeOutput(slices: Slices, bounded: boolean): boolean {
  const size = slices.min.length;
  if (slices.count * size < 2) return false;
  const moved = slices.floatMax.some(
    (high, at) => high - slices.floatMin[at]! >= PROBABILITY_MOVES,
  );
  if (bounded && !moved) return false;
  let flat = 0;
  for (let slice = 0; slice < size; slice++) {
    if (slices.isFlat(slice)) flat++;
    else if (slices.varies(slice)) return false;
  }
  return flat > 0;
}

/** Blocks that were joined are judged as such; other columns by their runs, unless they are probabilities of one kind. */
function blocks(slices: Slices, bounded: boolean): readonly (readonly [number, number])[] {
  const { borders, count } = slices;
  if (borders)
    return count < ENOUGH.joined
      ? []
      : borders
          .slice(1)
          .map((to, at) => [borders[at]!, to] as const)
          .filter(([from, to]) => slices.isLost(from, to));
  return bounded || count < ENOUGH.columns ? [] : slices.runs();
}
