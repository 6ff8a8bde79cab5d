/** Where a layer's operands lie in memory, for the kernels of assembly/. Steps and lines are bytes. */
import type { Geometry } from '../arithmetic';

export interface Site extends Geometry {
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
}

/** How a kernel walks over an operand: rows × taps runs of `run` floats. */
export interface Walk {
  readonly rows: number;
  readonly line: number;
  readonly taps: number;
  readonly tap: number;
  readonly run: number;
}

export function siteOf(geometry: Geometry, shape: readonly number[]): Site {
  if (geometry.kind === 'dense') {
    const inC = shape[shape.length - 1]!;
    const batch = shape.reduce((a, b) => a * b, 1) / inC;
    return { ...geometry, batch, inH: 1, inW: 1, inC };
  }
  const [batch, inH, inW, inC] = shape as [number, number, number, number];
  return { ...geometry, batch, inH, inW, inC };
}

/** The walk over a window of an image whose rows are `width` pixels of `channels`. */
export function walkOf(site: Site, width: number, channels: number): Walk {
  const { filterH, filterW, dilationH, dilationW } = site;
  const pixel = channels * 4;
  const line = dilationH * width * pixel;
  return dilationW === 1
    ? { rows: filterH, line, taps: 1, tap: 0, run: filterW * channels }
    : { rows: filterH, line, taps: filterW, tap: dilationW * pixel, run: channels };
}

/** The window as single taps, as depthwise layers read it. */
export function tapsOf(site: Site, width: number, channels: number) {
  const pixel = channels * 4;
  return {
    rows: site.filterH,
    line: site.dilationH * width * pixel,
    taps: site.filterW,
    tap: site.dilationW * pixel,
  };
}

export const isPointwise = (site: Site): boolean =>
  site.kind === 'dense' ||
  (site.filterH === 1 &&
    site.filterW === 1 &&
    site.strideH === 1 &&
    site.strideW === 1 &&
    !isPadded(site));

export const isPadded = ({ top, bottom, left, right }: Geometry): boolean =>
  top + bottom + left + right > 0;

/** Panels of weights hold 8 channels. */
export const eights = (n: number): number => Math.ceil(n / 8) * 8;
