import type { QuantParams, TensorData } from '../model/graph';
import { addSums, comparisonOf, sizeOfSums, sumInto } from '../numbers/comparison';
import type { TensorError } from '../run/figures';

/**
 * Error between a float tensor and its quantized twin, gathered over any number of samples.
 * SQNR = 10·log10(Σx² / Σ(x−x̂)²) dB; both as real numbers, or the twin as integers on their grid.
 */
export class ErrorAccumulator {
  private readonly total = new Float64Array(sizeOfSums);
  private readonly one = new Float64Array(sizeOfSums);
  private count = 0;

  /** @param quant the grid of `twin`, where it holds integers */
  add(float: ArrayLike<number>, twin: ArrayLike<number> | TensorData, quant?: QuantParams): void {
    this.one.fill(0);
    sumInto(this.one, float, twin, quant);
    this.addSums(this.one, float.length);
  }

  /** One tensor's sums (numbers/comparison.ts), made elsewhere. */
  addSums(sums: Float64Array, count: number): void {
    addSums(this.total, sums);
    this.count += count;
  }

  /** undefined before the first sample. `scale`: the output's, for RMSE in steps. */
  result(scale?: number): TensorError | undefined {
    if (this.count === 0) return undefined;
    const { signal, noise, quantized, dot, largest, count } = comparisonOf(this.total, this.count);
    const mse = noise / count;
    const norms = Math.sqrt(signal * quantized);
    return {
      sqnr: noise === 0 ? Infinity : 10 * Math.log10(signal / noise),
      cosine: norms === 0 ? (signal === quantized ? 1 : 0) : dot / norms,
      mse,
      maxAbs: largest,
      ...(scale === undefined ? {} : { rmseOverScale: Math.sqrt(mse) / scale }),
    };
  }
}
