/**
 * Steps of a training on one backend of TF.js, in node: the program that bench/gpu-training.mjs packs.
 * node main.mjs MODEL DATA BACKEND STEPS [MICRO-BATCH] prints one JSON object: loss and milliseconds of
 * each step. WebGPU comes from npm `webgpu`'s dawn.node, whose path is in DAWN.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type { TrainBackend } from '../../src/train';
import { trainingSteps } from './steps';

const BATCH = 32;
/** Steps that compile shaders and warm up. */
const WARM = 5;

interface Adapter {
  readonly info: { vendor: string; architecture: string; device: string; description: string };
}

/** Names of the adapter, which `navigator.gpu` then hands out. */
async function openGpu(path: string): Promise<string> {
  const { create, globals } = createRequire(import.meta.url)(path) as {
    create(options: string[]): { requestAdapter(): Promise<Adapter | null> };
    globals: object;
  };
  Object.assign(globalThis, globals);
  const gpu = create(['enable-dawn-features=allow_unsafe_apis']);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('no adapter');
  const { vendor, architecture, device, description } = adapter.info;
  return [vendor, architecture, device, description].filter(Boolean).join(', ');
}

async function main(): Promise<void> {
  const [model, data, backend, steps, micro] = process.argv.slice(2) as [
    ...[string, string, TrainBackend, string],
    string | undefined,
  ];
  const adapter = backend === 'webgpu' ? await openGpu(process.env['DAWN']!) : undefined;
  const name = basename(model);
  const { openingMs, microBatch, losses, ms } = await trainingSteps({
    ...{ name, backend, batch: BATCH, steps: Number(steps), loss: 'labels' },
    model: new Uint8Array(readFileSync(model)),
    data: new Uint8Array(readFileSync(data)),
    divideBy: name.startsWith('resnet') ? 1 : 255,
    wasmPath: process.env['TFJS_WASM'] ?? '',
    ...(micro !== undefined && { microBatch: Number(micro) }),
  });
  const steady = ms.slice(Math.min(WARM, ms.length - 1)).sort((a, b) => a - b);
  const times = { least: steady[0], median: steady[steady.length >> 1] };
  console.log(
    JSON.stringify({
      ...{ model: name, backend, adapter, batch: BATCH, microBatch },
      ...{ ...times, openingMs, losses, ms },
    }),
  );
}

await main();
process.exit(0);
