/** Places of the page, each with an address of its own after the #, so that any static server will do. */
import { useHashLocation } from 'wouter/use-hash-location';

export const places = [
  { id: 'overview', label: 'Overview' },
  { id: 'layers', label: 'Layers' },
  { id: 'compare', label: 'Compare' },
] as const;
export type PlaceId = (typeof places)[number]['id'];

export interface Place {
  readonly id: PlaceId;
  /** Of Compare: the runs that the address lists, and the one that differences are against. */
  readonly runs: readonly string[];
  readonly baseline?: string;
}

/** "/compare/a,b,c/b"; what isn't known is the overview. */
export function placeOf(path: string): Place {
  const [, name = '', list = '', baseline] = path.split('/');
  const id = places.find((place) => place.id === name)?.id ?? 'overview';
  const runs = id === 'compare' ? list.split(',').filter(Boolean).map(decoded) : [];
  return { id, runs, ...(baseline ? { baseline: decoded(baseline) } : {}) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const pathOf = (id: PlaceId): string => `/${id}`;

export function comparePath(runs: readonly string[], baseline?: string): string {
  if (runs.length === 0) return pathOf('compare');
  const list = runs.map(encodeURIComponent).join(',');
  return `/compare/${list}${baseline !== undefined && baseline !== runs[0] ? `/${encodeURIComponent(baseline)}` : ''}`;
}

export function usePlace(): Place {
  const [path] = useHashLocation();
  return placeOf(path);
}
export { navigate } from 'wouter/use-hash-location';
