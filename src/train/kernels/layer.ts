/** Forward and gradient of one layer on the heap: conv, depthwise, dense. Addresses in, addresses out. */
import type { Heap, Take } from './heap';
import { eights, isPadded, isPointwise, tapsOf, walkOf, type Site, type Walk } from './geometry';
import { hasTriples, triplesToInput, triplesToWeights } from './winograd';

const walkArgs = ({ rows, line, taps, tap, run }: Walk) => [rows, line, taps, tap, run] as const;

/** The padded input, or the input itself. Depthwise inputs are repeated by their multiplier first. */
function padded(heap: Heap, take: Take, site: Site, x: number, channels: number): number {
  const { kernels } = heap;
  const { batch, inH, inW, inC, top, bottom, left, right } = site;
  let from = x;
  if (channels !== inC) {
    const repeated = take(batch * inH * inW * channels);
    kernels.repeat(from, repeated, batch * inH * inW * inC, channels / inC);
    from = repeated;
  }
  if (!isPadded(site)) return from;
  const [hp, wp] = [inH + top + bottom, inW + left + right];
  const to = take(batch * hp * wp * channels);
  kernels.pad(from, to, batch, inH, inW, channels, top, left, hp, wp, 1, 1);
  return to;
}

/** out = layer(x) before its activation. */
export function forward(
  heap: Heap,
  site: Site,
  x: number,
  w: number,
  b: number,
  out: number,
): void {
  const { kernels } = heap;
  const { batch, inH, inW, inC, outH, outW, outC, top, bottom, left, right } = site;
  const pixel = inC * 4;
  heap.scratch((take) => {
    if (isPointwise(site)) {
      const panels = take(inC * eights(outC));
      kernels.pack(w, panels, inC, outC);
      const pixels = batch * inH * inW;
      kernels.conv(x, out, 1, pixels, pixel, 0, 1, 0, 1, 0, inC, panels, b, outC);
      return;
    }
    const [hp, wp] = [inH + top + bottom, inW + left + right];
    if (site.kind === 'depthwise') {
      const from = padded(heap, take, site, x, outC);
      const px = outC * 4;
      const { rows, line, taps, tap } = tapsOf(site, wp, outC);
      const [stepX, stepY] = [site.strideW * px, site.strideH * wp * px];
      for (let i = 0; i < batch; i++) {
        const image = from + i * hp * wp * px;
        const to = out + i * outH * outW * px;
        // prettier-ignore
        kernels.depthwise(image, to, outH, outW, stepX, stepY, rows, line, taps, tap, outC, w, b, 0);
      }
      return;
    }
    const from = padded(heap, take, site, x, inC);
    const size = site.filterH * site.filterW * inC;
    const panels = take(size * eights(outC));
    kernels.pack(w, panels, size, outC);
    const walk = walkArgs(walkOf(site, wp, inC));
    const [stepX, stepY] = [site.strideW * pixel, site.strideH * wp * pixel];
    for (let i = 0; i < batch; i++) {
      const image = from + i * hp * wp * pixel;
      const to = out + i * outH * outW * outC * 4;
      kernels.conv(image, to, outH, outW, stepX, stepY, ...walk, panels, b, outC);
    }
  });
}

/** dw = gradient of the weights; dy before the activation. */
export function weightGradient(heap: Heap, site: Site, x: number, dy: number, dw: number): void {
  const { kernels } = heap;
  const { batch, inH, inW, inC, outH, outW, outC, top, bottom, left, right } = site;
  const pixel = inC * 4;
  if (isPointwise(site)) {
    heap.zero(dw, inC * outC);
    const [rows, width] = site.kind === 'dense' ? [1, batch] : [batch, inH * inW];
    // prettier-ignore
    kernels.weightGradient(x, dy, dw, rows, width, pixel, width * pixel, 1, 0, 1, 0, inC, outC);
    return;
  }
  heap.scratch((take) => {
    const [hp, wp] = [inH + top + bottom, inW + left + right];
    if (site.kind === 'depthwise') {
      const from = padded(heap, take, site, x, outC);
      const px = outC * 4;
      heap.zero(dw, site.filterH * site.filterW * outC);
      const { rows, line, taps, tap } = tapsOf(site, wp, outC);
      const [stepX, stepY] = [site.strideW * px, site.strideH * wp * px];
      for (let i = 0; i < batch; i++) {
        const image = from + i * hp * wp * px;
        const g = dy + i * outH * outW * px;
        // prettier-ignore
        kernels.depthwiseGradient(image, g, dw, outH, outW, stepX, stepY, rows, line, taps, tap, outC);
      }
      return;
    }
    const from = padded(heap, take, site, x, inC);
    if (hasTriples(site)) {
      triplesToWeights(heap, take, site, from, dy, dw);
      return;
    }
    heap.zero(dw, site.filterH * site.filterW * inC * outC);
    const walk = walkArgs(walkOf(site, wp, inC));
    const [stepX, stepY] = [site.strideW * pixel, site.strideH * wp * pixel];
    for (let i = 0; i < batch; i++) {
      const image = from + i * hp * wp * pixel;
      const g = dy + i * outH * outW * outC * 4;
      kernels.weightGradient(image, g, dw, outH, outW, stepX, stepY, ...walk, outC);
    }
  });
}

