/**
 * LiteRT.js in a module worker. Its loader uses importScripts, which module workers refuse: the glue
 * (public/litert, made ES modules by scripts/prepare.mjs) is imported first, and the loader's own call
 * then finds everything in place.
 */
import type * as LiteRt from '@litertjs/core';
import { version } from '@litertjs/core/package.json' with { type: 'json' };
import { IntactError } from '../../model/error';
import type { Tensor } from '../../model/graph';

export interface LiteRtRunner {
  /** Of LiteRT.js, where it is known. */
  readonly version?: string;
  run(feeds: readonly Tensor[]): Promise<Float32Array[]>;
  dispose(): void;
}

interface WorkerScope {
  ModuleFactory?: unknown;
  Module?: unknown;
  importScripts?: unknown;
}

async function load(base: string): Promise<typeof LiteRt> {
  const litert = await import('@litertjs/core');
  const relaxed = (await litert.supportsFeature('relaxedSimd')).valueOf();
  const name = relaxed ? 'litert_wasm_internal' : 'litert_wasm_compat_internal';
  const scope = globalThis as unknown as WorkerScope;
  const glue = (await import(/* @vite-ignore */ `${base}${name}.mjs`)) as { default: unknown };
  scope.ModuleFactory = glue.default;
  // Its log goes to console.error line by line; what matters comes as an exception.
  scope.Module = {
    locateFile: (file: string) => base + file,
    print: () => undefined,
    printErr: () => undefined,
  };
  Object.defineProperty(scope, 'importScripts', { value: () => undefined, configurable: true });
  await litert.loadLiteRt(base);
  return litert;
}

/**
 * LiteRT.js as a function of a file's bytes, loaded when first asked for.
 * @param base URL of the folder that holds LiteRT.js' wasm files
 * The function rejects with IntactError `unsupported` where LiteRT.js can't be loaded or refuses the
 * model, with its words.
 */
export function litertLoader(
  base: string | undefined,
): (bytes: Uint8Array) => Promise<LiteRtRunner> {
  let loading: Promise<typeof LiteRt> | undefined;
  return async (bytes) => {
    if (base === undefined)
      throw new IntactError(
        'unsupported',
        'LiteRT.js runs in a browser only. Verify the export in the studio.',
      );
    loading ??= load(base);
    const litert = await loading.catch((error: unknown) => {
      loading = undefined;
      throw new IntactError(
        'unsupported',
        `LiteRT.js could not be loaded: ${String(error)}. Reload the page and try again.`,
      );
    });
    return compile(litert, bytes);
  };
}

async function compile(litert: typeof LiteRt, bytes: Uint8Array): Promise<LiteRtRunner> {
  const compiled = await litert
    .loadAndCompile(bytes, { accelerator: 'wasm' })
    .catch((error: unknown) => {
      throw new IntactError(
        'unsupported',
        `LiteRT.js refuses the exported model: ${String(error)}`,
      );
    });
  return {
    version,
    async run(feeds) {
      const inputs = feeds.map(
        (feed) => new litert.Tensor(feed.data as Float32Array | Int32Array, [...feed.shape]),
      );
      const outputs = await compiled.run(inputs);
      const copies = outputs.map((output) => Float32Array.from(output.toTypedArray()));
      for (const tensor of [...inputs, ...outputs]) tensor.delete();
      return copies;
    },
    dispose: () => {
      compiled.delete();
    },
  };
}
