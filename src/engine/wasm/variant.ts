/**
 * The three builds of the kernels and the choice between them. Relaxed dots mean different things on
 * different machines (V8 on x64 with VNNI takes the second operand unsigned; without it,
 * pairs saturate to int16), so a build is used only where it multiplies known extremes rightly.
 */
import { base64 as dot16 } from './generated/dot16';
import { base64 as sdot } from './generated/sdot';
import { base64 as usdot } from './generated/usdot';

export type Variant = 'usdot' | 'sdot' | 'dot16';
/** Best first. */
export const variants: readonly Variant[] = ['usdot', 'sdot', 'dot16'];

const base64 = { usdot, sdot, dot16 } as const;

function bytesOf(variant: Variant): Uint8Array<ArrayBuffer> {
  const text = atob(base64[variant]);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const pack = (bytes: readonly number[]) =>
  (bytes[0]! & 255) | ((bytes[1]! & 255) << 8) | ((bytes[2]! & 255) << 16) | (bytes[3]! << 24);

/** Weights and activations at the ends of their ranges, as true int8. */
const extremes: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [-127, -127, -127, -127],
    [127, 127, 127, 127],
  ],
  [
    [127, 127, 127, 127],
    [127, 127, 127, 127],
  ],
  [
    [-128, -128, -128, -128],
    [-128, -128, -128, -128],
  ],
  [
    [127, 127, -128, -128],
    [-128, -128, 127, 127],
  ],
  [
    [1, -1, 2, 100],
    [-1, 0, -100, 55],
  ],
];

/** Does the dot of an instance equal exact arithmetic on the operands that its build would see? */
function dotIsExact(
  variant: Variant,
  probe: (w: number, a: number, acc: number) => number,
): boolean {
  return extremes.every(([weights, activations]) => {
    if (variant === 'dot16') {
      const word = (a: number, b: number) => (a & 0xffff) | (b << 16);
      const got = probe(word(weights[0]!, weights[2]!), word(activations[0]!, activations[2]!), 5);
      return got === 5 + weights[0]! * activations[0]! + weights[2]! * activations[2]!;
    }
    const stored = variant === 'usdot' ? activations.map((a) => a + 128) : activations;
    const want = weights.reduce((sum, w, i) => sum + w * stored[i]!, 5);
    return probe(pack(weights), pack(stored), 5) === want;
  });
}

const probed = new Map<Variant, boolean>();
const compiled = new Map<Variant, Promise<WebAssembly.Module | undefined>>();

/** Does this engine accept the build at all? */
export function validates(variant: Variant): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytesOf(variant));
}

async function load(variant: Variant): Promise<WebAssembly.Module | undefined> {
  return validates(variant) ? WebAssembly.compile(bytesOf(variant)) : undefined;
}

/**
 * The compiled build, or undefined where it is refused or, unless `unchecked` (for tests), computes
 * wrongly.
 */
export async function openVariant(
  variant: Variant,
  unchecked = false,
): Promise<WebAssembly.Module | undefined> {
  const pending = compiled.get(variant) ?? load(variant);
  compiled.set(variant, pending);
  const module = await pending;
  if (!module || unchecked) return module;
  if (!probed.has(variant)) {
    const { probe } = instantiate(module, new WebAssembly.Memory({ initial: 1 }));
    probed.set(variant, dotIsExact(variant, probe));
  }
  return probed.get(variant) ? module : undefined;
}

type Address = number;
/** (argument block, operand, output). */
export type BlockKernel = (block: Address, from: Address, to: Address) => void;

/** (parameters, a, b, output, repeats, period). */
export type ElementKernel = (
  block: Address,
  a: Address,
  b: Address,
  to: Address,
  repeats: number,
  period: number,
) => void;
/** (a, b, output, repeats, period, low, high). */
export type FloatKernel = (
  a: Address,
  b: Address,
  to: Address,
  repeats: number,
  period: number,
  low: number,
  high: number,
) => void;

/** (upper line, lower line, output line, width, channels, columns, weight of the lower line). */
export type LineKernel = (
  upper: Address,
  lower: Address,
  to: Address,
  width: number,
  channels: number,
  columns: Address,
  fraction: number,
) => void;

/** Exports of the modules; assembly/ documents each. */
export interface Kernels {
  probe(w: number, a: number, acc: number): number;
  padI8(from: Address, to: Address, ...sizes: number[]): void;
  padRepeatI8(from: Address, to: Address, ...sizes: number[]): void;
  padF32(from: Address, to: Address, ...sizes: number[]): void;
  depthwiseI8: BlockKernel;
  depthwiseI32: BlockKernel;
  depthwise3x3I8: BlockKernel;
  depthwise3x3s2I8: BlockKernel;
  depthwise3x3I32: BlockKernel;
  depthwise3x3s2I32: BlockKernel;
  depthwiseF32: BlockKernel;
  depthwise3x3F32: BlockKernel;
  addI8: ElementKernel;
  mulI8: ElementKernel;
  addF32: FloatKernel;
  subF32: FloatKernel;
  mulF32: FloatKernel;
  clampF32(from: Address, to: Address, n: number, low: number, high: number): void;
  tableI8(from: Address, to: Address, n: number, table: Address): void;
  quantizeF32(from: Address, to: Address, n: number, inverse: number, zeroPoint: number): void;
  dequantizeI8(from: Address, to: Address, n: number, scale: number, zeroPoint: number): void;
  rangeF32(from: Address, n: number, to: Address): void;
  quantizeRow(from: Address, to: Address, n: number, ...grid: number[]): void;
  finishHybrid(sums: Address, to: Address, ...rest: number[]): void;
  copyBytes(from: Address, to: Address, n: number): void;
  fillBytes(to: Address, value: number, n: number): void;
  fillWords(to: Address, value: number, n: number): void;
  copyRows(from: Address, to: Address, ...sizes: number[]): void;
  gatherRows(from: Address, to: Address, count: number, bytes: number, offsets: Address): void;
  softmaxF32(from: Address, to: Address, rows: number, depth: number, beta: number): void;
  softmaxI8(from: Address, to: Address, ...rest: number[]): void;
  logisticF32(from: Address, to: Address, n: number): void;
  hardSwishF32(from: Address, to: Address, n: number): void;
  bilinearI8: LineKernel;
  bilinearF32: LineKernel;
  maxPoolI8: BlockKernel;
  averagePoolI8: BlockKernel;
  maxPoolF32: BlockKernel;
  averagePoolF32: BlockKernel;
  meanI8(from: Address, to: Address, ...rest: number[]): void;
  meanF32(from: Address, to: Address, pixels: number, channels: number): void;
  gemmI8x6x8: BlockKernel;
  gemmI8x4x8: BlockKernel;
  gemmI8x2x16: BlockKernel;
  gemmI8x1x32: BlockKernel;
  gemmI32x6x8: BlockKernel;
  gemmI32x1x32: BlockKernel;
  gemmF32x4x8: BlockKernel;
  gemmF32x2x16: BlockKernel;
  gemmF32x1x32: BlockKernel;
  fixedPointUpI8(block: Address, sums: Address, to: Address, rows: number): void;
  fixedPointI8(block: Address, sums: Address, to: Address, rows: number): void;
}

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
