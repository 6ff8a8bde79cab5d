/** Counts of a tensor's numbers in equal bins. */
import { chunk, place, sums } from './module';

/** The way into WASM takes the counts along. */
const few = 8192;
const mostBins = 8192;

/** Adds every number of `data` to bin trunc((x − least) · perBin), held within `counts`. */
export function countInto(
  counts: Float64Array<ArrayBuffer>,
  data: Float32Array,
  least: number,
  perBin: number,
): void {
  const wasm = data.length < few || counts.length > mostBins ? null : sums();
  if (!wasm) {
    countPlain(counts, data, least, perBin, 1);
    return;
  }
  const inside = new Float64Array(wasm.memory, place.counts, counts.length);
  const input = new Float32Array(wasm.memory, place.first, chunk);
  inside.set(counts);
  for (let at = 0; at < data.length; at += chunk) {
    const part = data.subarray(at, Math.min(data.length, at + chunk));
    input.set(part);
    wasm.count(place.first, part.length, least, perBin, counts.length, place.counts);
  }
  counts.set(inside);
}

/** The same for every `stride`-th number; the definition. */
export function countPlain(
  counts: Float64Array,
  data: Float32Array,
  least: number,
  perBin: number,
  stride: number,
): void {
  const last = counts.length - 1;
  for (let i = 0; i < data.length; i += stride) {
    const bin = ((data[i]! - least) * perBin) | 0;
    counts[bin < 0 ? 0 : bin > last ? last : bin]! += 1;
  }
}