/** dx = gradient of the input; dy before the activation. */
export function inputGradient(heap: Heap, site: Site, dy: number, w: number, dx: number): void {
  const { kernels } = heap;
  const { batch, inH, inW, inC, outH, outW, outC, filterH, filterW } = site;
  heap.scratch((take) => {
    if (isPointwise(site)) {
      const panels = take(outC * eights(inC));
      kernels.packTransposed(w, panels, 1, inC, outC, 0);
      const pixels = batch * inH * inW;
      kernels.conv(dy, dx, 1, pixels, outC * 4, 0, 1, 0, 1, 0, outC, panels, 0, inC);
      return;
    }
    const reach = [(filterH - 1) * site.dilationH, (filterW - 1) * site.dilationW] as const;
    const [hp, wp] = [inH + reach[0], inW + reach[1]];
    const [top, left] = [reach[0] - site.top, reach[1] - site.left];
    const px = outC * 4;
    const spread = () => {
      const to = take(batch * hp * wp * outC);
      // prettier-ignore
      kernels.pad(dy, to, batch, outH, outW, outC, top, left, hp, wp, site.strideH, site.strideW);
      return to;
    };
    if (site.kind === 'depthwise') {
      const from = spread();
      const whole = outC === inC ? dx : take(batch * inH * inW * outC);
      const { rows, line, taps, tap } = tapsOf(site, wp, outC);
      for (let i = 0; i < batch; i++) {
        const image = from + i * hp * wp * px;
        const to = whole + i * inH * inW * px;
        kernels.depthwise(image, to, inH, inW, px, wp * px, rows, line, taps, tap, outC, w, 0, 1);
      }
      if (whole !== dx) kernels.sumGroups(whole, dx, batch * inH * inW * inC, outC / inC);
      return;
    }
    if (site.strideH === 1 && site.strideW === 1) {
      const from = spread();
      if (hasTriples(site)) {
        triplesToInput(heap, take, site, from, w, dx);
        return;
      }
      const panels = take(filterH * filterW * outC * eights(inC));
      kernels.packTransposed(w, panels, filterH * filterW, inC, outC, 1);
      const walk = walkArgs(walkOf(site, wp, outC));
      for (let i = 0; i < batch; i++) {
        const image = from + i * hp * wp * px;
        const to = dx + i * inH * inW * inC * 4;
        kernels.conv(image, to, inH, inW, px, wp * px, ...walk, panels, 0, inC);
      }
      return;
    }
    stridedInputGradient(heap, take, site, dy, w, dx);
  });
}

/** By columns: dy · wᵀ, added to the padded image. */
function stridedInputGradient(
  heap: Heap,
  take: Take,
  site: Site,
  dy: number,
  w: number,
  dx: number,
): void {
  const { kernels } = heap;
  const { batch, inH, inW, inC, outH, outW, outC } = site;
  const size = site.filterH * site.filterW * inC;
  const pixel = inC * 4;
  const [hp, wp] = [inH + site.top + site.bottom, inW + site.left + site.right];
  const panels = take(outC * eights(size));
  const columns = take(outH * outW * size);
  const image = take(hp * wp * inC);
  kernels.packTransposed(w, panels, 1, size, outC, 0);
  const walk = walkArgs(walkOf(site, wp, inC));
  const [stepX, stepY] = [site.strideW * pixel, site.strideH * wp * pixel];
  for (let i = 0; i < batch; i++) {
    const g = dy + i * outH * outW * outC * 4;
    kernels.conv(g, columns, 1, outH * outW, outC * 4, 0, 1, 0, 1, 0, outC, panels, 0, size);
    heap.zero(image, hp * wp * inC);
    kernels.columnsToImage(columns, image, outH, outW, stepX, stepY, ...walk);
    kernels.crop(image, dx + i * inH * inW * pixel, inH, inW, inC, site.top, site.left, wp);
  }
}
