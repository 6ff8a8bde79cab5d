/** Tied ranges as a step: the plan that is exported has them, and says why. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import { writeTflite } from '../../formats/tflite/write';
import { inWords } from '../../quant/words';
import { builder, dense, plain } from '../../testing/graphs';
import { runOracle } from '../../testing/oracle';
import { feedsOf } from '../prepared';
import { quantize } from '../quantize';
import { tinyContext, tinyModel, tinyRecipe, tinyRequest, tinySamples } from '../testing/tiny';

/** y = x and 2x, added; x goes from 0 to 1020 in calibration. */
const b = builder();
const x = b.input('x', [1, 2]);
const one = b.node(
  'FULLY_CONNECTED',
  'one',
  dense,
  [x, b.constant('w', [2, 2], [1, 0, 0, 1]), -1],
  [1, 2],
);
const two = b.node(
  'FULLY_CONNECTED',
  'two',
  dense,
  [x, b.constant('v', [2, 2], [2, 0, 0, 2]), -1],
  [1, 2],
);
const graph = b.graph([b.node('ADD', 'sum', plain, [one, two], [1, 2])]);
const steps = [{ kind: 'tie-ranges' }] as const;
const request = tinyRequest({
  model: { ...tinyModel, graph, optimized: graph },
  recipe: tinyRecipe({ steps }),
});

describe('tied ranges as a step', () => {
  it('give both inputs of a sum the wider range, in the file too', async () => {
    const { made } = await quantize(request, tinyContext());
    const { values } = made.plan!;
    expect([values['one:0']!.scale[0], values['two:0']!.scale[0]]).toEqual([8, 8]);
    expect(inWords(values['one:0']!.why)).toBe('one range for all inputs of ADD "sum": [0, 2040]');
    expect(made.stats!.values['one:0']).toMatchObject({ max: 2040, seenMax: 1020 });
    expect(made.repaired).toEqual([
      { kind: 'tie-ranges', sentences: ['The inputs of "sum" have one range at each now.'] },
    ]);
    const feeds = feedsOf(made.converted, await tinySamples.read(2));
    const [expected] = await runOracle(writeTflite(made.converted), feeds);
    const ours = await (await createReferenceBackend().prepare(made.converted)).run(feeds);
    expect(ours[0]!.data).toEqual(expected!.data);
  });

  it('say where there is nothing to tie', async () => {
    const { made } = await quantize(tinyRequest({ recipe: tinyRecipe({ steps }) }), tinyContext());
    expect(made.repaired![0]!.sentences).toEqual([
      'No range was tied. No CONCATENATION or ADD has inputs with ranges of their own.',
    ]);
  });
});
