/**
 * Gradients of convolutions with rows of three taps and stride 1, by two thirds of the multiplications
 * (assembly/winograd.ts). Forward passes stay direct: their sums are compared with the integer model's.
 */
import type { Heap, Take } from './heap';
import { eights, type Site } from './geometry';

/** Bytes of both operands that a block of rows may take of the first cache. */
const BLOCK = 24 * 1024;

/** Whether the layer's shapes allow it, and have channels enough to pay. */
export function hasTriples(site: Site): boolean {
  const { kind, filterW, strideH, strideW, dilationH, dilationW, inC, outC, inW, outW } = site;
  return (
    kind === 'conv' &&
    filterW === 3 &&
    [strideH, strideW, dilationH, dilationW].every((one) => one === 1) &&
    [inC, outC].every((channels) => channels >= 8 && channels % 4 === 0) &&
    inW % 2 === 0 &&
    outW % 2 === 0
  );
}

/**
 * @param from the output's gradient with its border, `filterW − 1` pixels wider and as much higher as taps reach
 */
export function triplesToInput(
  { kernels: k }: Heap,
  take: Take,
  site: Site,
  from: number,
  w: number,
  dx: number,
): void {
  const { batch, inH, inW, inC, outC, filterH } = site;
  const [hp, wp, pairs] = [inH + filterH - 1, inW + 2, inW / 2];
  const size = inC * outC;
  const weights = take(4 * filterH * size);
  k.winogradWeights(w, weights, filterH, size);
  const panel = filterH * outC * eights(inC);
  const panels = take(4 * panel);
  for (let place = 0; place < 4; place++) {
    const one = weights + place * filterH * size * 4;
    k.packTransposed(one, panels + place * panel * 4, filterH, inC, outC, 1);
  }
  const [read, made] = [hp * pairs * outC, inH * pairs * inC];
  const [input, products] = [take(4 * read), take(4 * made)];
  const line = pairs * outC * 4;
  for (let i = 0; i < batch; i++) {
    k.winogradInput(from + i * hp * wp * outC * 4, input, hp, wp, pairs, outC);
    for (let place = 0; place < 4; place++) {
      const [x, to] = [input + place * read * 4, products + place * made * 4];
      const these = panels + place * panel * 4;
      // prettier-ignore
      k.conv(x, to, 1, inH * pairs, outC * 4, 0, filterH, line, 1, 0, outC, these, 0, inC);
    }
    k.winogradOutput(products, dx + i * inH * inW * inC * 4, inH * pairs, inC);
  }
}

/** @param from the input with its border */
export function triplesToWeights(
  heap: Heap,
  take: Take,
  site: Site,
  from: number,
  dy: number,
  dw: number,
): void {
  const { kernels: k } = heap;
  const { batch, inC, outH, outW, outC, filterH } = site;
  const [hp, wp, pairs] = [outH + filterH - 1, outW + 2, outW / 2];
  const size = inC * outC;
  const sums = take(4 * filterH * size);
  heap.zero(sums, 4 * filterH * size);
  const [read, given] = [hp * pairs * inC, outH * pairs * outC];
  const [input, gradient] = [take(4 * read), take(4 * given)];
  const rows = rowsAtOnce(outH, pairs * (inC + outC) * 4);
  const [pixel, line] = [inC * 4, pairs * inC * 4];
  for (let i = 0; i < batch; i++) {
    k.winogradInput(from + i * hp * wp * pixel, input, hp, wp, pairs, inC);
    k.winogradGradient(dy + i * outH * outW * outC * 4, gradient, outH * pairs, outC);
    for (let place = 0; place < 4; place++) {
      const [x, g] = [input + place * read * 4, gradient + place * given * 4];
      const to = sums + place * filterH * size * 4;
      // prettier-ignore
      k.weightGradient(x, g, to, outH / rows, rows * pairs, pixel, rows * line, filterH, line, 1, 0, inC, outC);
    }
  }
  k.winogradTaps(sums, dw, filterH, size);
}

/** The most rows that divide the height and whose operands stay in the first cache. */
function rowsAtOnce(height: number, rowBytes: number): number {
  let rows = height;
  while (rows > 1 && (height % rows !== 0 || rows * rowBytes > BLOCK)) rows--;
  return rows;
}
