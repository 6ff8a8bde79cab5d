/** Layers before and after a layer, for rules that ask what stands beside it. */
import type { Ground, Layer } from './ground';

export const isInteger = (layer: Layer | undefined) =>
  layer?.row.scheme === 'int8' || layer?.row.scheme === 'int16';

export const before = ({ node }: Layer, { maker, layer }: Ground) =>
  node.inputs.flatMap((index) => {
    const made = maker(index);
    return made ? (layer(made.name) ?? []) : [];
  });
export const after = ({ node }: Layer, { readers, layer }: Ground) =>
  node.outputs.flatMap((index) => readers(index).flatMap(({ name }) => layer(name) ?? []));

/** Over float layers alone. */
export function reachesInteger(
  start: Layer,
  next: (layer: Layer, ground: Ground) => readonly Layer[],
  ground: Ground,
): boolean {
  const seen = new Set<string>();
  const pending = [start];
  for (let one = pending.pop(); one; one = pending.pop()) {
    for (const other of next(one, ground)) {
      if (isInteger(other)) return true;
      if (seen.has(other.id)) continue;
      seen.add(other.id);
      pending.push(other);
    }
  }
  return false;
}

export const layersOf = ({ rows, layer }: Ground) => rows.flatMap(({ id }) => layer(id) ?? []);
