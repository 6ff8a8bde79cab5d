/**
 * Weights in panels of 8 output channels and the argument block of assembly/gemm.ts; shared by
 * convolution and fully-connected layers.
 */
import type { TensorData } from '../../model/graph';
import type { Build } from './build';
import type { RangeName, Variant } from './variant';

export type Kind = 'int8' | 'float32';

/** Elements of one 32-bit word of the operand. */
export function wordElements(kind: Kind, variant: Variant): number {
  if (kind === 'float32') return 1;
  return variant === 'dot16' ? 2 : 4;
}

/** Bytes of one operand element (assembly/lanes.ts, A form). */
export function operandBytes(kind: Kind, variant: Variant): number {
  return 4 / wordElements(kind, variant);
}

/** What is added to an int8 weight in a panel (assembly/lanes.ts `dot`). */
function weightOffset(kind: Kind, variant: Variant): number {
  return kind === 'int8' && variant === 'usdot' ? 128 : 0;
}

export interface Panels {
  readonly bytes: Uint8Array;
  readonly panelBytes: number;
  readonly words: number;
  /** Elements of a run. */
  readonly run: number;
  /** Requantized sums may leave the range in which assembly/lanes.ts `scaled` is exact. */
  readonly wide: boolean;
}

/** Largest real result for which no clamp is needed before narrowing; `scaled` is exact to 2^22. */
export const narrowLimit = 2 ** 21;

export interface PanelSource {
  readonly kind: Kind;
  readonly variant: Variant;
  /** [channels, segments, run], row-major. */
  readonly weights: TensorData;
  readonly first: number;
  readonly channels: number;
  readonly segments: number;
  readonly run: number;
  readonly bias: ArrayLike<number> | undefined;
  /** int8 only: zero point of the activations, and requantization scales. */
  readonly inputZero: number;
  readonly scales?: ArrayLike<number>;
}

export function packPanels(source: PanelSource): Panels {
  const { kind, variant, channels, segments, run, first } = source;
  const weights = source.weights as Int8Array | Float32Array;
  const group = wordElements(kind, variant);
  const words = Math.ceil(run / group);
  const panelBytes = 32 + segments * words * 32 + 32;
  const count = Math.ceil(channels / 8);
  const buffer = new ArrayBuffer(count * panelBytes);
  const bytes = new Uint8Array(buffer);
  const ints = new Int32Array(buffer);
  const floats = new Float32Array(buffer);
  const shorts = new Int16Array(buffer);
  const zero = source.inputZero;
  const offset = weightOffset(kind, variant);
  let wide = false;
  for (let channel = 0; channel < channels; channel++) {
    const panel = (channel >> 3) * panelBytes;
    const lane = channel & 7;
    let sum = 0;
    let magnitude = 0;
    let k = (first + channel) * segments * run;
    for (let segment = 0; segment < segments; segment++) {
      const start = panel + 32 + segment * words * 32 + lane * 4;
      for (let e = 0; e < run; e++, k++) {
        const value = weights[k]!;
        const word = start + Math.floor(e / group) * 32;
        if (kind === 'float32') floats[word >> 2] = value;
        else if (group === 2) shorts[(word >> 1) + (e & 1)] = value;
        else bytes[word + (e & 3)] = value + offset;
        sum += value;
        magnitude += Math.abs(value);
      }
    }
    const bias = source.bias?.[first + channel] ?? 0;
    const at = (panel >> 2) + lane;
    if (kind === 'float32') floats[at] = bias;
    else {
      const scale = source.scales?.[first + channel] ?? 0;
      ints[at] = (bias - Math.imul(sum, zero)) | 0;
      floats[((panel + panelBytes) >> 2) - 8 + lane] = scale;
      wide ||= !((Math.abs(bias) + 255 * magnitude) * scale < narrowLimit);
    }
  }
  return { bytes, panelBytes, words, run, wide };
}

export interface GemmShape {
  readonly rows: number;
  /** Output pixels per line; operand bytes between neighbours in a line, and between lines. */
  readonly width: number;
  readonly stepX: number;
  readonly stepY: number;
  /** Operand bytes from a row's start to each run. */
  readonly offsets: readonly number[];
  readonly channels: number;
  readonly outStep: number;
  readonly zeroPoint: number;
  readonly low: number;
  readonly high: number;
}

/** Multiplies: operand, output. */
export type Multiply = (from: number, to: number) => void;

/** What leaves the multiplication. */
export type Result = 'int8' | 'int32' | 'float32';

/** Places weights and argument block. float32: `low` and `high` are real numbers. */
export function placeGemm(
  build: Build,
  kind: Kind,
  result: Result,
  panels: Panels,
  shape: GemmShape,
): Multiply {
  return gemmAt(build, kind, result, panels, shape, build.place(panels.bytes));
}

/** A range of output channels. */
export interface Part {
  readonly multiply: Multiply;
  readonly first: number;
}

/** Weights above this are read anew for every tile of rows; a part of this size stays in a core's cache. */
const cacheBytes = 2 ** 18;
const partBytes = 2 ** 16;

