/** Every runtime that a recipe can aim at; recipes, panel and shell read this list. */
import { IntactError } from '../../model/error';
import { litert } from './litert';
import type { Target } from './target';
import { tflite2021 } from './tflite2021';

const list = [litert, tflite2021] as const;

export type TargetId = (typeof list)[number]['id'];

/** The first is the default. */
export const targets: readonly Target<TargetId>[] = list;
export const defaultTarget: TargetId = list[0].id;

/** Throws `usage` for an id that isn't in the list. */
export function targetOf(id: string): Target<TargetId> {
  const found = targets.find((target) => target.id === id);
  if (found) return found;
  throw new IntactError(
    'usage',
    `There is no target "${id}". Choose one of ${targets.map((target) => target.id).join(', ')}.`,
  );
}

export type { Target } from './target';
