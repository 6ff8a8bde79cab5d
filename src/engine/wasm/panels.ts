/**
 * Weights in panels of 8 output channels as assembly/gemm*.ts read them. They belong to the constant: every
 * executable of the same weights, in whatever memory, copies panels that were packed once. Constants of a graph
 * are never written to.
 */
import type { TensorData } from '../../model/graph';
import type { Variant } from './variant';

export type Kind = 'int8' | 'float32';

/** Elements of one 32-bit word of the operand. */
export function wordElements(kind: Kind, variant: Variant): number {
  if (kind === 'float32') return 1;
  return variant === 'dot16' ? 2 : 4;
}

/** The dots take int8 activations plus 128 there (assembly/lanes.ts `unsigned`). */
export const activationOffset = (variant: Variant): number => (variant === 'usdot' ? 128 : 0);

export interface Panels {
  readonly bytes: Uint8Array;
  readonly panelBytes: number;
  readonly words: number;
  readonly segments: number;
  /** Elements of a run. */
  readonly run: number;
  /** Largest |sum · scale| of any channel. */
  readonly reach: number;
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

/** Bytes of panels that are kept in all; what doesn't fit is packed for each executable. */
const mostBytes = 96 * 2 ** 20;
let keptBytes = 0;

interface Kept {
  readonly key: string;
  readonly bias: ArrayLike<number> | undefined;
  readonly scales: ArrayLike<number> | undefined;
  readonly panels: Panels;
}
/** By weights: gone with them. */
const kept = new WeakMap<TensorData, Kept[]>();
const forget = new FinalizationRegistry<number>((bytes) => {
  keptBytes -= bytes;
});

/** Bytes of panels kept now. */
export const keptPanels = (): number => keptBytes;

function same(a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return a === b;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Panels of `source`, packed at the first call with these weights, bias and scales. */
export function panelsOf(source: PanelSource): Panels {
  const { kind, variant, weights, first, channels, segments, run, inputZero, bias, scales } =
    source;
  const key = [kind, variant, first, channels, segments, run, inputZero].join();
  const entries = kept.get(weights) ?? [];
  const found = entries.find(
    (one) => one.key === key && same(one.bias, bias) && same(one.scales, scales),
  );
  if (found) return found.panels;
  const panels = packPanels(source);
  const { length } = panels.bytes;
  if (keptBytes + length <= mostBytes) {
    keptBytes += length;
    forget.register(weights, length);
    kept.set(weights, [...entries, { key, bias, scales, panels }]);
  }
  return panels;
}

export function packPanels(source: PanelSource): Panels {
  const { kind, variant, segments, run } = source;
  const words = Math.ceil(run / wordElements(kind, variant));
  const panelBytes = 32 + segments * words * 32 + 32;
  const buffer = new ArrayBuffer(Math.ceil(source.channels / 8) * panelBytes);
  const reach =
    kind === 'float32'
      ? packFloats(buffer, panelBytes, source)
      : packBytes(buffer, panelBytes, words, source);
  return { bytes: new Uint8Array(buffer), panelBytes, words, segments, run, reach };
}

function packFloats(buffer: ArrayBuffer, panelBytes: number, source: PanelSource): number {
  const { channels, first, bias } = source;
  const weights = source.weights as Float32Array;
  const depth = source.segments * source.run;
  const floats = new Float32Array(buffer);
  for (let channel = 0; channel < channels; channel++) {
    let at = ((channel >> 3) * panelBytes) / 4 + (channel & 7);
    floats[at] = bias?.[first + channel] ?? 0;
    const start = (first + channel) * depth;
    for (let k = start; k < start + depth; k++) floats[(at += 8)] = weights[k]!;
  }
  return 0;
}

/** int8 weights as bytes, or int16 where a word holds two. Returns the reach. */
function packBytes(
  buffer: ArrayBuffer,
  panelBytes: number,
  words: number,
  source: PanelSource,
): number {
  const { channels, first, segments, run, bias, scales, variant } = source;
  const weights = source.weights as Int8Array;
  const group = wordElements('int8', variant);
  const target = group === 2 ? new Int16Array(buffer) : new Int8Array(buffer);
  const elementBytes = target.BYTES_PER_ELEMENT;
  const ints = new Int32Array(buffer);
  const floats = new Float32Array(buffer);
  const zero = source.inputZero + activationOffset(variant);
  const inWord = group - 1;
  const nextWord = 8 * group - inWord;
  let reach = 0;
  for (let channel = 0; channel < channels; channel++) {
    const panel = (channel >> 3) * panelBytes;
    const lane = channel & 7;
    let sum = 0;
    let magnitude = 0;
    let k = (first + channel) * segments * run;
    for (let segment = 0; segment < segments; segment++) {
      let at = (panel + 32 + segment * words * 32 + lane * 4) / elementBytes;
      for (let e = 0; e < run; e++) {
        const value = weights[k++]!;
        target[at] = value;
        at += (e & inWord) === inWord ? nextWord : 1;
        sum += value;
        magnitude += value < 0 ? -value : value;
      }
    }
    const offset = bias?.[first + channel] ?? 0;
    const scale = scales?.[first + channel] ?? 0;
    ints[(panel >> 2) + lane] = (offset - Math.imul(sum, zero)) | 0;
    floats[((panel + panelBytes) >> 2) - 8 + lane] = scale;
    reach = Math.max(reach, (Math.abs(offset) + 255 * magnitude) * scale);
  }
  return reach;
}
