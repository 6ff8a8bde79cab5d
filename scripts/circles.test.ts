/**
 * No file imports itself, over whatever way, types included: a circle has no file to begin reading
 * with, and none that can be tested alone.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Rooms that still have one. */
const exempt: readonly string[] = [];
const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !exempt.includes(entry.name))
  .map(({ name }) => name);

const isSource = (path: string) =>
  /\.tsx?$/.test(path) && !/(^|\/)(generated|assembly)\//.test(path);

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter(isSource);
}

/** Relative imports and re-exports of a file, static, dynamic and `import type`, as paths from the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.{1,2}\/?[^']*)'/g);
  return [...found].flatMap(([, path]) => {
    const base = join(root, dirname(file), path!);
    const candidates = [base, `${base}.ts`, `${base}.tsx`, join(base, 'index.ts')];
    const target = candidates.find((one) => isSource(one) && existsSync(one));
    return target ? [relative(root, target)] : [];
  });
}

/** The shortest circle through each file that is on one; a circle is given once, from its first file. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found = new Map<string, string[]>();
  for (const start of graph.keys()) {
    const from = new Map<string, string>();
    const queue = [start];
    for (let at = queue.shift(); at !== undefined && !from.has(start); at = queue.shift()) {
      for (const next of graph.get(at) ?? []) {
        if (from.has(next)) continue;
        from.set(next, at);
        queue.push(next);
      }
    }
    if (!from.has(start)) continue;
    const circle = [start];
    for (let at = from.get(start)!; at !== start; at = from.get(at)!) circle.unshift(at);
    found.set([...circle].sort().join(), circle);
  }
  return [...found.values()];
}

describe('imports', () => {
  const graph = new Map(sourcesIn('src').map((file) => [file, importsOf(file)]));

  it('are read', () => {
    expect(graph.get('src/engine/backends.ts')).toContain('src/engine/wasm/index.ts');
    expect(graph.get('src/formats/keras/h5read.ts')).toContain('src/formats/keras/floats.ts');
  });

  it.each(rooms)('of %s run in no circle', (room) => {
    const through = circles(graph).filter((circle) =>
      circle.some((file) => file.startsWith(`src/${room}/`)),
    );
    expect(through.map((circle) => circle.join(' → '))).toEqual([]);
  });

  it('are seen where they do', () => {
    const looped = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(circles(looped).map((circle) => [...circle].sort())).toEqual([['a', 'b', 'c']]);
  });
});
