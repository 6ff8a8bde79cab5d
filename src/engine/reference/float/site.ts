/** What float kernels ask of a site. */
import type { Activation } from '../../../model/ops';
import { floatActivationRange, type Range } from '../../numerics';
import type { KernelSite } from '../../engine';
import { allOf } from '../site';

/** Clamp of a fused activation; undefined for those that are no clamp (TFLite's kernels refuse them too). */
export function clampOf(activation: Activation): Range | undefined {
  return activation === 'TANH' || activation === 'SIGN_BIT'
    ? undefined
    : floatActivationRange(activation);
}

export function isFloat(site: KernelSite): boolean {
  return allOf(site, 'float32');
}

/** Inputs named by position, and the output, are float32. */
export function areFloat(site: KernelSite, positions: readonly number[]): boolean {
  return (
    positions.every((at) => site.inputs[at]?.dtype === 'float32') &&
    site.outputs.every((value) => value.dtype === 'float32')
  );
}

export type Shape4 = readonly [number, number, number, number];

/** A shape of exactly four axes; undefined otherwise. */
export function shape4(shape: readonly number[]): Shape4 | undefined {
  return shape.length === 4 ? (shape as unknown as Shape4) : undefined;
}
