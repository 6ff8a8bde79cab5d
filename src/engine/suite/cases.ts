/**
 * Cases that every backend must pass: seeded one-operator graphs with their feeds. The reference
 * equals the TFLite runtime on them (reference.test.ts); other backends equal the reference.
 */
import type { SuiteCase } from './build';
import { convolutionCases } from './convolution';

export type { SuiteCase } from './build';

export function suiteCases(): SuiteCase[] {
  return [...convolutionCases()];
}
