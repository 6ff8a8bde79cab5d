import type { QuantParams, TensorData } from '../model/graph';
import { comparing } from '../numbers/comparison';
import type { TensorError } from '../run/figures';

/**
 * Error between a float tensor and its quantized twin, gathered over any number of samples.
 * SQNR = 10·log10(Σx² / Σ(x−x̂)²) dB; both as real numbers, or the twin as integers on their grid.
 */
export class ErrorAccumulator {
  private readonly sums = comparing();

  /** @param quant the grid of `twin`, where it holds integers */
  add(float: ArrayLike<number>, twin: ArrayLike<number> | TensorData, quant?: QuantParams): void {
    this.sums.add(float, twin, quant);
  }

  /** undefined before the first sample. `scale`: the output's, for RMSE in steps. */
  result(scale?: number): TensorError | undefined {
    const { signal, noise, quantized, dot, largest, count } = this.sums.result();
    if (count === 0) return undefined;
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
