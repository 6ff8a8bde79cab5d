import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { licencesText } from './licences.mjs';

it('has a text of every package, and of what is compiled into them', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const parts = (licencesText(root) as string).split(`\n\n${'-'.repeat(80)}\n\n`);
  const about = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of [...Object.keys(about.dependencies), 'assemblyscript'])
    expect(parts.filter((part) => part.startsWith(`${name} `))).not.toEqual([]);
  // The shortest is the sentence that names the Apache text, which the file begins with.
  for (const part of parts)
    expect(part).toMatch(/Apache License|AS[- ]IS|WITHOUT WARRANTY|public domain|without fee/i);
  for (const holder of ['Thomas G. Lane', 'Google Inc', 'The HDF Group', 'Jean-loup Gailly'])
    expect(parts.some((part) => part.includes(holder))).toBe(true);
});