/**
 * The same in parts, where reading an operand of `operand` bytes once per part is less than reading
 * all weights once per tile of rows. Each part multiplies all rows before the next begins.
 */
export function placeParts(
  build: Build,
  kind: Kind,
  result: Result,
  panels: Panels,
  shape: GemmShape,
  operand: number,
): Part[] {
  const { bytes, panelBytes } = panels;
  const address = build.place(bytes);
  const perPart = Math.max(1, Math.floor(partBytes / panelBytes));
  const parts = Math.ceil(bytes.length / (perPart * panelBytes));
  const tiles = shape.rows / 4;
  const whole = bytes.length <= cacheBytes || parts * operand >= tiles * bytes.length;
  const step = whole ? shape.channels : perPart * 8;
  const found: Part[] = [];
  for (let first = 0; first < shape.channels; first += step) {
    const channels = Math.min(step, shape.channels - first);
    const at = address + (first / 8) * panelBytes;
    found.push({
      multiply: gemmAt(build, kind, result, panels, { ...shape, channels }, at),
      first,
    });
  }
  return found;
}

/** Bits of 1.5·2^23 as float32 (assembly/lanes.ts MAGIC). */
export const magicBits = 0x4b400000;
/** The same byte four times. */
export const fourBytes = (value: number): number => Math.imul(value & 255, 0x01010101);

function gemmAt(
  build: Build,
  kind: Kind,
  result: Result,
  panels: Panels,
  shape: GemmShape,
  address: number,
): Multiply {
  const { rows, channels } = shape;
  const block = new Int32Array(20);
  const floats = new Float32Array(block.buffer);
  const runBytes = panels.run * operandBytes(kind, build.variant);
  const rest = runBytes % 16;
  block.set([
    rows,
    shape.width,
    shape.stepX,
    shape.stepY,
    build.place(Int32Array.from(shape.offsets)),
    shape.offsets.length,
    panels.words,
    address,
    panels.panelBytes,
    channels,
    shape.outStep,
    magicBits - shape.zeroPoint,
    fourBytes(shape.low),
    fourBytes(shape.high),
    panels.wide ? 1 : 0,
    magicBits - shape.zeroPoint + shape.low,
    runBytes - rest,
    rest === 0 ? 0 : build.place(Uint8Array.from({ length: 16 }, (_, i) => (i < rest ? 255 : 0))),
    magicBits,
    fourBytes(1),
  ]);
  if (kind === 'float32') {
    floats[12] = shape.low;
    floats[13] = shape.high;
  }
  const at = build.place(block);
  const depth = shape.offsets.length * panels.run;
  const tile = chooseTile(build, result, rows, channels, depth);
  const byChannels = tile.rows === 1;
  const gops = kind === 'float32' ? 55 : build.variant === 'dot16' ? 90 : 200;
  const run = build.spread({
    name: tile.name,
    units: byChannels ? Math.ceil(channels / tile.channels) : rows,
    us: (2 * rows * channels * depth) / gops / 1000,
    grain: byChannels ? 1 : tile.rows,
  });
  return (from, to) => run(at, from, to);
}

interface Tile {
  readonly name: RangeName;
  readonly rows: number;
  readonly channels: number;
  /** Measured speed of a full tile, best = 1 (README.md). */
  readonly speed: number;
}

function tilesOf({ variant }: Build, result: Result, depth: number): Tile[] {
  const tile = (name: RangeName, rows: number, channels: number, speed: number): Tile => ({
    name,
    rows,
    channels,
    speed,
  });
  const relaxed = variant !== 'dot16';
  switch (result) {
    case 'int8':
      return [
        // 12 accumulators leave no register for the product that plain SIMD adds apart.
        ...(relaxed ? [tile('gemmI8x6x8', 6, 8, depth < 128 ? 0.97 : 1)] : []),
        tile('gemmI8x4x8', 4, 8, !relaxed || depth < 128 ? 1 : 0.97),
        tile('gemmI8x2x16', 2, 16, relaxed ? 0.96 : 0.99),
        tile('gemmI8x1x32', 1, 32, relaxed ? 0.85 : 0.9),
      ];
    case 'int32':
      return [
        ...(relaxed ? [tile('gemmI32x6x8', 6, 8, 1)] : []),
        tile('gemmI32x4x8', 4, 8, relaxed ? 0.97 : 1),
        tile('gemmI32x1x32', 1, 32, relaxed ? 0.85 : 0.9),
      ];
    case 'float32':
      return [
        tile('gemmF32x4x8', 4, 8, 0.98),
        tile('gemmF32x2x16', 2, 16, 1),
        tile('gemmF32x1x32', 1, 32, 0.85),
      ];
    default:
      return result satisfies never;
  }
}

/** The tile with the least time for this many rows and channels, computed padding included. */
function chooseTile(
  build: Build,
  result: Result,
  rows: number,
  channels: number,
  depth: number,
): Tile {
  const time = ({ rows: r, channels: c, speed }: Tile) =>
    (Math.ceil(rows / r) * r * Math.ceil(channels / c) * c) / speed;
  const [first, ...others] = tilesOf(build, result, depth);
  return others.reduce((best, tile) => (time(tile) < time(best) ? tile : best), first!);
}
