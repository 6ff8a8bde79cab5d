/**
 * Cases that every backend must pass: seeded one-operator graphs with their feeds. The reference
 * equals the TFLite runtime on them (reference.test.ts); other backends equal the reference.
 */
import type { SuiteCase } from './build';
import { convolutionCases } from './convolution';
import { denseCases } from './dense';
import { elementwiseCases } from './elementwise';
import { hybridCases } from './hybrid';
import { moveCases } from './move';
import { poolingCases } from './pooling';

/** `seed` gives other data, scales and zero points on the same shapes and attributes. */
export function suiteCases(seed = 0): SuiteCase[] {
  return [
    ...convolutionCases(seed),
    ...denseCases(seed),
    ...poolingCases(seed),
    ...elementwiseCases(seed),
    ...moveCases(seed),
    ...hybridCases(seed),
  ];
}
