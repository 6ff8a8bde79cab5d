/**
 * One model, our engine against LiteRT.js, both on one thread of this worker: the same file, blocks of
 * both in turn, medians. Ours copies inputs and outputs on every run; LiteRT.js' input tensors are made
 * once and its outputs are not read.
 */
import * as litert from '@litertjs/core';
import { timeInTurn } from '../src/engine/benchmark';
import type { Executable } from '../src/engine/engine';
import { createWasmBackend } from '../src/engine/wasm';
import { openFiles } from '../src/formats';
import { fileOf } from '../src/jobs/export';

import { runnable } from '../src/jobs/prepared';
import { litertLoader } from '../src/jobs/verify/litert';
import type { Graph, Tensor } from '../src/model/graph';
import { madeUp, subjectsOf, type Subject } from './graphs';
import type { BenchRequest, BenchResult, LayerTime } from './types';

type Run = () => Promise<unknown>;

const WARMUPS = 20;
const BLOCK_MS = 20;
const LEAST_BLOCKS = 5;

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function timed(run: Run, repeats: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await run();
  return (performance.now() - start) / repeats;
}

/** Median milliseconds of each, a block of each in turn. */
async function inTurn(runs: readonly Run[], budgetMs: number): Promise<number[]> {
  const repeats: number[] = [];
  for (const run of runs) {
    const first = await timed(run, 1);
    if (first < 200) await timed(run, WARMUPS);
    repeats.push(Math.max(1, Math.ceil(BLOCK_MS / (await timed(run, 2)))));
  }
  const blocks: number[][] = runs.map(() => []);
  const start = performance.now();
  while (blocks[0]!.length < LEAST_BLOCKS || performance.now() - start < budgetMs) {
    for (const [i, run] of runs.entries()) blocks[i]!.push(await timed(run, repeats[i]!));
  }
  return blocks.map(median);
}

interface Theirs {
  readonly run: Run;
  readonly outputs: readonly Float32Array[];
  dispose(): void;
}

/** One loader: the runtime is loaded once a worker. */
let open: ReturnType<typeof litertLoader> | undefined;

async function openTheirs(
  bytes: Uint8Array,
  base: string,
  feeds: readonly Tensor[],
): Promise<Theirs> {
  open ??= litertLoader(base);
  const runner = await open(bytes);
  const outputs = await runner.run(feeds);
  runner.dispose();
  const model = await litert.loadAndCompile(bytes, { accelerator: 'wasm' });
  const inputs = feeds.map(
    ({ data, shape }) => new litert.Tensor(data as Float32Array, [...shape]),
  );
  return {
    outputs,
    async run() {
      for (const output of await model.run(inputs)) output.delete();
    },
    dispose() {
      for (const input of inputs) input.delete();
      model.delete();
    },
  };
}

function relativeDifference(ours: readonly Tensor[], theirs: readonly Float32Array[]): number {
  let largest = 0;
  let difference = 0;
  ours.forEach((tensor, output) => {
    const data = tensor.data as Float32Array;
    data.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - theirs[output]![i]!));
    });
  });
  return difference / (largest || 1);
}

async function layerTimes(prepare: (keepAll: boolean) => Promise<Executable>, feeds: Tensor[]) {
  const executable = await prepare(true);
  const [times] = await timeInTurn([{ executable, feeds }], { budgetMs: 1500 });
  executable.dispose();
  return executable.graph.nodes.map((node, i): LayerTime => ({
    node: node.name,
    op: node.op,
    ms: times!.layers[i]!,
  }));
}

async function measure(request: BenchRequest, { scheme, graph }: Subject): Promise<BenchResult> {
  const backend = (await createWasmBackend())!;
  const prepare = (keepAll: boolean) => backend.prepare(runnable(graph), { keepAll });
  const bytes = fileOf(graph);
  const feeds = madeUp(graph, 77);
  const executable = await prepare(false);
  const found = { model: request.name, scheme, bytes: bytes.length, engine: backend.label };
  const theirs = await openTheirs(bytes, request.litert, feeds).catch(String);
  const ours = () => executable.run(feeds);
  const outputs = await ours();
  const refused = typeof theirs === 'string';
  const times = await inTurn(refused ? [ours] : [ours, theirs.run], request.budgetMs);
  executable.dispose();
  if (!refused) theirs.dispose();
  return {
    ...found,
    ours: times[0]!,
    theirs: times[1],
    ...(refused ? { refusal: theirs } : {}),
    difference: refused ? undefined : relativeDifference(outputs, theirs.outputs),
    layers: request.layers ? await layerTimes(prepare, feeds) : [],
  };
}

async function bench(request: BenchRequest): Promise<BenchResult[]> {
  const response = await fetch(request.url);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { graph }: { graph: Graph } = await openFiles([{ path: request.url, bytes }]);
  const backend = await createWasmBackend();
  if (!backend) throw new Error('No WebAssembly SIMD here.');
  const results: BenchResult[] = [];
  for (const subject of await subjectsOf(graph, backend)) {
    results.push(await measure(request, subject));
  }
  return results;
}

self.addEventListener('message', ({ data }: MessageEvent<BenchRequest>) => {
  bench(data).then(
    (results) => {
      self.postMessage(results);
    },
    (error: unknown) => {
      self.postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
  );
});
