/** The server against what browsers, networks and disks do to it. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve } from './serve.mjs';

const folder = mkdtempSync(join(tmpdir(), 'intact-serve-'));
const outside = mkdtempSync(join(tmpdir(), 'intact-outside-'));
const text = 'const answer = 42;\n'.repeat(200);
const large = Buffer.alloc(4 << 20, 7);
let server: Server;
let port: number;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Intact</title>');
  writeFileSync(join(folder, 'assets', 'app-1a2b.js'), text);
  writeFileSync(join(folder, 'assets', 'app-1a2b.js.br'), brotliCompressSync(text));
  writeFileSync(join(folder, 'assets', 'app-1a2b.js.gz'), gzipSync(text));
  writeFileSync(join(folder, 'large.wasm'), large);
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'secret.txt'));
  ({ server } = await serve(0, { folder }));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  for (const path of [folder, outside]) rmSync(path, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({
      port,
      host: '127.0.0.1',
      path,
      method,
      agent: false,
      headers: { host: `localhost:${port}`, ...headers },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(parts),
        });
      });
    });
    sent.end();
  });
}

it('sends what the build compressed, in the encoding that the browser takes', async () => {
  const path = '/assets/app-1a2b.js';
  const br = await get(path, { 'accept-encoding': 'gzip, deflate, br' });
  expect(br.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(br.body).toString()).toBe(text);
  expect((await get(path, { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip');
  expect((await get(path, { 'accept-encoding': 'br;q=0' })).body.toString()).toBe(text);
  expect((await get(path)).headers['content-encoding']).toBeUndefined();
  expect((await get(`${path}.br`)).status).toBe(404);
});

it('lets hashed files be kept for ever, and asks again for the page', async () => {
  expect((await get('/assets/app-1a2b.js')).headers['cache-control']).toContain('immutable');
  const page = await get('/');
  expect(page.headers['cache-control']).toBe('no-cache');
  const again = await get('/', { 'if-none-match': String(page.headers['etag']) });
  expect([again.status, again.body.length]).toEqual([304, 0]);
});

it('answers this machine’s names only, GET and HEAD only, and files of its folder only', async () => {
  expect((await get('/', { host: `127.0.0.1:${port}` })).status).toBe(200);
  expect((await get('/', { host: 'rebound.example' })).status).toBe(421);
  expect((await get('/', {}, 'POST')).status).toBe(405);
  const head = await get('/large.wasm', {}, 'HEAD');
  expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
    200,
    `${large.length}`,
    0,
  ]);
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/secret.txt',
    '/assets',
    '/%00',
    '/%zz',
  ])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
});

it('goes on when files vanish while it runs', async () => {
  rmSync(join(folder, 'large.wasm'));
  expect((await get('/large.wasm')).body.equals(large)).toBe(true);
});

const opened = (from: number) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect(from, '127.0.0.1');
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.once('error', reject);
  });

it('survives thousands of downloads that are broken off', async () => {
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 30; round += 1) {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = await opened(port);
        socket.on('error', () => undefined);
        socket.write(`GET /large.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        await new Promise((resolve) => socket.once('data', resolve));
        socket.destroy();
      }),
    );
  }
  expect((await get('/')).status).toBe(200);
  // One copy of the file serves all of them.
  expect(process.memoryUsage().rss - before).toBeLessThan(256 << 20);
});

it('serves while 2,000 connections stand open', async () => {
  const sockets = await Promise.all(Array.from({ length: 2000 }, () => opened(port)));
  expect((await get('/')).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

it('goes on when the machine has no file handles left', async () => {
  const script = new URL('serve.mjs', import.meta.url).pathname;
  const child = spawn('bash', ['-c', `ulimit -n 40; exec node ${JSON.stringify(script)}`], {
    env: { ...process.env, DIST: folder, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const address = await new Promise<string>((resolve) => {
      child.stdout.once('data', (data: Buffer) => {
        resolve(String(data).trim());
      });
    });
    const few = Number(new URL(address).port);
    const sockets = await Promise.all(Array.from({ length: 100 }, () => opened(few)));
    for (const socket of sockets) socket.destroy();
    const answer = await fetch(address);
    expect([answer.status, child.exitCode]).toEqual([200, null]);
  } finally {
    child.kill();
  }
});
