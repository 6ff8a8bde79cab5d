/**
 * Cases of float32, int32 and bool operators. The reference agrees with the TFLite runtime on them
 * (reference/float/operators.test.ts): float results within 1e-5 relative, the others exactly.
 */
import type { SuiteCase } from './build';
import { elementwise, reductions } from './floatElementwise';
import { moves } from './floatMoves';
import { products, windows } from './floatWindows';
import { random } from '../../testing/random';

export function floatCases(base = 0): SuiteCase[] {
  return [
    ...windows(random(base + 5000)),
    ...products(random(base + 5100)),
    ...elementwise(random(base + 5200)),
    ...reductions(random(base + 5300)),
    ...moves(random(base + 5400)),
  ];
}
