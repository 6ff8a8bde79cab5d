/** Where a WebGPU kernel is used, and what factories share. */
import type { Value } from '../../../model/graph';
import type { KernelSite } from '../../engine';
import { layoutOf, type Layout } from '../layout';
import { lines, type Family, type Kernel, type Program } from '../program';

/** What the adapter does well and rightly (probe.ts, selfTest.ts). */
export interface Abilities {
  /** int8 products: by dot4I8Packed, or in f32 where the adapter emulates that. */
  readonly arithmetic: 'dot4' | 'f32';
  /** f32 products round to nearest even, or the stage computes them in integers. */
  readonly floats: 'float' | 'exact';
}

export interface GpuSite extends KernelSite {
  /** Indices of the graph's values, in the order of inputs and outputs; −1 is absent. */
  readonly inputIndices: readonly number[];
  readonly outputIndices: readonly number[];
  /** Samples of a whole batch. */
  readonly batch: number;
  readonly abilities: Abilities;
  /**
   * Shapes of matrix products: those worth trying on a GPU (default); every one, for tests; or one with
   * little workgroup memory, which software adapters compile fifteen times as fast.
   */
  readonly shapes?: 'every' | 'small';
}

/** A kernel, or in a sentence's part why this site has none. */
export type GpuKernelFactory = (site: GpuSite) => Kernel;

/** Layout of a value that the planner has checked. */
export function layout(value: Value): Layout {
  return layoutOf(value)!;
}

export const isConstant = (value: Value) => value.data !== undefined;

/** Words from one sample to the next; constants have one for all. */
export function sampleWords(value: Value): number {
  return isConstant(value) ? 0 : layout(value).words;
}

interface LineProgram extends Pick<Program, 'reads' | 'writes'> {
  readonly family: Family;
  readonly name: string;
  readonly code: string;
  readonly constants?: Program['constants'];
  /** Threads for one sample. */
  readonly perSample: number;
}

/** A program of one thread per index. */
export function lineProgram({ perSample, constants = [], ...rest }: LineProgram): Program {
  return { ...rest, constants, groups: (samples) => lines(samples * perSample) };
}

/** One program, nothing to choose. */
export const only = (program: Program): Kernel => [[program]];
