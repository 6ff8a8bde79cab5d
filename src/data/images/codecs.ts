/**
 * The codecs that are WebAssembly: JPEG (MozJPEG's libjpeg) and WebP (libwebp), the very code that
 * Pillow runs. Whoever hosts the room provides their bytes once (`provideCodecs`): the page from its
 * own origin, node from the package's folder. Everything else here is the same in both.
 */
import jpegFactory from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import webpFactory from '@jsquash/webp/codec/dec/webp_dec.js';
import { IntactError } from '../../model/error';

export type CodecName = 'jpeg' | 'webp';
/** Gives the codec's .wasm file: `@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm`, `@jsquash/webp/codec/dec/webp_dec.wasm`. */
export type LoadCodec = (name: CodecName) => Promise<ArrayBuffer>;

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}
export interface Codec {
  /** RGBA; undefined where the codec refuses. Second: what the codec complained of. */
  decode(bytes: Uint8Array): { readonly image?: Decoded; readonly complaints: readonly string[] };
}

type Factory = (options: Record<string, unknown>) => Promise<{
  decode(bytes: Uint8Array, preserveOrientation?: boolean): Decoded | null | undefined;
  readonly HEAPU8: Uint8Array;
}>;
const factories: Readonly<Record<CodecName, Factory>> = {
  jpeg: jpegFactory as unknown as Factory,
  webp: webpFactory as unknown as Factory,
};
/** A codec whose memory a large picture has grown beyond this is made anew: WASM memory never shrinks. */
const MOST_HEAP = 160 * 2 ** 20;

let load: LoadCodec | undefined;
const bytesOf = new Map<CodecName, Promise<ArrayBuffer>>();
const running = new Map<CodecName, Promise<Codec>>();

/** Called once by the worker or the shell before images are read. */
export function provideCodecs(loader: LoadCodec): void {
  load = loader;
  bytesOf.clear();
  running.clear();
}

/** @throws IntactError `internal` when no loader was provided or the file does not come */
export function codec(name: CodecName): Promise<Codec> {
  let made = running.get(name);
  if (!made) {
    made = make(name);
    running.set(name, made);
    made.catch(() => running.delete(name));
  }
  return made;
}

async function make(name: CodecName): Promise<Codec> {
  if (!load)
    throw new IntactError('internal', `The decoder of ${name.toUpperCase()} was not loaded.`);
  let bytes = bytesOf.get(name);
  if (!bytes) {
    bytes = load(name);
    bytesOf.set(name, bytes);
  }
  const complaints: string[] = [];
  const wasmBinary = await bytes.catch((error: unknown) => {
    bytesOf.delete(name);
    throw new IntactError(
      'internal',
      `The decoder of ${name.toUpperCase()} images could not be loaded (${error instanceof Error ? error.message : String(error)}). Load the page again.`,
    );
  });
  const module = await factories[name]({
    wasmBinary,
    noInitialRun: true,
    print: () => undefined,
    printErr: (text: string) => complaints.push(text),
  });
  return {
    decode(input) {
      complaints.length = 0;
      try {
        const image = name === 'jpeg' ? module.decode(input, false) : module.decode(input);
        return { ...(image ? { image } : {}), complaints: [...complaints] };
      } catch {
        // The codec has thrown inside WASM: its state is not to be trusted any more.
        running.delete(name);
        return { complaints: [...complaints] };
      } finally {
        if (module.HEAPU8.length > MOST_HEAP) running.delete(name);
      }
    },
  };
}
