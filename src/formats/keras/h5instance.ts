/**
 * One HDF5 file in a WebAssembly instance of its own, so a trap, an abort or memory that the C library
 * leaks on one file cannot touch the next one. The generated module is used directly, not h5wasm's
 * high-level API: that one shares one instance, and allocates whatever shape a file claims.
 */
import { IntactError } from '../../model/error';
import { brokenGlobalHeap } from './h5heap';
import type { H5Module } from './h5module.js';

/** Memory of an instance: the library's own, and room for what compressed files honestly unfold to. */
const ownMemory = 64 * 2 ** 20;
const memoryFactor = 8;

export interface H5Instance {
  readonly fileName: string;
  /** Of the whole file. */
  readonly byteLength: number;
  /**
   * Runs one call into the library on the open file; whatever it throws means a damaged file and ends
   * the instance, but for an IntactError, which passes.
   */
  call<T>(what: string, body: (module: H5Module, file: bigint) => T): T;
  /** Lets the instance go. Further calls throw. */
  close(): void;
}

export function damaged(fileName: string, detail: string): IntactError {
  return new IntactError(
    'malformed',
    `${fileName} is an HDF5 file, but it is damaged: ${detail}. Save or download it again.`,
    { file: fileName },
  );
}

/** Throws IntactError `malformed` when the bytes cannot be opened. */
export async function openInstance(bytes: Uint8Array, fileName: string): Promise<H5Instance> {
  const heap = brokenGlobalHeap(bytes);
  if (heap !== undefined)
    throw damaged(fileName, `its heap of strings at byte ${heap} is malformed`);
  const maxMemory = Math.min(2 ** 31, ownMemory + bytes.length * memoryFactor);
  // 5 MB of code that only HDF5 files need.
  const { default: createH5Module } = await import('./h5module.js');
  let module: H5Module | undefined = await createH5Module(maxMemory);
  let file = -1n;

  function call<T>(what: string, body: (module: H5Module, file: bigint) => T): T {
    if (!module) throw damaged(fileName, `${what} cannot be read after an earlier failure`);
    try {
      return body(module, file);
    } catch (thrown) {
      if (thrown instanceof IntactError) throw thrown;
      module = undefined;
      throw damaged(fileName, `the HDF5 library cannot read ${what}`);
    }
  }

  file = call('its header', (m) => {
    const uncopied = { flags: 'w', canOwn: true };
    m.FS.writeFile('/model', bytes, uncopied);
    return m.open('/model', m.H5F_ACC_RDONLY, false, -1, -1);
  });
  if (file < 0n) throw damaged(fileName, 'its header or its end is missing or wrong');
  return {
    fileName,
    byteLength: bytes.length,
    call,
    close() {
      module = undefined;
    },
  };
}

/** `body` with `size` bytes of the instance's memory, freed after it. Throws `limit` where there are none. */
export function withMemory<T>(
  { fileName }: H5Instance,
  module: H5Module,
  size: number,
  body: (pointer: number) => T,
): T {
  const pointer = module._malloc(Math.max(size, 8));
  if (pointer === 0)
    throw new IntactError(
      'limit',
      `${fileName} holds an array of ${size} bytes, more than this engine sets aside for a file ` +
        'of its size. Save the model without compression.',
    );
  const result = body(pointer);
  module._free(pointer);
  return result;
}
