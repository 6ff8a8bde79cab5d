/**
 * Outputs that quantization has made useless however good the average looks, with the operator where it
 * happened. `flatnessWatch` gathers over the evaluation samples; `flattened` runs a few of them again,
 * only where something was found.
 */
import type { Graph, Tensor } from '../model/graph';
import type { Alarm } from '../run/types';
import { flatnessWatch, type Flat, type FlatnessWatch } from './flatness';
import { cameFrom, makersOf, shapeOf, type Region } from './regions';

export { flatnessWatch, type Flat, type FlatnessWatch };

/** Runs the `at`-th evaluation sample through the quantized graph; `tap` as the engine's. */
export type TappedRun = (
  at: number,
  tap: (valueIndex: number, tensor: Pick<Tensor, 'data'>) => void,
) => Promise<unknown>;

export interface Located {
  readonly float: Graph;
  /** The graph whose value indices `run` taps. */
  readonly quantized: Graph;
  readonly run: TappedRun;
  /** How many evaluation samples there are. */
  readonly samples: number;
}

/** A value that doesn't change over so many samples tells nothing. */
const LOOKED_AT = 8;

/** Alarms of what was found, each with the first operator, in execution order, whose result is constant. */
export async function flattened(
  found: readonly Flat[],
  { float, quantized, run, samples }: Located,
): Promise<readonly Alarm[]> {
  const alarms: Alarm[] = [];
  const layers = new Set(float.nodes.map(({ name }) => name));
  for (const flat of found) {
    const index = await whereFlattened(quantized, flat, run, Math.min(samples, LOOKED_AT));
    alarms.push(alarmOf(flat, float, quantized, layerAt(quantized, layers, index)));
  }
  return alarms;
}

/** A node that quantizing put in stands for the layer that it was put before. */
function layerAt(graph: Graph, layers: ReadonlySet<string>, index: number): number {
  for (let at = index; ;) {
    const node = graph.nodes[at];
    if (!node || layers.has(node.name)) return at;
    const next = graph.nodes.findIndex(({ inputs }) =>
      node.outputs.some((o) => inputs.includes(o)),
    );
    if (next <= at) return index;
    at = next;
  }
}

const keyOf = ({ value, slices }: Region) =>
  slices ? `${value}:${slices.axis}:${slices.from}:${slices.to}` : String(value);

/**
 * Index of the first node, in execution order, from which on the region of the output is constant; of
 * the node that makes the output where the samples can't tell.
 */
export async function whereFlattened(
  graph: Graph,
  { output, slices }: Pick<Flat, 'output' | 'slices'>,
  run: TappedRun,
  samples: number,
): Promise<number> {
  const value = graph.outputs[output]!;
  const makers = makersOf(graph);
  const start: Region = slices ? { value, slices } : { value };
  const sources = sourcesOf(graph, makers, start);
  const seen = new Map<string, Sameness>();
  for (const { region } of sources.values()) seen.set(keyOf(region), new Sameness(graph, region));
  const byValue = new Map<number, Sameness[]>();
  for (const one of seen.values())
    byValue.set(one.region.value, [...(byValue.get(one.region.value) ?? []), one]);
  for (let at = 0; at < samples; at++)
    await run(at, (index, { data }) => {
      for (const one of byValue.get(index) ?? []) one.add(data);
    });
  const first = makers.get(value) ?? graph.nodes.length - 1;
  const visited = new Set<string>();
  const walk = (region: Region): number | undefined => {
    const key = keyOf(region);
    const made = makers.get(region.value);
    if (made === undefined || visited.has(key)) return undefined;
    visited.add(key);
    const from = sources.get(key)?.from ?? [];
    if (from.length === 0 || from.some((source) => !seen.get(keyOf(source))?.isConstant()))
      return made;
    const before = from.flatMap((source) => walk(source) ?? []);
    return before.length === 0 ? undefined : Math.min(...before);
  };
  return walk(start) ?? first;
}

