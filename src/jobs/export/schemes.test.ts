/**
 * Only with INTACT_EXPORTS=FOLDER: files of the schemes that the TFLite runtime of 2021 doesn't take, and what both
 * backends make of them, for scripts/reference/litert_compare.py: operators on int16 over a hundred seeds, the
 * sample models and those of ../shared in every scheme and in a mixture.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import { int16Cases } from '../../engine/suite/int16';
import { createWasmBackend } from '../../engine/wasm';
import { writeTflite } from '../../formats/tflite/write';
import type { Graph } from '../../model/graph';
import { convert } from '../../quant/convert';
import { plan } from '../../quant/plan';
import { overrideChoices, stockRecipe, withOverrides } from '../../quant/recipe';
import type { Recipe } from '../../quant/types';
import { exportsFolder, keepExport } from '../../testing/keepExport';
import { relativeError } from '../../testing/relativeError';
import { hasShared, sharedPath } from '../../testing/shared';
import { fileOf } from '.';
import { openModel } from '../open';
import { calibrated, outputsOf } from '../testing/exported';
import { tinyContext } from '../testing/tiny';

const samples = fileURLToPath(new URL('../../../public/samples/', import.meta.url));
const shared = ['resnet8.h5', 'vww_96.h5', 'ad01.h5', 'str_ww_ref_model.h5'];
const models = [
  ...['mnist-dense.h5', 'mnist-mobilenet.keras'].map((name) => join(samples, name)),
  ...(hasShared ? shared.map((name) => sharedPath(`models/mlperf-tiny/${name}`)) : []),
];

/** Operators that it has no kernel for, or none that is reproduced here. */
const refusedThere =
  /^(RSQRT|SQRT|GELU|DIV|SPACE_TO|DEPTH_TO|HARD|ELU|L2_|SQUARED|(CONV|DEPTHWISE).*without|DEPTHWISE.*int4)/;

const integers = overrideChoices.filter(({ id }) => id !== 'float');

/** Every layer in another precision than its neighbours; none in float, whose sums have no order of their own. */
function mixed(graph: Graph): Recipe {
  const choices = graph.nodes.map(({ name }, at) => {
    const { id } = integers[(at * 3) % integers.length]!;
    return [name, id] as const;
  });
  return withOverrides(stockRecipe('int8', { io: 'int8' }), Object.fromEntries(choices));
}

const recipes: readonly (readonly [string, (graph: Graph) => Recipe])[] = [
  ['int16x8', () => stockRecipe('int16x8', { io: 'int16' })],
  ['int16x4', () => stockRecipe('int16x4', { io: 'float32' })],
  ['int4', () => stockRecipe('int4', { io: 'int8' })],
  ['weight-only', () => stockRecipe('weight-only')],
  ['weight-only-int4', () => stockRecipe('weight-only-int4')],
  ['mixed', mixed],
];

describe.skipIf(!exportsFolder)('for the current LiteRT', () => {
  it('operators on int16', { timeout: 300_000 }, async () => {
    const backend = createReferenceBackend();
    for (let seed = 11; seed <= 110; seed++)
      for (const { name, graph, feeds } of int16Cases(seed)) {
        if (refusedThere.test(name)) continue;
        const executable = await backend.prepare(graph).catch(() => undefined);
        if (!executable) continue;
        const outputs = await executable.run(feeds);
        const file = `${name.replace(/\W+/g, '_')}_${seed}__int16`;
        keepExport(file, writeTflite(graph), [feeds], [outputs]);
      }
  });

  it.each(models.map((path) => [basename(path), path]))(
    '%s',
    { timeout: 300_000 },
    async (title, path) => {
      const files = [{ path: title, bytes: new Uint8Array(readFileSync(path)) }];
      const model = await openModel({ files }, tinyContext());
      const wasm = (await createWasmBackend({ variant: 'dot16' }))!;
      const { graph, stats, given: givenTo } = await calibrated(model, wasm);
      for (const [scheme, recipeOf] of recipes) {
        const converted = convert(graph, plan(graph, recipeOf(graph), stats));
        const given = await givenTo(converted);
        const outputs = await outputsOf(wasm, converted, given);
        const reference = await outputsOf(createReferenceBackend(), converted, given);
        outputs.forEach((sample, at) => {
          sample.forEach(({ data }, position) => {
            const other = reference[at]![position]!.data;
            if (data instanceof Float32Array)
              expect(relativeError(data, other as Float32Array)).toBeLessThan(1e-5);
            else expect(data).toEqual(other);
          });
        });
        keepExport(`${title.replace(/\W/g, '_')}__${scheme}`, fileOf(converted), given, outputs);
      }
    },
  );
});
