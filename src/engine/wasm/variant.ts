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

/** "memory" as an imported memory (2) with limits: shared, with a maximum (3). */
const sharedImport = [...'memory'].map((letter) => letter.charCodeAt(0)).concat(2, 3);

/**
 * The builds import a shared memory. They run on a plain one just as well, because no kernel waits; then
 * the flag of the import is put down, so that pages without isolation need no shared memory at all.
 */
function bytesOf(variant: Variant, shared: boolean): Uint8Array<ArrayBuffer> {
  const text = atob(base64[variant]);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const at = bytes.findIndex((_, i) => sharedImport.every((byte, k) => bytes[i + k] === byte));
  if (!shared) bytes[at + sharedImport.length - 1] = 1;
  return bytes;
}

export function newMemory(shared: boolean): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: 32768, shared });
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
const compiled = new Map<string, Promise<WebAssembly.Module | undefined>>();

/** Does this engine accept the build at all? */
export function validates(variant: Variant, shared = false): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytesOf(variant, shared));
}

async function load(variant: Variant, shared: boolean): Promise<WebAssembly.Module | undefined> {
  return validates(variant, shared) ? WebAssembly.compile(bytesOf(variant, shared)) : undefined;
}

/**
 * The compiled build, or undefined where it is refused or, unless `unchecked` (for tests), computes
 * wrongly. `shared`: for a memory that several threads use.
 */
export async function openVariant(
  variant: Variant,
  unchecked = false,
  shared = false,
): Promise<WebAssembly.Module | undefined> {
  const key = `${variant} ${shared}`;
  const pending = compiled.get(key) ?? load(variant, shared);
  compiled.set(key, pending);
  const module = await pending;
  if (!module || unchecked) return module;
  if (!probed.has(variant)) {
    const { probe } = instantiate(module, newMemory(shared));
    probed.set(variant, dotIsExact(variant, probe));
  }
  return probed.get(variant) ? module : undefined;
}

type Address = number;
/** Arguments of the kernel, then first and last (not included) of its units. */
export type RangeKernel = (...values: number[]) => void;

/** Kernels that compute a range of their units (assembly/ says which). */
export type RangeName =
  | 'padI8'
  | 'padU8'
  | 'padF32'
  | `gemm${'' | 'Row'}${'I8' | 'I32'}`
  | `gemmF32x${'4x8' | '2x16' | '1x32'}`
  | 'gemmDirectI8'
  | `gemm${'' | 'Row'}I16`
  | 'depthwiseI16'
  | 'sumI16'
  | 'addI16'
  | 'mulI16'
  | 'tableI16'
  | 'quantizeF32I16'
  | 'dequantizeI16'
  | `depthwise${'' | '3x3'}${'I8' | 'I32' | 'F32'}`
  | 'addI8'
  | 'mulI8'
  | 'addF32'
  | 'subF32'
  | 'mulF32'
  | 'clampF32'
  | 'tableI8'
  | 'quantizeF32'
  | 'dequantizeI8'
  | 'finishHybrid'
  | 'quantizeRow'
  | `${'max' | 'average'}Pool${'I8' | 'I16' | 'F32'}`
  | `mean${'I8' | 'F32'}`
  | `softmax${'I8' | 'F32'}`
  | 'logisticF32'
  | 'hardSwishF32';

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
export interface Kernels extends Readonly<Record<RangeName, RangeKernel>> {
  probe(w: number, a: number, acc: number): number;
  useThread(index: number): void;
  peakI8(n: number): number;
  peakF32(n: number): number;
  rangeF32(from: Address, n: number, to: Address): void;
  copyBytes(from: Address, to: Address, n: number): void;
  fillBytes(to: Address, value: number, n: number): void;
  fillWords(to: Address, value: number, n: number): void;
  copyRows(from: Address, to: Address, ...sizes: number[]): void;
  gatherRows(from: Address, to: Address, count: number, bytes: number, offsets: Address): void;
  bilinearI8: LineKernel;
  bilinearF32: LineKernel;
  fixedPointUpI8(block: Address, sums: Address, to: Address, rows: number): void;
  fixedPointI8(block: Address, sums: Address, to: Address, rows: number): void;
}

/** `thread`: the number of the thread that calls them, where several share the memory. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  thread = 0,
): Kernels {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  kernels.useThread(thread);
  return kernels;
}
