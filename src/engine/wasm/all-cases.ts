/** Cases of every op with a WASM kernel. */
import {
  convolutionCase,
  fullyConnectedCase,
  hybridCase,
  seeded,
  type Case,
  type Kind,
} from './cases';
import {
  concatenationCase,
  constantCase,
  padCase,
  resizeCase,
  softmaxCase,
  transposeConvCase,
} from './cases-image';
import { binaryCase, convertCase, meanCase, poolCase, unaryCase, widenedCase } from './cases-small';

/** `count` of each op and type. */
export function wasmCases(seed: number, count: number): Case[] {
  const random = seeded(seed);
  const kinds: readonly Kind[] = ['int8', 'float32'];
  const makers = kinds.flatMap((kind) => [
    () => convolutionCase(random, kind, false),
    () => convolutionCase(random, kind, true),
    () => fullyConnectedCase(random, kind),
    () => binaryCase(random, kind),
    () => poolCase(random, kind),
    () => meanCase(random, kind),
    () => unaryCase(random, kind),
    () => convertCase(random, kind),
    () => transposeConvCase(random, kind),
    () => resizeCase(random, kind),
    () => padCase(random, kind),
    () => concatenationCase(random, kind),
    () => softmaxCase(random, kind),
    () => constantCase(random, kind),
  ]);
  makers.push(
    () => hybridCase(random),
    () => widenedCase(random),
  );
  return makers.flatMap((make) => Array.from({ length: count }, make));
}
