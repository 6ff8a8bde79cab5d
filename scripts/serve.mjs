/**
 * Serves the built studio on this machine only, with what the page needs: cross-origin isolation (WASM
 * threads, precise timers) and a CSP that lets nothing leave the origin.
 *
 * All files are read once, at start, and sent from memory: a file that vanishes, a download that is
 * broken off or a machine without file handles then costs nothing. (sirv, the usual choice, opens a
 * stream per request without listening to its errors: a vanished file ends the process, and a broken-off
 * download leaves its handle open.)
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** Written beside the files by the build (scripts/precompress.mjs); best first. */
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
];

/**
 * 'wasm-unsafe-eval': kernels and LiteRT.js are WebAssembly. 'unsafe-inline' for styles only: the
 * component library sets style attributes. `webrtc 'block'` is missing: the browsers of today don't know
 * the directive and say so in the console of every page. blob: and data: images are previews of the user's own data.
 */
export const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
    "img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** DIST: another build to serve. */
const built = process.env.DIST ?? fileURLToPath(new URL('../dist/', import.meta.url));

/** Names under which this machine may be asked: others come from a page elsewhere (DNS rebinding). */
const hosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Hashed by the build: an address never changes what it means. */
const isHashed = (path) => path.startsWith('/assets/');

/** Path in the address → { type, etag, cache, bodies: { identity, br?, gzip? } }. Links that lead out are left out. */
function filesOf(folder) {
  const root = realpathSync(folder);
  const files = new Map();
  const variants = new Map();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() && !entry.isSymbolicLink()) continue;
    const file = realpathSync(join(entry.parentPath, entry.name));
    if (!file.startsWith(root + sep)) continue;
    let body;
    try {
      body = readFileSync(file);
    } catch (error) {
      if (error.code === 'EISDIR') continue;
      throw error;
    }
    const path = `/${relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')}`;
    const encoding = encodings.find(([, ending]) => path.endsWith(ending));
    if (encoding) variants.set(path, body);
    else
      files.set(path, {
        type: types[extname(path)] ?? 'application/octet-stream',
        etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
        cache: isHashed(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
        bodies: { identity: body },
      });
  }
  for (const [name, ending] of encodings)
    for (const [path, file] of files) {
      const body = variants.get(path + ending);
      if (body) file.bodies[name] = body;
    }
  return files;
}

/** The encodings that the browser takes, as it names them; a quality of 0 refuses one. */
function encodingFor(file, accepted = '') {
  const taken = new Set();
  for (const part of accepted.split(',')) {
    const [name, ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (!parameters.some((text) => /^q=0(\.0*)?$/.test(text))) taken.add(name);
  }
  return encodings.find(([name]) => file.bodies[name] && taken.has(name))?.[0] ?? 'identity';
}

function pathOf(url = '/') {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    return path.endsWith('/') ? `${path}index.html` : path;
  } catch {
    return undefined;
  }
}

/** The headers of a server that cannot isolate the page, as plain static hosts are. */
function unisolated() {
  const others = Object.entries(headers).filter(([name]) => !name.startsWith('Cross-Origin-'));
  return Object.fromEntries(others);
}

function answer(request, response, files, sent) {
  const plain = (status, text, extra = {}) => {
    response.writeHead(status, { ...sent, 'Content-Type': 'text/plain; charset=utf-8', ...extra });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!hosts.has(host)) {
    plain(421, 'This studio answers on localhost only.');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    plain(405, 'Only GET and HEAD.', { Allow: 'GET, HEAD' });
    return;
  }
  const path = pathOf(request.url);
  const file = path === undefined ? undefined : files.get(path);
  if (!file) {
    plain(404, 'Not found', { 'Cache-Control': 'no-cache' });
    return;
  }
  const encoding = encodingFor(file, request.headers['accept-encoding']);
  const body = file.bodies[encoding];
  const etag = encoding === 'identity' ? file.etag : file.etag.replace(/"$/, `-${encoding}"`);
  const common = {
    ...sent,
    'Cache-Control': file.cache,
    ETag: etag,
    Vary: 'Accept-Encoding',
  };
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim());
  if (known.includes(etag)) {
    response.writeHead(304, common).end();
    return;
  }
  response.writeHead(200, {
    ...common,
    'Content-Type': file.type,
    'Content-Length': body.length,
    ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/**
 * Resolves with the address once the studio can be opened. Port 0: any free one.
 * `folder`: what is served; `isolated: false`: without the headers of cross-origin isolation.
 */
export function serve(port, { folder = built, isolated = true } = {}) {
  const files = filesOf(folder);
  const sent = isolated ? headers : unisolated();
  const server = createServer((request, response) => {
    // A download that is broken off is no error of the server's.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    answer(request, response, files, sent);
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
      server.off('error', reject);
      // Accepting can fail (no file handles left): those who wait are served when some are free again.
      server.on('error', () => undefined);
      resolve({ server, address: `http://localhost:${server.address().port}/` });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await serve(Number(process.env.PORT ?? 0));
  console.log(address);
}
