/** Decoded samples of version 1 as an .npz file, and their preprocessing as choices. */
import { zipSync } from 'fflate';
import * as v from 'valibot';
import type { Check, DataSource } from '../../../data/samples';
import { IntactError } from '../../../model/error';

/** What the session and the runs of version 1 say of their samples. */
export interface FormerSamples {
  readonly name: string;
  readonly source: DataSource;
  readonly checks: readonly Check[];
}

const array = v.union([v.instance(Uint8Array), v.instance(Float32Array), v.instance(Int32Array)]);
const dataset = v.object({
  name: v.string(),
  description: v.string(),
  count: v.number(),
  sampleShape: v.array(v.number()),
  samples: array,
  labels: v.optional(array),
  classNames: v.optional(v.array(v.string())),
  evaluationFrom: v.optional(v.number()),
  synthetic: v.boolean(),
});
type Dataset = v.InferOutput<typeof dataset>;

const preprocessing = v.object({
  preset: v.picklist(['none', 'zero-one', 'minus-one-one', 'imagenet', 'raw-255', 'custom']),
  resize: v.picklist(['none', 'stretch', 'crop-centre']),
  channelOrder: v.picklist(['as-is', 'reversed']),
  scale: v.number(),
  mean: v.array(v.number()),
  std: v.array(v.number()),
});
export type FormerPreprocessing = v.InferOutput<typeof preprocessing>;

/** Throws `malformed`. */
export function samplesFrom(key: string, value: unknown, how: unknown): FormerSamples {
  const found = v.safeParse(dataset, value);
  const prepared = v.safeParse(preprocessing, how);
  if (!found.success || !prepared.success)
    throw new IntactError('malformed', 'The samples are damaged.');
  const set = found.output;
  const { checks, choices } = decided(prepared.output);
  const { name, synthetic, count } = set;
  const source: DataSource = synthetic
    ? { kind: 'synthetic', name, key, count, seed: seedOf(key), choices: {} }
    : { kind: 'files', name, key, files: filesOf(set), choices };
  return { name, source, checks: synthetic ? [] : checks };
}

/** Version 1 named a synthetic set "synthetic 1×28×28 128 seed 1". */
const seedOf = (key: string) => Number(/ seed (\d+)$/.exec(key)?.[1] ?? 1);

function decided({ preset, resize, channelOrder, scale, mean, std }: FormerPreprocessing) {
  const settled = (id: string, label: string, value: string, sentence: string): Check => ({
    ...{ id, label, value, sentence },
    status: 'chosen',
    choices: [],
  });
  const numbers = `x · ${scale}, minus ${mean.join(', ')}, divided by ${std.join(', ')}`;
  const range = rangeOf({ preset, channelOrder, scale, mean, std });
  const checks = [
    settled('range', 'Value range', range, `As an earlier version prepared them: ${numbers}.`),
    settled('resize', 'Resize', resize, 'As an earlier version prepared them.'),
    settled('channels', 'Channel order', channelOrder, 'As an earlier version prepared them.'),
  ];
  const choices: Record<string, string> = {
    range,
    ...(resize === 'none' ? {} : { resize }),
  };
  return { checks, choices };
}

/** Today's name of a value range: version 1 kept the numbers beside every name. */
function rangeOf({
  preset,
  channelOrder,
  scale,
  mean,
  std,
}: Omit<FormerPreprocessing, 'resize'>): string {
  const reversed = channelOrder === 'reversed';
  if (preset === 'none' && !reversed) return 'none';
  if (preset === 'zero-one' || preset === 'minus-one-one')
    return reversed ? `${preset}-bgr` : preset;
  if (!reversed && preset !== 'custom') return preset;
  const count = Math.max(1, mean.length, std.length);
  const each = (numbers: readonly number[], otherwise: number) =>
    Array.from(
      { length: count },
      (_, at) => numbers[at % Math.max(1, numbers.length)] ?? otherwise,
    );
  return `custom${reversed ? '-bgr' : ''}:${[scale, ...each(mean, 0), ...each(std, 1)].join(',')}`;
}

function filesOf(set: Dataset) {
  const { count, sampleShape, samples, labels, evaluationFrom, classNames, name } = set;
  const each = samples.length / count;
  const targets = labels && labels.length / count;
  const part = (suffix: string, from: number, to: number): Record<string, Uint8Array> => ({
    [`x${suffix}.npy`]: npy(samples.subarray(from * each, to * each), [to - from, ...sampleShape]),
    ...(labels && targets
      ? {
          [`y${suffix}.npy`]: npy(labels.subarray(from * targets, to * targets), [
            to - from,
            ...(targets > 1 ? [targets] : []),
          ]),
        }
      : {}),
  });
  const members =
    evaluationFrom === undefined
      ? part('', 0, count)
      : { ...part('_train', 0, evaluationFrom), ...part('_test', evaluationFrom, count) };
  const path = /\.npz$/i.test(name) ? name : `${name}.npz`;
  const zip = zipSync(members, { level: 0 });
  const files = [{ path, bytes: new Blob([zip as Uint8Array<ArrayBuffer>]) }];
  return classNames
    ? [...files, { path: 'labels.txt', bytes: new Blob([`${classNames.join('\n')}\n`]) }]
    : files;
}

const descriptions = { Uint8Array: '|u1', Float32Array: '<f4', Int32Array: '<i4' } as const;

/** NumPy's .npy, version 1.0: magic, u16 length, header padded so that the data begins at a multiple of 64. */
function npy(data: Uint8Array | Float32Array | Int32Array, shape: readonly number[]): Uint8Array {
  const descr = descriptions[data.constructor.name as keyof typeof descriptions];
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const lead = 10;
  const length = Math.ceil((lead + dictionary.length + 1) / 64) * 64 - lead;
  const bytes = new Uint8Array(lead + length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length, true);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(length - 1)}\n`), lead);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), lead + length);
  return bytes;
}
