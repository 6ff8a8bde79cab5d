/** The image codecs for tests in node: their .wasm files read from the packages. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { provideCodecs } from '../data/images/codecs';

const require = createRequire(import.meta.url);
const files = {
  jpeg: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  webp: '@jsquash/webp/codec/dec/webp_dec.wasm',
} as const;

export function useNodeCodecs(): void {
  provideCodecs(async (name) => {
    const bytes = await readFile(require.resolve(files[name]));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  });
}
