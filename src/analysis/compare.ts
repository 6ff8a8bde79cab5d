import type { TensorError } from '../run/figures';

/**
 * Error between a float tensor and its quantized twin, gathered over any number of samples.
 * SQNR = 10·log10(Σx² / Σ(x−x̂)²) dB; both given as real numbers.
 */
export class ErrorAccumulator {
  private signal = 0;
  private noise = 0;
  private quantized = 0;
  private dot = 0;
  private largest = 0;
  private count = 0;

  add(float: ArrayLike<number>, real: ArrayLike<number>): void {
    let { signal, noise, quantized, dot, largest } = this;
    const length = float.length;
    for (let i = 0; i < length; i++) {
      const x = float[i]!;
      const y = real[i]!;
      const e = x - y;
      signal += x * x;
      quantized += y * y;
      dot += x * y;
      noise += e * e;
      if (e > largest) largest = e;
      else if (-e > largest) largest = -e;
    }
    this.signal = signal;
    this.noise = noise;
    this.quantized = quantized;
    this.dot = dot;
    this.largest = largest;
    this.count += length;
  }

  /** undefined before the first sample. `scale`: the output's, for RMSE in steps. */
  result(scale?: number): TensorError | undefined {
    if (this.count === 0) return undefined;
    const mse = this.noise / this.count;
    const norms = Math.sqrt(this.signal * this.quantized);
    return {
      sqnr: this.noise === 0 ? Infinity : 10 * Math.log10(this.signal / this.noise),
      cosine: norms === 0 ? (this.signal === this.quantized ? 1 : 0) : this.dot / norms,
      mse,
      maxAbs: this.largest,
      ...(scale === undefined ? {} : { rmseOverScale: Math.sqrt(mse) / scale }),
    };
  }
}
