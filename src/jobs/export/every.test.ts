/**
 * What is exported computes what was measured: every float model here, in every scheme and border,
 * through the TFLite runtime and both backends. INTACT_EXPORTS=FOLDER also leaves the files and their
 * numbers there, for scripts/reference/litert_compare.py.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import { createWasmBackend } from '../../engine/wasm';
import { elementCount, type TensorData } from '../../model/graph';
import { convert } from '../../quant/convert';
import { plan } from '../../quant/plan';
import { stockRecipe } from '../../quant/recipe';
import type { SchemeId } from '../../quant/types';
import { keepExport } from '../../testing/keepExport';
import { openOracle, type OracleTensor } from '../../testing/oracle';
import { relativeError } from '../../testing/relativeError';
import { hasShared, sharedPath } from '../../testing/shared';
import { fileOf } from '.';
import { openModel } from '../open';
import { calibrated, outputsOf, SAMPLES } from '../testing/exported';
import { tinyContext } from '../testing/tiny';
import type { OpenedModel } from '../types';

const ours = fileURLToPath(new URL('../../../public/samples/', import.meta.url));
const own = ['mnist-dense.h5', 'mnist-mobilenet.keras'].map((name) => [join(ours, name)]);

function shared(): string[][] {
  if (!hasShared) return [];
  const from = (folder: string, wanted: RegExp) =>
    readdirSync(sharedPath(`models/${folder}`))
      .filter((name) => wanted.test(name))
      .map((name) => [sharedPath(`models/${folder}/${name}`)]);
  return [
    ...from('one-op', /\.tflite$/),
    ...from('mnist-conv-fc', /^conv_fc_mnist\.tflite$/),
    ...from('mlperf-tiny', /\.h5$|_float\.tflite$/),
    ['model.json', 'weights.bin'].map((name) => sharedPath(`models/abalone/${name}`)),
  ];
}

/** Holds integers with scales already, or a size that only its inputs tell: rightly refused. */
const refused = new Set([
  'two_signatures_a8w8.tflite',
  'single_fc_bias_sub_channel_weight_only_sym_weight.tflite',
  'single_slice.tflite',
]);
const models = [...own, ...shared()].filter(([path]) => !refused.has(basename(path!)));

const configurations: readonly (readonly [SchemeId, 'int8' | 'float32'])[] = [
  ['float16', 'float32'],
  ['dynamic', 'float32'],
  ['int8', 'int8'],
  ['int8', 'float32'],
  ['int8-per-tensor', 'int8'],
  ['int8-per-tensor', 'float32'],
];

const totals = new Map<string, { models: number; elements: number; different: number }>();

function open(paths: readonly string[]): Promise<OpenedModel> {
  const files = paths.map((path) => ({
    path: basename(path),
    bytes: new Uint8Array(readFileSync(path)),
  }));
  return openModel({ files }, tinyContext());
}

const unlike = (a: ArrayLike<unknown>, b: ArrayLike<unknown>) => {
  let count = a.length === b.length ? 0 : b.length;
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i] && !Object.is(a[i], b[i])) count++;
  return count;
};

const isInteger = ({ data }: { data: TensorData }) => !(data instanceof Float32Array);

describe.skipIf(models.length === 0 || !existsSync(own[0]![0]!))('every export', () => {
  const backends = Promise.all([createReferenceBackend(), createWasmBackend({ variant: 'dot16' })]);

  it.each(models.map((paths) => [basename(paths[0]!), paths] as const))(
    '%s',
    { timeout: 60_000 },
    async (title, paths) => {
      const model = await open(paths);
      const [reference, wasm] = await backends;
      const { graph, stats, given: givenTo } = await calibrated(model, wasm!);
      for (const [scheme, io] of configurations) {
        const converted = convert(
          graph,
          plan(graph, stockRecipe(scheme, { io, target: 'tflite-2021' }), stats),
        );
        const bytes = fileOf(converted);
        const given = await givenTo(converted);
        const oracle = await openOracle(bytes);
        const theirs = given.map((feed) =>
          oracle.run(feed.map(({ data }) => data as Float32Array)),
        );
        oracle.dispose();
        const byBackend = [
          await outputsOf(reference, converted, given),
          await outputsOf(wasm!, converted, given),
        ];
        keepExport(`${title.replace(/\W/g, '_')}__${scheme}__${io}`, bytes, given, byBackend[1]!);
        const total = totals.get(scheme) ?? { models: 0, elements: 0, different: 0 };
        totals.set(scheme, total);
        total.models++;
        for (const outputs of byBackend) {
          outputs.forEach((sample, index) => {
            sample.forEach((mine, position) => {
              const expected: OracleTensor = theirs[index]![position]!;
              const different = unlike(mine.data, expected.data);
              const where = `${scheme}, ${io} border, sample ${index}, output ${position}`;
              total.elements += elementCount(mine.shape);
              total.different += different;
              if (scheme.startsWith('int8') || isInteger(mine)) expect(different, where).toBe(0);
              else {
                const error = relativeError(mine.data as Float32Array, expected.data);
                expect(error, where).toBeLessThan(scheme === 'dynamic' ? 0.02 : 1e-5);
              }
            });
          });
        }
      }
    },
  );

  afterAll(() => {
    const lines = [...totals].map(
      ([scheme, { models: count, elements, different }]) =>
        `${scheme}: ${count} exports × ${SAMPLES} samples × 2 backends, ${elements} elements, ${different} different`,
    );
    process.stdout.write(`${lines.join('\n')}\n`);
  });
});
