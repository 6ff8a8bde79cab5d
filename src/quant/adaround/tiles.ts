/** Tiles of maps as columns of patches, and gradients back: convolutions without borders, which tiles hold. */
import type { Linear } from './problem';

/** A convolution from a tile of its input to a tile of its output. */
export interface Window {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly height: number;
  readonly width: number;
  readonly filterH: number;
  readonly filterW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
}

/** [position][height][width][channels], of which a layer reads the first `inChannels`. */
export interface Tiles {
  readonly numbers: Float32Array;
  readonly channels: number;
}

type Windowed = Linear & { readonly window: Window };

/** Calls with every tap's place in the tiles and in the columns, in floats. `width`: floats of a tap there. */
function eachTap(
  { window: w }: Windowed,
  count: number,
  channels: number,
  width: number,
  visit: (inTiles: number, inColumns: number) => void,
): void {
  let column = 0;
  for (let n = 0; n < count; n++)
    for (let y = 0; y < w.height; y++)
      for (let x = 0; x < w.width; x++)
        for (let fy = 0; fy < w.filterH; fy++)
          for (let fx = 0; fx < w.filterW; fx++, column += width) {
            const row = n * w.inHeight + y * w.strideH + fy * w.dilationH;
            visit((row * w.inWidth + x * w.strideW + fx * w.dilationW) * channels, column);
          }
}

/** @param outChannels of the layout: a depthwise layer's columns are as wide */
export function columnsInto(
  layer: Windowed,
  { numbers, channels }: Tiles,
  count: number,
  columns: Float32Array,
  outChannels: number,
): void {
  const read = layer.window.inChannels;
  if (layer.kind === 'full') {
    eachTap(layer, count, channels, read, (from, to) => {
      for (let c = 0; c < read; c++) columns[to + c] = numbers[from + c]!;
    });
    return;
  }
  const multiplier = layer.channels / read;
  eachTap(layer, count, channels, outChannels, (from, to) => {
    for (let c = 0; c < layer.channels; c++)
      columns[to + c] = numbers[from + (multiplier === 1 ? c : Math.floor(c / multiplier))]!;
  });
}

/** Adds gradients of columns to those of the tiles. */
export function addColumns(
  layer: Windowed,
  columns: Float32Array,
  count: number,
  { numbers, channels }: Tiles,
  outChannels: number,
): void {
  const read = layer.window.inChannels;
  if (layer.kind === 'full') {
    eachTap(layer, count, channels, read, (to, from) => {
      for (let c = 0; c < read; c++) numbers[to + c]! += columns[from + c]!;
    });
    return;
  }
  const multiplier = layer.channels / read;
  eachTap(layer, count, channels, outChannels, (to, from) => {
    for (let c = 0; c < layer.channels; c++)
      numbers[to + (multiplier === 1 ? c : Math.floor(c / multiplier))]! += columns[from + c]!;
  });
}
