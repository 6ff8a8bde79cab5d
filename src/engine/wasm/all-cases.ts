/** Cases of every op with a WASM kernel. */
import { random } from '../../testing/random';
import type { SuiteCase } from '../suite/build';
import { convolutionCase, fullyConnectedCase, hybridCase, type Kind } from './cases';
import {
  concatenationCase,
  constantCase,
  padCase,
  resizeCase,
  softmaxCase,
  transposeConvCase,
} from './cases-image';
import { int16Case } from './cases-int16';
import { int4Case } from './cases-int4';
import { paddedCase } from './cases-pad';
import { tiesCase } from './cases-ties';
import { binaryCase, convertCase, meanCase, poolCase, unaryCase, widenedCase } from './cases-small';

/** `count` of each op and type. */
export function wasmCases(seed: number, count: number): SuiteCase[] {
  const rng = random(seed);
  const kinds: readonly Kind[] = ['int8', 'float32'];
  const makers = kinds.flatMap((kind) => [
    () => convolutionCase(rng, kind, false),
    () => convolutionCase(rng, kind, true),
    () => fullyConnectedCase(rng, kind),
    () => binaryCase(rng, kind),
    () => poolCase(rng, kind),
    () => meanCase(rng, kind),
    () => unaryCase(rng, kind),
    () => convertCase(rng, kind),
    () => transposeConvCase(rng, kind),
    () => resizeCase(rng, kind),
    () => padCase(rng, kind),
    () => concatenationCase(rng, kind),
    () => softmaxCase(rng, kind),
    () => constantCase(rng, kind),
    () => paddedCase(rng, kind),
  ]);
  makers.push(
    () => hybridCase(rng),
    () => int4Case(rng),
    () => int16Case(rng),
    () => tiesCase(rng),
    () => widenedCase(rng),
  );
  return makers.flatMap((make) => Array.from({ length: count }, make));
}
