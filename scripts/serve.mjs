/**
 * Serves the built studio on this machine only, with what the page needs: cross-origin isolation (WASM
 * threads, precise timers) and a CSP that lets nothing leave the origin.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * 'wasm-unsafe-eval': kernels and LiteRT.js are WebAssembly. 'unsafe-inline' for styles only: the
 * component library sets style attributes. blob: and data: images are previews of the user's own data.
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

function fileOf(url, root) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  const file = normalize(join(root, path.endsWith('/') ? `${path}index.html` : path));
  if (!file.startsWith(root) || path.includes('\0')) return undefined;
  return existsSync(file) && statSync(file).isFile() ? file : undefined;
}

/** The headers of a server that cannot isolate the page, as plain static hosts are. */
function unisolated() {
  const others = Object.entries(headers).filter(([name]) => !name.startsWith('Cross-Origin-'));
  return Object.fromEntries(others);
}

/**
 * Resolves with the address once the studio can be opened. Port 0: any free one.
 * `folder`: what is served; `isolated: false`: without the headers of cross-origin isolation.
 */
export function serve(port, { folder = built, isolated = true } = {}) {
  const root = normalize(`${folder}/`);
  const sent = isolated ? headers : unisolated();
  const server = createServer((request, response) => {
    const file = fileOf(request.url ?? '/', root);
    const extra = { ...sent, 'Cache-Control': 'no-cache' };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, extra).end();
      return;
    }
    if (!file) {
      response.writeHead(404, { ...extra, 'Content-Type': 'text/plain' }).end('Not found');
      return;
    }
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, {
      ...extra,
      'Content-Type': type,
      'Content-Length': statSync(file).size,
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve({ server, address: `http://localhost:${server.address().port}/` });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await serve(Number(process.env.PORT ?? 0));
  console.log(address);
}