/** Every region that the start comes from, each with its own sources. */
function sourcesOf(graph: Graph, makers: ReadonlyMap<number, number>, start: Region) {
  const all = new Map<string, { region: Region; from: readonly Region[] }>();
  const pending = [start];
  for (let region = pending.pop(); region; region = pending.pop()) {
    if (all.has(keyOf(region))) continue;
    const made = makers.get(region.value);
    const came = made === undefined ? [] : cameFrom(graph, graph.nodes[made]!, region);
    // Shapes and axes that are computed are constant by nature.
    const from = came.filter(({ value }) => !isComputedInteger(graph, makers, value));
    all.set(keyOf(region), { region, from });
    pending.push(...from);
  }
  return all;
}

function isComputedInteger(graph: Graph, makers: ReadonlyMap<number, number>, value: number) {
  const dtype = graph.values[value]?.dtype;
  return makers.has(value) && (dtype === 'int32' || dtype === 'int64');
}

/** Whether a region is the same over samples, or over all positions of each slice. */
class Sameness {
  private first: number | undefined;
  private changed = false;
  private samples = 0;
  private readonly levels: Float64Array;
  private spread = false;

  constructor(
    graph: Graph,
    readonly region: Region,
    private readonly shape = shapeOf(graph, region.value),
  ) {
    const { slices } = region;
    this.levels = new Float64Array(slices ? slices.to - slices.from : (shape.at(-1) ?? 1)).fill(
      NaN,
    );
  }

  add(data: ArrayLike<number | bigint>): void {
    const { slices } = this.region;
    const axis = slices?.axis ?? Math.max(0, this.shape.length - 1);
    const size = this.shape[axis] ?? 1;
    const from = slices?.from ?? 0;
    const to = slices?.to ?? size;
    const inner = this.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    let hash = 0x811c9dc5; // FNV-1a over the numbers
    for (let block = 0; block < data.length; block += size * inner)
      for (let slice = from; slice < to; slice++)
        for (let i = 0; i < inner; i++) {
          const x = Number(data[block + slice * inner + i]);
          hash = Math.imul(hash ^ bitsOf(x), 0x01000193);
          const level = this.levels[slice - from]!;
          if (Number.isNaN(level)) this.levels[slice - from] = x;
          else if (level !== x) this.spread = true;
        }
    if (this.first !== undefined && this.first !== hash) this.changed = true;
    this.first ??= hash;
    this.samples++;
  }

  /** What was never seen is not known to be constant. */
  isConstant(): boolean {
    return this.samples > 0 && (!this.spread || (this.samples > 1 && !this.changed));
  }
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);
function bitsOf(x: number): number {
  float[0] = x;
  return bits[0]!;
}

function alarmOf(flat: Flat, float: Graph, quantized: Graph, index: number): Alarm {
  const node = quantized.nodes[index];
  const name = node?.name ?? '';
  const output = float.values[float.outputs[flat.output]!]?.name ?? `${flat.output}`;
  const last = shapeOf(float, float.outputs[flat.output]!).length - 1;
  const { slices } = flat;
  const step = quantized.values[node?.outputs[0] ?? -1]?.quant?.scale;
  const what = slices ? `${part(slices, last)} of output “${output}”` : `Output “${output}”`;
  const became =
    flat.constant === undefined
      ? 'each became a constant'
      : `became ${numeral(flat.constant)} for every sample`;
  const grid =
    step?.length === 1 ? `, where one step of the int8 grid is ${numeral(step[0]!)}` : '';
  const advice =
    node?.op === 'CONCATENATION'
      ? 'Keep this operator in float, or bring what it joins to one range in the model (boxes divided by the size of the image, for example).'
      : 'Keep this operator in float: choose it in the Layers table.';
  return {
    kind: 'flattened',
    output,
    ...(slices ? { columns: [slices.from, slices.to] as const } : {}),
    ...(slices && slices.axis !== last ? { axis: slices.axis } : {}),
    node: name,
    sentence: `${what} (float ${numeral(flat.floatMin)} … ${numeral(flat.floatMax)}) ${became} at ${node?.op ?? 'the output'} “${name}”${grid}. ${advice}`,
  };
}

function part({ axis, from, to }: NonNullable<Flat['slices']>, last: number): string {
  const range = to - from === 1 ? `${from}` : `${from}–${to - 1}`;
  if (axis === last) return `${to - from === 1 ? 'Column' : 'Columns'} ${range}`;
  return `Index ${range} of axis ${axis}`;
}

const numeral = (x: number) => String(Number(x.toPrecision(3))).replace('-', '−');
