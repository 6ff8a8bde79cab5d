/**
 * The TFLite runtime (npm @tensorflow/tfjs-tflite, SIMD build with XNNPACK) in plain node: what the
 * integer results are compared with. It takes int8, int16, uint8, int32, float32 and bool borders.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Tensor } from '../model/graph';

interface RunnerTensor {
  readonly dataType: string;
  readonly name: string;
  readonly shape: string;
  data(): OracleData;
}
export type OracleData = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;

interface Vector<T> {
  size(): number;
  get(index: number): T;
  delete(): void;
}
interface ModelRunner {
  GetInputs(): Vector<RunnerTensor>;
  GetOutputs(): Vector<RunnerTensor>;
  Infer(): boolean;
  delete(): void;
}
interface RuntimeModule {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(
      pointer: number,
      length: number,
      options: { numThreads: number; enableProfiling: boolean; maxProfilingBufferEntries: number },
    ): { ok(): boolean; errorMessage(): string; value(): ModelRunner };
  };
}

const require = createRequire(import.meta.url);
let loading: Promise<RuntimeModule> | undefined;

function load(): Promise<RuntimeModule> {
  loading ??= (async () => {
    const folder = join(dirname(require.resolve('@tensorflow/tfjs-tflite/package.json')), 'wasm');
    const factory = require(join(folder, 'tflite_web_api_cc_simd.js')) as (options: {
      wasmBinary: Uint8Array;
      print(text: string): void;
      printErr(text: string): void;
    }) => Promise<RuntimeModule>;
    return factory({
      wasmBinary: readFileSync(join(folder, 'tflite_web_api_cc_simd.wasm')),
      print: () => undefined,
      printErr: () => undefined,
    });
  })();
  return loading;
}

export interface OracleTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: OracleData;
}
export interface Oracle {
  readonly inputs: readonly Omit<OracleTensor, 'data'>[];
  /** Feeds in the model's input order; outputs are copies. */
  run(feeds: readonly ArrayLike<number>[]): OracleTensor[];
  dispose(): void;
}

function list(vector: Vector<RunnerTensor>): RunnerTensor[] {
  const items = Array.from({ length: vector.size() }, (_, index) => vector.get(index));
  vector.delete();
  return items;
}

const describe = (tensor: RunnerTensor) => ({
  name: tensor.name,
  shape: tensor.shape === '' ? [] : tensor.shape.split(',').map(Number),
  dtype: tensor.dataType,
});

/** Opens a .tflite in the runtime. Throws with the runtime's message when it refuses the file. */
export async function openOracle(bytes: Uint8Array): Promise<Oracle> {
  const runtime = await load();
  const pointer = runtime._malloc(bytes.length);
  runtime.HEAPU8.set(bytes, pointer);
  const created = runtime.TFLiteWebModelRunner.CreateFromBufferAndOptions(pointer, bytes.length, {
    numThreads: 1,
    enableProfiling: false,
    maxProfilingBufferEntries: 1024,
  });
  if (!created.ok()) {
    runtime._free(pointer);
    throw new Error(`TFLite runtime: ${created.errorMessage()}`);
  }
  const runner = created.value();
  return {
    inputs: list(runner.GetInputs()).map(describe),
    run(feeds) {
      list(runner.GetInputs()).forEach((tensor, index) => {
        tensor.data().set(feeds[index]!);
      });
      if (!runner.Infer()) throw new Error('TFLite runtime: inference failed');
      return list(runner.GetOutputs()).map((tensor) => ({
        ...describe(tensor),
        data: tensor.data().slice(),
      }));
    },
    dispose() {
      runner.delete();
      runtime._free(pointer);
    },
  };
}

/** One inference of a .tflite in the runtime. */
export async function runOracle(
  bytes: Uint8Array,
  feeds: readonly Tensor[],
): Promise<OracleTensor[]> {
  const oracle = await openOracle(bytes);
  try {
    return oracle.run(feeds.map(({ data }) => data as ArrayLike<number>));
  } finally {
    oracle.dispose();
  }
}
