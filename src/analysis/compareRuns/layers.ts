/** The same layer across runs: found by the operator's name, else by the layer's name and operator. */
import { rowsOf } from '../figures';
import type { Comparable, ComparedLayer, ComparedRun, Row } from './types';

interface Draft {
  readonly first: Row;
  /** By position of the run. */
  readonly rows: Map<Comparable, Row>;
}

/**
 * Layers of every run in the order of execution: the first given run's order; a layer that it lacks
 * stands after the layer that comes before it in its own run.
 */
export function matchedLayers(
  runs: readonly ComparedRun[],
  baseline: number,
): readonly ComparedLayer[] {
  const order = [runs[baseline]!, ...runs.filter((_, at) => at !== baseline)];
  const layers: Draft[] = [];
  for (const run of order.flatMap((one) => one.runs)) enter(layers, run);
  return layers.map(({ first, rows }) => ({
    id: first.id,
    layer: first.layer,
    type: first.type,
    op: first.op,
    rows: runs.map((compared) => compared.runs.map((run) => rows.get(run))),
    matched: runs.every((compared) => compared.runs.some((run) => rows.has(run))),
  }));
}

function enter(layers: Draft[], run: Comparable) {
  const rows = rowsOf(run);
  const byId = new Map(layers.map((layer) => [layer.first.id, layer]));
  const taken = new Set<Draft>();
  const exact = new Map<Row, Draft>();
  for (const row of rows) {
    const same = byId.get(row.id);
    if (same) {
      exact.set(row, same);
      taken.add(same);
    }
  }
  const left = layers.filter((layer) => !taken.has(layer));
  const byName = unique(left, ({ first }) => nameKey(first));
  const ownNames = unique(
    rows.filter((row) => !exact.has(row)),
    nameKey,
  );
  let after = -1;
  for (const row of rows) {
    const key = nameKey(row);
    const found = exact.get(row) ?? (ownNames.get(key) === row ? byName.get(key) : undefined);
    if (found) {
      found.rows.set(run, row);
      after = layers.indexOf(found);
    } else {
      layers.splice(++after, 0, { first: row, rows: new Map([[run, row]]) });
    }
  }
}

const nameKey = (row: Row) => `${row.op} ${row.layer}`;

/** What stands alone under its key. */
function unique<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T> {
  const found = new Map<string, T>();
  const twice = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    if (found.has(key)) twice.add(key);
    found.set(key, item);
  }
  for (const key of twice) found.delete(key);
  return found;
}
