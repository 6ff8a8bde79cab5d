/**
 * Who answers samples. Integers are the same everywhere, so the faster backend by a warmed micro-benchmark
 * on this device, remembered for adapter, browser and model. What computes in float stays in WASM, whose
 * figures depend on no adapter, unless the user asks for WebGPU; then the run says so.
 */
import { capital } from '../../analysis/format';
import type { Sample } from '../../data/samples';
import type { Backend, Executable } from '../../engine/engine';
import type { AdapterFacts } from '../../engine/webgpu';
import type { Graph } from '../../model/graph';
import type { Computed } from '../../run/types';
import type { GpuPlace, JobContext } from '../job';
import { prepare, runnable, type Prepared } from '../prepared';

export interface EvaluationEngine {
  readonly backend: Backend;
  /** Samples at once. */
  readonly batch: number;
  /** The user asked for WebGPU: reported floats may be computed there too. */
  readonly floats: boolean;
  readonly computed: Computed;
}

export interface Asked {
  readonly graph: Graph;
  /** One of the samples, to time with; undefined: nothing is to be answered. */
  readonly sample: Sample | undefined;
  /** Of the model and of how it was converted. */
  readonly key: string;
}

type Context = Pick<JobContext, 'backend' | 'gpu' | 'choice'> & {
  readonly share: Pick<JobContext['share'], 'all'>;
};

export const BATCH = 32;
/** How much faster the GPU must be to be worth the way there. */
const LEAST_GAIN = 1.2;

/** Every value between the borders is int8. */
export function isInteger(graph: Graph): boolean {
  return graph.nodes.every(
    ({ op, outputs }) =>
      op === 'DEQUANTIZE' || outputs.every((index) => graph.values[index]!.dtype === 'int8'),
  );
}

export async function evaluationEngine(asked: Asked, context: Context): Promise<EvaluationEngine> {
  const { graph, sample, key } = asked;
  const wasm = await context.backend();
  const choice = context.choice?.() ?? 'auto';
  const kernels = wasm.note === undefined ? {} : { kernels: wasm.note };
  const inWasm = (why: string): EvaluationEngine => ({
    ...{ backend: wasm, batch: 1, floats: false },
    computed: { backend: 'wasm', why: `WASM: ${why}`, ...kernels },
  });
  if (choice === 'wasm') return inWasm('as chosen under Backend.');
  const { gpu: place } = context;
  if (!place) return inWasm('this program has no other backend.');
  if (!sample) return inWasm('no sample is left whose layers are not looked at, which WASM does.');
  const forced = choice === 'webgpu';
  const instead = (why: string) =>
    inWasm(forced ? `WebGPU was chosen, but ${lower(why)}` : lower(why));
  if (!forced && !isInteger(runnable(graph)))
    return inWasm('this model computes in float, where Auto keeps figures free of the adapter.');
  const adapter = await place.adapter();
  if (typeof adapter === 'string') return instead(adapter);
  if (!forced && adapter.isSoftware)
    return inWasm(`the adapter (${adapter.name}) computes on the CPU, where WASM is faster.`);
  const measured = forced
    ? await tried(place, graph)
    : await rememberedOr(place, [adapter.name, place.version, wasm.label, key].join('\n'), () =>
        measure(asked.graph, sample, wasm, place, context),
      );
  if (measured.why !== undefined) return instead(measured.why);
  const { gain } = measured;
  if (gain !== undefined && gain < LEAST_GAIN) return inWasm(said(1 / gain, 'WebGPU', adapter));
  const gpu = await place.open();
  if (typeof gpu === 'string') return instead(gpu);
  const why = gain === undefined ? 'as chosen under Backend.' : said(gain, wasm.label, adapter);
  const note = gpu.note === undefined ? '' : ` ${capital(gpu.note)}.`;
  return {
    ...{ backend: gpu, batch: BATCH, floats: forced },
    computed: { backend: 'webgpu', why: `${gpu.label}: ${why}${note}`, ...kernels },
  };
}

/**
 * Who answered, as it stands now: with why the GPU was given up.
 * @param answered samples that it was asked
 * @param floats what it computed in float; undefined: nothing
 */
