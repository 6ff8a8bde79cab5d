/**
 * Weights (panels.ts) and argument block of assembly/gemm*.ts in a memory; shared by convolution and
 * fully-connected layers.
 */
import type { Build } from './build';
import { fourBytes, placeLeave } from './leave';
import type { Kind, Panels } from './panels';
import type { RangeName } from './variant';

/** Bytes of one operand element. */
export const operandBytes = (kind: Kind): number => (kind === 'float32' ? 4 : 1);

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
  /** int8: the operand was written by padU8; relaxed dots read it where it is. */
  readonly isUnsigned?: boolean;
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

function gemmAt(
  build: Build,
  kind: Kind,
  result: Result,
  panels: Panels,
  shape: GemmShape,
  address: number,
): Multiply {
  const { rows, channels } = shape;
  const depth = panels.segments * panels.run;
  const tile = shape.isUnsigned ? direct : chooseTile(build, result, rows, channels);
  const gops = kind === 'float32' ? 55 : build.variant === 'dot16' ? 90 : 200;
  const run = build.spread({
    name: tile.name,
    units: tile.rows === 1 ? Math.ceil(channels / tile.channels) : rows,
    us: (2 * rows * channels * depth) / gops / 1000,
    grain: tile.rows === 1 ? 1 : tile.rows,
  });
  const common = [
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
  ];
  if (kind === 'float32') {
    const block = Int32Array.from([...common, 0, 0]);
    new Float32Array(block.buffer).set([shape.low, shape.high], common.length);
    const at = build.place(block);
    return (from, to) => run(at, from, to);
  }
  const operandBytes = tile.rows * panels.segments * panels.words * 4 + tileSlack;
  // Whole lines of the cache, two at a time.
  const tileBytes = Math.ceil(operandBytes / 128) * 128;
  const room = build.needTiles(tileBytes);
  const at = build.place(
    Int32Array.from([
      ...common,
      placeLeave(build, { ...shape, reach: panels.reach }),
      tileBytes,
      fourBytes(-128),
    ]),
  );
  return (from, to) => run(at, from, to, room());
}

/** Kernels write this much beyond a tile's operand. */
const tileSlack = 128;

interface Tile {
  readonly name: RangeName;
  readonly rows: number;
  readonly channels: number;
  /** Measured speed of a full tile, best = 1 (README.md). */
  readonly speed: number;
}

const direct: Tile = { name: 'gemmDirectI8', rows: 6, channels: 8, speed: 1 };

function tilesOf({ variant }: Build, result: Result): Tile[] {
  const tile = (name: RangeName, rows: number, channels: number, speed: number): Tile => ({
    name,
    rows,
    channels,
    speed,
  });
  const tall = variant === 'dot16' ? 4 : 6;
  switch (result) {
    case 'int8':
      return [tile('gemmI8', tall, 8, 1), tile('gemmRowI8', 1, 32, 0.7)];
    case 'int32':
      return [tile('gemmI32', tall, 8, 1), tile('gemmRowI32', 1, 32, 0.7)];
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
function chooseTile(build: Build, result: Result, rows: number, channels: number): Tile {
  const time = ({ rows: r, channels: c, speed }: Tile) =>
    (Math.ceil(rows / r) * r * Math.ceil(channels / c) * c) / speed;
  const [first, ...others] = tilesOf(build, result);
  return others.reduce((best, tile) => (time(tile) < time(best) ? tile : best), first!);
}
