/**
 * AssemblyScript kernels → generated/*.ts beside them, each a base64 string, so that vite's worker
 * bundles, node and vitest load them without fetch. The engine's one source makes three builds:
 *   usdot  relaxed dot whose second operand is unsigned (x64 with VNNI)
 *   sdot   relaxed dot with two signed operands (Arm, AVX-VNNI-INT8)
 *   dot16  no relaxed instruction
 * The training kernels, the sums over numbers and AdaRound make one each. The training kernels have no static
 * data and no stack, because their memory is TF.js'.
 * Does nothing when sources, options and compiler are those of the last build.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const modules = [
  {
    folder: 'src/engine/wasm',
    // The memory that the engine's threads share; variant.ts takes the flag off for one thread.
    options: ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '32768'],
    variants: {
      usdot: ['--use', 'RELAXED=1', '--use', 'ACT_U8=1', '--enable', 'relaxed-simd'],
      sdot: ['--use', 'RELAXED=1', '--use', 'ACT_U8=0', '--enable', 'relaxed-simd'],
      dot16: ['--use', 'RELAXED=0', '--use', 'ACT_U8=0'],
    },
  },
  { folder: 'src/train/kernels', variants: { training: [] } },
  { folder: 'src/numbers', variants: { sums: [] } },
  { folder: 'src/quant/adaround', variants: { rounding: [] } },
];
const common = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--importMemory',
  '--initialMemory',
  '1',
  '--memoryBase',
  '64',
  '--enable',
  'simd',
];

function contentHash(sources) {
  const hash = createHash('sha256');
  const require = createRequire(import.meta.url);
  hash.update(readFileSync(require.resolve('assemblyscript/package.json')));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  for (const [name, text] of Object.entries(sources)) hash.update(`${name}\n${text}\n`);
  return hash.digest('hex').slice(0, 16);
}

async function compile(asc, sources, options) {
  let binary;
  const { error, stderr } = await asc.main(
    ['index.ts', '--outFile', 'm.wasm', ...common, ...options],
    {
      readFile: (name) => sources[name] ?? null,
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary;
}

async function build({ folder, options = [], variants }) {
  const sourceFolder = join(root, folder, 'assembly');
  const targetFolder = join(root, folder, 'generated');
  const names = readdirSync(sourceFolder).filter((name) => name.endsWith('.ts'));
  const sources = Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(join(sourceFolder, name), 'utf8')]),
  );
  const stamp = `// ${contentHash(sources)}\n`;
  const stale = Object.keys(variants).filter((variant) => {
    const path = join(targetFolder, `${variant}.ts`);
    return !existsSync(path) || !readFileSync(path, 'utf8').startsWith(stamp);
  });
  if (stale.length === 0) return stale;
  const asc = await import('assemblyscript/asc');
  mkdirSync(targetFolder, { recursive: true });
  for (const variant of stale) {
    const binary = await compile(asc, sources, [...options, ...variants[variant]]);
    const text = Buffer.from(binary).toString('base64');
    writeFileSync(
      join(targetFolder, `${variant}.ts`),
      `${stamp}export const base64 =\n  '${text}';\n`,
    );
    console.error(`wasm ${variant}: ${binary.length} bytes`);
  }
  return stale;
}

/** Returns the names of the modules that were built; empty when all were up to date. */
export async function buildWasm() {
  const built = [];
  for (const module of modules) built.push(...(await build(module)));
  return built;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildWasm();
}
