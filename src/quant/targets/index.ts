import { litert } from './litert';
import type { Target } from './target';

/** Every runtime that a recipe can aim at; the first is the default. */
export const targets: readonly Target[] = [litert];

export { litert };
export type { Target };
