/**
 * One engine with one model. Ours copies inputs and outputs on every run; LiteRT.js' input tensors are
 * made once and its outputs are not read.
 */
import { macs } from '../src/analysis/cost';
import { timeInTurn } from '../src/engine/benchmark';
import { createWasmBackend } from '../src/engine/wasm';
import { instantiate, newMemory, openVariant, type Variant } from '../src/engine/wasm/variant';
import { openFiles } from '../src/formats';
import { runnable } from '../src/jobs/prepared';
import type { Graph, Node } from '../src/model/graph';
import { madeUp, subjectsOf } from '../src/jobs/device/subjects';
import type { TimedEngine } from '../src/jobs/device/engines';
import type { Subject } from '../src/jobs/device/types';
import { madeModels } from './mobilenet';
import { peers, threaded } from './peers';
import type { Answers, LayerTime, OpenRequest, Request } from './types';

const WARMUPS = 20;

let subjects: Promise<readonly Subject[]> | undefined;
let peer: TimedEngine | undefined;
let opened: { readonly graph: Graph; readonly request: OpenRequest } | undefined;

async function load(model: OpenRequest['model']): Promise<readonly Subject[]> {
  const backend = await createWasmBackend();
  if (!backend) throw new Error('No WebAssembly SIMD here.');
  if ('made' in model) {
    return subjectsOf(madeModels[model.made as keyof typeof madeModels](), backend);
  }
  const response = await fetch(model.url);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { graph } = await openFiles([{ path: model.name, bytes }]);
  return subjectsOf(graph, backend);
}

async function open(request: OpenRequest): Promise<Answers['open']> {
  const found = await (subjects ??= load(request.model));
  const { graph } = found.find(({ scheme }) => scheme === request.scheme)!;
  const feeds = madeUp(graph, 77);
  opened = { graph, request };
  peer = await peers[request.side](graph, feeds, request);
  const start = performance.now();
  for (let i = 0; i < WARMUPS && performance.now() - start < 3000; i++) await peer.run();
  return { label: peer.label, outputs: peer.outputs };
}

/** Runs for about `ms`; milliseconds of one. */
async function block(ms: number): Promise<number> {
  const start = performance.now();
  let runs = 0;
  do {
    await peer!.run();
    runs++;
  } while (performance.now() - start < ms);
  return (performance.now() - start) / runs / peer!.samples;
}

function shapeOf(graph: Graph, node: Node): string | undefined {
  if (!('strideW' in node.attrs) || !('activation' in node.attrs)) return undefined;
  const [input, weights] = node.inputs.map((index) => graph.values[index]!.shape);
  const output = graph.values[node.outputs[0]!]!.shape;
  if (weights === undefined) return undefined;
  const [, kH, kW] = weights;
  return `${kH}×${kW} s${node.attrs.strideW} ${input!.slice(1).join('×')}→${output.at(-1)}`;
}

async function peakOf(variant: Variant): Promise<Answers['layers']['peak']> {
  const kernels = instantiate((await openVariant(variant))!, newMemory(false));
  const perDot = variant === 'dot16' ? 16 : 32;
  const usual = (run: (n: number) => number, ops: number) => {
    const n = 20_000;
    const times = Array.from({ length: 120 }, () => {
      const start = performance.now();
      run(n);
      return performance.now() - start;
    });
    // Medians, as those of the layers; V8 replaces its first code after some calls.
    return (12 * n * ops) / times.slice(20).sort((a, b) => a - b)[50]! / 1e6;
  };
  return { int8: usual(kernels.peakI8, perDot), float32: usual(kernels.peakF32, 8) };
}

async function layers(): Promise<Answers['layers']> {
  const { graph, request } = opened!;
  const { threads, variant } = request;
  const backend = (await createWasmBackend({ variant, threads: threaded(threads) }))!;
  const executable = await backend.prepare(runnable(graph), { keepAll: true });
  const feeds = madeUp(graph, 77);
  const [times] = await timeInTurn([{ executable, feeds }], { budgetMs: 3000 });
  const found = executable.graph.nodes.map((node, i): LayerTime => {
    const shape = shapeOf(executable.graph, node);
    const ops = 2 * macs(executable.graph, node);
    return { node: node.name, op: node.op, ms: times!.layers[i]!, ops, ...(shape && { shape }) };
  });
  executable.dispose();
  backend.end?.();
  return { layers: found, peak: await peakOf(backend.variant) };
}

async function answer(request: Request): Promise<Answers[Request['kind']]> {
  switch (request.kind) {
    case 'schemes':
      return (await (subjects ??= load(request.model))).map(({ scheme }) => scheme);
    case 'open':
      return open(request.request);
    case 'block':
      return block(request.ms);
    case 'layers':
      return layers();
    default:
      return request satisfies never;
  }
}

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  answer(data).then(
    (found) => {
      self.postMessage(found);
    },
    (error: unknown) => {
      self.postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
  );
});
