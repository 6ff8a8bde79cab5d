/**
 * WebGPU on a machine with a GPU, in node through Dawn: self-test, bit-exactness of the suite and of whole
 * models, then images a second by wall time against WASM on the same machine. Writes JSON as it goes.
 * Arguments: the folder of serialized graphs, the JSON file, "small" for a machine without a GPU.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { deserialize } from 'node:v8';
import type { Executable } from '../src/engine/engine';
import { createReferenceBackend } from '../src/engine/reference';
import { suiteCases } from '../src/engine/suite/cases';
import { floatCases } from '../src/engine/suite/floatCases';
import { createWasmBackend } from '../src/engine/wasm';
import { createWebGpuBackend } from '../src/engine/webgpu';
import type { Gpu } from '../src/engine/webgpu/gpu';
import type { Runner } from '../src/engine/webgpu/runner';
import { stageFaults } from '../src/engine/webgpu/selfTest';
import { elementCount, type Graph, type Tensor } from '../src/model/graph';
import { foldConstants } from '../src/model/passes/foldConstants';
import { random } from '../src/numbers/random';
import { subjectsOf } from '../src/jobs/device/subjects';
import { mobileNetV2 } from './mobilenet';

const [folder, file, size] = process.argv.slice(2) as [string, string, string | undefined];
const small = size === 'small';
const BATCH = small ? 4 : 32;
const BATCHES = small ? 2 : 60;
const started = performance.now();
const result: Record<string, unknown> = {
  node: process.version,
  cpus: cpus().length,
  cpu: cpus()[0]?.model,
};
const save = () => {
  writeFileSync(file, JSON.stringify(result, null, 1));
};
const log = (...words: unknown[]) => {
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`, ...words);
};
const { create, globals } = (await import('webgpu' as string)) as {
  create: (options: string[]) => Gpu;
  globals: object;
};
Object.assign(globalThis, globals);
const gpu = create([]);
const wasm = (await createWasmBackend())!;
result.wasm = wasm.label;
const opened = await createWebGpuBackend({ gpu, fallback: wasm });
if (typeof opened === 'string') throw new Error(opened);
const backend = opened;
result.webgpu = {
  label: backend.label,
  abilities: backend.abilities,
  why: backend.why,
  failing: [...backend.failing],
  seconds: (performance.now() - started) / 1000,
};
result.stages = {
  float: await stageFaults(backend.device, 'float'),
  exact: await stageFaults(backend.device, 'exact'),
};
log(JSON.stringify(result.webgpu), JSON.stringify(result.stages));
save();

const next = random(3);
const feedsOf = (graph: Graph): Tensor[] =>
  graph.inputs.map((index) => {
    const { shape, dtype } = graph.values[index]!;
    const length = elementCount(shape);
    const data =
      dtype === 'int8'
        ? Int8Array.from({ length }, () => Math.floor(next() * 256) - 128)
        : Float32Array.from({ length }, () => next() * 2 - 1);
    return { shape, dtype, data };
  });

/** Integers that differ, and the largest difference of floats over the largest magnitude. */
function compared(wanted: readonly Tensor[][], got: readonly Tensor[][]) {
  let different = 0;
  let elements = 0;
  let relative = 0;
  wanted.forEach((outputs, sample) => {
    outputs.forEach(({ data, dtype }, at) => {
      const other = got[sample]![at]!.data as Float32Array;
      const own = data as Float32Array;
      let most = 0;
      let worst = 0;
      for (let i = 0; i < own.length; i++) {
        elements++;
        if (dtype !== 'float32' && own[i] !== other[i]) different++;
        if (dtype === 'float32' && Number.isFinite(own[i])) {
          most = Math.max(most, Math.abs(own[i]!));
          worst = Math.max(worst, Math.abs(own[i]! - other[i]!));
        }
      }
      relative = Math.max(relative, worst / (most || 1));
    });
  });
  return { different, elements, relative };
}

async function suite() {
  const reference = createReferenceBackend();
  const cases = [...suiteCases(), ...floatCases()].filter((_, at) => !small || at % 10 === 0);
  const faults: string[] = [];
  const refused = new Map<string, number>();
  let ran = 0;
  const one = async ({ name, graph, feeds }: (typeof cases)[number]) => {
    try {
      const runner = await backend.open(graph, { batch: 3 });
      if (typeof runner === 'string') {
        const kind = runner.replace(/"[^"]*"/g, '');
        refused.set(kind, (refused.get(kind) ?? 0) + 1);
        return;
      }
      const executable = await reference.prepare(graph);
      const wanted = await executable.run(feeds);
      const got = await runner.runMany([feeds, feeds, feeds, feeds]);
      const { different, relative } = compared(
        got.map(() => wanted),
        got,
      );
      if (different > 0 || relative > 2e-4)
        faults.push(`${name}: ${different} different, ${relative}`);
      ran++;
      runner.dispose();
      executable.dispose();
    } catch (thrown) {
      faults.push(`${name}: ${String(thrown)}`);
    }
  };
  for (let first = 0; first < cases.length; first += 24)
    await Promise.all(cases.slice(first, first + 24).map(one));
  return { cases: cases.length, ran, faults, refused: [...refused] };
}