export function computedNow(
  { computed }: EvaluationEngine,
  executables: readonly Executable[],
  answered: number,
  floats?: string,
): Computed {
  if (computed.backend === 'wasm') return computed;
  const fellBack = executables
    .map((executable) => executable.fellBack?.())
    .find((one) => one !== undefined);
  return {
    ...computed,
    // How many it answered before it was lost isn't known.
    ...(fellBack === undefined && { answered }),
    ...(floats !== undefined && { floats }),
    ...(fellBack !== undefined && { fellBack }),
  };
}

const said = (gain: number, than: string, { name }: AdapterFacts) =>
  gain >= 1
    ? `measured ${gain.toFixed(1)} times as fast as ${than} on this model and adapter (${name}).`
    : `measured ${(1 / gain).toFixed(1)} times slower than ${than} on this model (${name}), not worth the way there.`;
/** Names of operators stay as they are. */
const lower = (text: string) =>
  /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

/** How many times as fast the GPU is, or why it does not run the model. */
interface Measured {
  readonly gain?: number;
  readonly why?: string;
}

async function rememberedOr(
  { remembered }: GpuPlace,
  key: string,
  measured: () => Promise<Measured>,
): Promise<Measured> {
  const known = (await remembered?.get(key)) as
    Partial<Record<keyof Measured, unknown>> | undefined;
  if (typeof known?.gain === 'number' && known.gain > 0) return { gain: known.gain };
  const found = await measured();
  // Why it failed may be over the next time; a figure stays.
  if (found.gain !== undefined) await remembered?.set(key, found);
  return found;
}

/** Whether the GPU runs the graph at all. */
async function tried(place: GpuPlace, graph: Graph): Promise<Measured> {
  const gpu = await place.open();
  if (typeof gpu === 'string') return { why: gpu };
  const executable = await gpu.prepare(runnable(graph));
  const why = executable.fellBack?.();
  executable.dispose();
  return why === undefined ? {} : { why };
}

/** Both in turn, with no other job beside them. */
async function measure(
  graph: Graph,
  sample: Sample,
  wasm: Backend,
  place: GpuPlace,
  { share }: Context,
): Promise<Measured> {
  const gpu = await place.open();
  if (typeof gpu === 'string') return { why: gpu };
  const prepared: Prepared[] = [];
  try {
    for (const backend of [gpu, wasm]) prepared.push(await prepare(backend, graph));
    const [there, here] = prepared as [Prepared, Prepared];
    const why = there.executable.fellBack?.();
    if (why !== undefined) return { why };
    const [far, near] = await share.all(() =>
      leastInTurn([
        { run: () => there.runMany(new Array<Sample>(BATCH).fill(sample)), samples: BATCH },
        { run: () => here.runMany([sample, sample]), samples: 2 },
      ]),
    );
    const lost = there.executable.fellBack?.();
    return lost === undefined ? { gain: near! / far! } : { why: lost };
  } finally {
    for (const one of prepared) one.dispose();
  }
}

const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 12;
const MOST_MS = 4000;
/** A round that is faster by more than this says that a clock was still rising. */
const RISING = 0.95;

/**
 * Least milliseconds a sample of each, in turn. The clock guard: a GPU idles at a fraction of its clock and
 * leaves it only under load, so rounds go on until two in a row bring no one's least time down.
 */
async function leastInTurn(
  candidates: readonly { readonly run: () => Promise<unknown>; readonly samples: number }[],
): Promise<number[]> {
  for (const { run } of candidates) await run();
  const least = candidates.map(() => Infinity);
  const began = performance.now();
  let steady = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round >= LEAST_ROUNDS && (steady >= 2 || performance.now() - began > MOST_MS)) break;
    steady++;
    for (const [at, { run, samples }] of candidates.entries()) {
      const start = performance.now();
      await run();
      const ms = (performance.now() - start) / samples;
      if (ms < RISING * least[at]!) steady = 0;
      least[at] = Math.min(least[at]!, ms);
    }
  }
  return least;
}
