/**
 * Weights in panels of 8 output channels and the argument block of assembly/gemm.ts; shared by
 * convolution and fully-connected layers.
 */
import type { TensorData } from '../../model/graph';
import type { Build } from './build';
import type { BlockKernel, Variant } from './variant';

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

/** What is added to an int8 activation in the operand. */
export function operandOffset(variant: Variant): number {
  return variant === 'usdot' ? 128 : 0;
}

export interface Panels {
  readonly bytes: Uint8Array;
  readonly panelBytes: number;
  readonly words: number;
}

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
  const zero = source.inputZero + operandOffset(variant);
  for (let channel = 0; channel < channels; channel++) {
    const panel = (channel >> 3) * panelBytes;
    const lane = channel & 7;
    let sum = 0;
    let k = (first + channel) * segments * run;
    for (let segment = 0; segment < segments; segment++) {
      const start = panel + 32 + segment * words * 32 + lane * 4;
      for (let e = 0; e < run; e++, k++) {
        const value = weights[k]!;
        const word = start + Math.floor(e / group) * 32;
        if (kind === 'float32') floats[word >> 2] = value;
        else if (group === 2) shorts[(word >> 1) + (e & 1)] = value;
        else bytes[word + (e & 3)] = value;
        sum += value;
      }
    }
    const bias = source.bias?.[first + channel] ?? 0;
    const at = (panel >> 2) + lane;
    if (kind === 'float32') floats[at] = bias;
    else {
      ints[at] = (bias - Math.imul(sum, zero)) | 0;
      floats[((panel + panelBytes) >> 2) - 8 + lane] = source.scales?.[first + channel] ?? 0;
    }
  }
  return { bytes, panelBytes, words };
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

/** Places weights and argument block; its address. float32: `low` and `high` are real numbers. */
export function placeGemm(build: Build, kind: Kind, panels: Panels, shape: GemmShape): number {
  return placeBlock(build, kind, panels, shape, build.place(panels.bytes));
}

/** A range of output channels with an argument block of its own. */
export interface Part {
  readonly block: number;
  readonly first: number;
  readonly channels: number;
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
      block: placeBlock(build, kind, panels, { ...shape, channels }, at),
      first,
      channels,
    });
  }
  return found;
}

function placeBlock(
  build: Build,
  kind: Kind,
  panels: Panels,
  shape: GemmShape,
  address: number,
): number {
  const block = new Int32Array(16);
  const floats = new Float32Array(block.buffer);
  block.set([
    shape.rows,
    shape.width,
    shape.stepX,
    shape.stepY,
    build.place(Int32Array.from(shape.offsets)),
    shape.offsets.length,
    panels.words,
    address,
    panels.panelBytes,
    shape.channels,
    shape.outStep,
    shape.zeroPoint,
  ]);
  if (kind === 'float32') {
    floats[12] = shape.low;
    floats[13] = shape.high;
  } else {
    block[12] = shape.low;
    block[13] = shape.high;
  }
  return build.place(block);
}

/** What leaves the multiplication. */
export type Result = 'int8' | 'int32' | 'float32';

interface Tile {
  readonly kernel: BlockKernel;
  readonly rows: number;
  readonly channels: number;
  /** Measured speed of a full tile, best = 1 (README.md). */
  readonly speed: number;
}

function tilesOf({ kernels, variant }: Build, result: Result, depth: number): Tile[] {
  const tile = (kernel: BlockKernel, rows: number, channels: number, speed: number): Tile => ({
    kernel,
    rows,
    channels,
    speed,
  });
  const relaxed = variant !== 'dot16';
  switch (result) {
    case 'int8':
      return [
        // 12 accumulators leave no register for the product that plain SIMD adds apart.
        ...(relaxed ? [tile(kernels.gemmI8x6x8, 6, 8, depth < 128 ? 0.97 : 1)] : []),
        tile(kernels.gemmI8x4x8, 4, 8, !relaxed || depth < 128 ? 1 : 0.97),
        tile(kernels.gemmI8x2x16, 2, 16, relaxed ? 0.96 : 0.99),
        tile(kernels.gemmI8x1x32, 1, 32, relaxed ? 0.85 : 0.9),
      ];
    case 'int32':
      return [
        tile(kernels.gemmI32x6x8, 6, 8, 1),
        tile(kernels.gemmI32x1x32, 1, 32, relaxed ? 0.85 : 1.2),
      ];
    case 'float32':
      return [
        tile(kernels.gemmF32x4x8, 4, 8, 0.98),
        tile(kernels.gemmF32x2x16, 2, 16, 1),
        tile(kernels.gemmF32x1x32, 1, 32, 0.85),
      ];
    default:
      return result satisfies never;
  }
}

/** The tile with the least time for this many rows and channels, computed padding included. */
export function chooseGemm(
  build: Build,
  result: Result,
  rows: number,
  channels: number,
  depth: number,
): BlockKernel {
  const time = ({ rows: r, channels: c, speed }: Tile) =>
    (Math.ceil(rows / r) * r * Math.ceil(channels / c) * c) / speed;
  const [first, ...others] = tilesOf(build, result, depth);
  return others.reduce((best, tile) => (time(tile) < time(best) ? tile : best), first!).kernel;
}
