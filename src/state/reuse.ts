import type { Run } from '../jobs/types';

/**
 * A run that comes again from the worker is a copy throughout. What didn't change keeps the identity
 * that it had, so that only what did change is drawn again.
 */
export function reuse(before: Run | undefined, run: Run): Run {
  if (before?.id !== run.id) return run;
  const { recipe, plan, graph, details, issues } = before;
  const layers = run.layers.map((layer, index) => {
    const old = before.layers[index];
    return old && same(old, layer) ? old : layer;
  });
  return {
    ...run,
    ...(before.stats ? { stats: before.stats } : {}),
    ...{ recipe, plan, graph, details, issues, layers },
  };
}

/** Of plain data without cycles. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  const other = b as Readonly<Record<string, unknown>>;
  return left.length === right.length && left.every(([key, value]) => same(value, other[key]));
}
