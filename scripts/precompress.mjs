/**
 * A vite plugin: brotli and gzip beside every file of the build that they make smaller, so that any
 * static server that knows precompressed files sends those. Large files get less effort: they would
 * take longer than the rest of the build.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const compressible = new Set(['.js', '.mjs', '.css', '.html', '.svg', '.json', '.wasm', '.txt']);
const least = 1024;
const large = 2 ** 20;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

async function compress(path) {
  const body = readFileSync(path);
  if (body.length < least) return;
  const isLarge = body.length > large;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: isLarge ? 5 : 10,
    [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
  };
  const [br, gz] = await Promise.all([
    brotli(body, { params }),
    zip(body, { level: isLarge ? 4 : 9 }),
  ]);
  if (br.length < body.length) writeFileSync(`${path}.br`, br);
  if (gz.length < body.length) writeFileSync(`${path}.gz`, gz);
}

export function precompress() {
  let folder;
  return {
    name: 'intact-precompress',
    apply: 'build',
    configResolved(config) {
      // The workers' bundles are plugins' builds of their own: only the page's writes files.
      folder = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && compressible.has(extname(entry.name)))
        .map((entry) => join(entry.parentPath, entry.name));
      await Promise.all(files.map(compress));
    },
  };
}
