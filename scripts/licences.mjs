/**
 * A vite plugin: licences.txt in the build, with the licence texts of every package that the product
 * stands on (package.json's dependencies and theirs), bundled or copied, and of what is compiled into them.
 * Where a package has no text, that of the licence it names (scripts/licences) stands there.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const named = /^(licen[cs]e|copying|notice)/i;

/** The compiler's own library is linked into the kernels. */
const linked = ['assemblyscript'];
/** Libraries within the WebAssembly of packages, whose texts the packages lack. */
const within = {
  h5wasm: ['hdf5', 'zlib'],
  '@jsquash/jpeg': ['mozjpeg'],
  '@jsquash/webp': ['libwebp'],
};

/** The folder of `name` as node finds it from `from`. */
function folderOf(name, from) {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(at) === at) return undefined;
  }
}

/** Folder → package.json of all that `root` needs to run; optional and missing ones are left out. */
export function packagesOf(root) {
  const found = new Map();
  const visit = (folder) => {
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (folder !== root) found.set(folder, about);
    const needed = { ...about.dependencies, ...about.peerDependencies };
    for (const name of Object.keys(needed)) {
      const next = folderOf(name, folder);
      if (next && !found.has(next)) visit(next);
    }
  };
  visit(root);
  for (const name of linked) visit(folderOf(name, root));
  return found;
}

/** Of the licences that `license` names, with who holds the copyright. */
function textsOf(root, license, by) {
  const apache = 'The text of the Apache License 2.0 stands at the beginning of this file.';
  return license.split(/ AND | OR |[()]/).flatMap((id) => {
    if (id === '') return [];
    if (id === 'Apache-2.0') return [apache];
    const text = readFileSync(join(root, `scripts/licences/${id}.txt`), 'utf8').trim();
    return [by && id !== 'Unlicense' ? `Copyright (c) ${by}\n\n${text}` : text];
  });
}

export function licencesText(root) {
  const own = readFileSync(join(root, 'LICENSE'), 'utf8');
  const parts = [...packagesOf(root)].map(([folder, { name, version, license, author }]) => {
    const texts = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && named.test(entry.name))
      .map((entry) => readFileSync(join(folder, entry.name), 'utf8').trim());
    const by = typeof author === 'string' ? author : author?.name;
    const own = texts.length > 0 ? texts : textsOf(root, license, by);
    const inside = (within[name] ?? []).map((library) => {
      const text = readFileSync(join(root, `scripts/licences/${library}.txt`), 'utf8').trim();
      return `${library}, which is compiled into ${name}:\n\n${text}`;
    });
    return [
      `${name} ${version}`,
      `${name} ${version} (${license})\n\n${[...own, ...inside].join('\n\n')}`,
    ];
  });
  const sorted = [...new Map(parts)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  const line = `\n\n${'-'.repeat(80)}\n\n`;
  return [`Intact\n\n${own.trim()}`, ...sorted].join(line) + '\n';
}

export function licences() {
  let config;
  return {
    name: 'intact-licences',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle() {
      writeFileSync(
        join(config.root, config.build.outDir, 'licences.txt'),
        licencesText(config.root),
      );
    },
  };
}