/** Least milliseconds of a batch, two under way; and the median. */
async function batches(runner: Runner, samples: Tensor[][]) {
  const held = runner.hold(samples);
  const warm = performance.now();
  while (performance.now() - warm < (small ? 1 : 700)) await held.run();
  const rounds: number[] = [];
  for (let round = 0; round < (small ? 1 : 5); round++) {
    const start = performance.now();
    const underWay = [held.run()];
    for (let i = 1; i < BATCHES; i++) {
      underWay.push(held.run());
      if (underWay.length > 2) await underWay.shift();
    }
    await Promise.all(underWay);
    rounds.push((performance.now() - start) / BATCHES);
  }
  const alone = performance.now();
  for (let i = 0; i < 20; i++) await held.run();
  const oneByOne = (performance.now() - alone) / 20;
  const upload = performance.now();
  const again = Array.from({ length: small ? 1 : 20 }, () => samples).flat();
  await runner.runMany(again);
  const withUpload = ((performance.now() - upload) / again.length) * samples.length;
  held.dispose();
  return { rounds: rounds.map((ms) => Number(ms.toFixed(4))), oneByOne, withUpload };
}

async function wasmMs(executable: Executable, samples: Tensor[][]): Promise<number> {
  const budget = small ? 200 : 2500;
  for (let i = 0; i < 8; i++) await executable.run(samples[i % samples.length]!);
  const times: number[] = [];
  const start = performance.now();
  while (times.length < 5 || performance.now() - start < budget) {
    const one = performance.now();
    await executable.run(samples[times.length % samples.length]!);
    times.push(performance.now() - one);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1]!;
}

async function model(name: string, graph: Graph, layers: boolean) {
  const runnable = foldConstants(graph);
  const preparing = performance.now();
  const runner = await backend.open(runnable, { batch: BATCH });
  if (typeof runner === 'string') return { name, refused: runner };
  const prepareMs = performance.now() - preparing;
  const executable = await wasm.prepare(runnable);
  const samples = Array.from({ length: BATCH }, () => feedsOf(runnable));
  const check = samples.slice(0, small ? 2 : 16);
  const exact = compared(await executable.runMany(check), await runner.runMany(check));
  const times = await batches(runner, samples);
  const wasmTime = await wasmMs(executable, samples);
  const batchMs = [...times.rounds].sort((a, b) => a - b)[times.rounds.length >> 1]!;
  const perSecond = (1000 * BATCH) / batchMs;
  const row = {
    ...{ name, batch: runner.batch, prepareMs, exact, ...times, batchMs, wasmMs: wasmTime },
    imagesPerSecond: perSecond,
    wasmImagesPerSecond: 1000 / wasmTime,
    ratio: (perSecond * wasmTime) / 1000,
    layers: layers ? await perLayer(runner, runnable) : undefined,
  };
  runner.dispose();
  executable.dispose();
  return row;
}

async function perLayer(runner: Runner, graph: Graph) {
  const names = new Map(runner.names().map(({ node, name }) => [node, name]));
  const rows: unknown[] = [];
  for (const [at, node] of graph.nodes.entries()) {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) times.push(await runner.timeNode(at, small ? 1 : 60, BATCH));
    rows.push({
      node: node.name,
      op: node.op,
      shape: graph.values[node.outputs[0]!]!.shape,
      kernel: names.get(at),
      ms: Math.min(...times),
    });
  }
  return rows;
}

const models: unknown[] = [];
result.models = models;
const run = async (name: string, graph: Graph, layers = true) => {
  const row = await model(name, graph, layers).catch((thrown: unknown) => ({
    name,
    failed: thrown instanceof Error ? thrown.stack : String(thrown),
  }));
  models.push(row);
  log(JSON.stringify({ ...row, layers: undefined }));
  save();
};
const wide = await subjectsOf(mobileNetV2(small ? 32 : 224), wasm);
log('MobileNetV2 made');
for (const { scheme, graph } of wide)
  if (scheme !== 'dynamic') await run(`MobileNetV2 ${scheme}`, graph);
for (const name of readdirSync(folder).sort()) {
  if (!name.endsWith('.graph')) continue;
  await run(name.replace('.graph', ''), deserialize(readFileSync(`${folder}/${name}`)) as Graph);
}
if (process.env.SUITE !== '0') {
  result.suite = await suite();
  log(JSON.stringify(result.suite));
}
result.seconds = (performance.now() - started) / 1000;
save();
process.exit(0);
