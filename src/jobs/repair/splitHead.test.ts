/** A run whose head is split: scored, measured again and verified by the parts, with labels of the joint output. */
import { describe, expect, it } from 'vitest';
import type { Samples, TargetKind } from '../../data/samples';
import { writeTflite } from '../../formats/tflite/write';
import { builder, dense, numbers, plain } from '../../testing/graphs';
import { runOracle } from '../../testing/oracle';
import { quantize } from '../quantize';
import { sensitivity } from '../sensitivity';
import { samplesOfMade } from '../data/samplesOfMade';
import { needsOf } from '../needs';
import { feedsOf } from '../prepared';
import {
  tinyContext,
  tinyModel,
  tinyRecipe,
  tinyRoles,
  tinySamples,
  tinySource,
} from '../testing/tiny';

/** Boxes up to some hundreds and scores up to one, in one tensor of [1, 2, 3]; scores are the last column. */
const b = builder();
const x = b.input('x', [1, 4]);
const box = b.node(
  'FULLY_CONNECTED',
  'box',
  dense,
  [
    x,
    b.constant(
      'box/w',
      [4, 4],
      numbers(16, 3).map((w) => 300 * w),
    ),
    -1,
  ],
  [1, 4],
);
const score = b.node(
  'FULLY_CONNECTED',
  'score',
  dense,
  [x, b.constant('score/w', [2, 4], numbers(8, 4)), -1],
  [1, 2],
);
const shaped = (name: string, from: number, last: number) =>
  b.node('RESHAPE', name, {}, [from, b.integers(`${name}/shape`, [3], [1, 2, last])], [1, 2, last]);
const parts = [shaped('boxes', box, 2), shaped('scores', score, 1)];
const graph = b.graph([b.node('CONCATENATION', 'joint', { ...plain, axis: 2 }, parts, [1, 2, 3])]);

const inputs = Array.from({ length: 12 }, (_, at) => numbers(4, at + 1));
const joint = (at: number) => Float32Array.from({ length: 6 }, (_, i) => at + i / 10);
const target: TargetKind = { kind: 'numbers', output: 0, size: 6 };
const samples: Samples = {
  ...tinySamples,
  count: inputs.length,
  targets: [target],
  inputShapes: [[1, 4]],
  read: (index) => Promise.resolve({ inputs: [inputs[index]!], targets: [joint(index)] }),
  sampleKey: (index) => Promise.resolve(`sample ${index}`),
};
// What is evaluated sets the ranges as well: here it is the grids that count.
const roles = { ...tinyRoles, calibration: [6, 7, 8, 9, 10, 11], evaluation: [6, 7, 8, 9, 10, 11] };
const opened = (targets: readonly TargetKind[]) => ({
  openSamples: (_: unknown, { graph: asked }: { graph: typeof graph }) => {
    // Whoever opens them asks for the joint output, split or not.
    expect(asked.outputs.map((index) => asked.values[index]!.name)).toEqual(['joint:0']);
    return Promise.resolve({ samples: { ...samples, targets }, roles, needs: needsOf(asked) });
  },
});
const context = (targets: readonly TargetKind[] = [target]) =>
  tinyContext(undefined, opened(targets));
const request = (steps: Parameters<typeof tinyRecipe>[0]) => ({
  model: { ...tinyModel, graph, optimized: graph },
  samples: tinySource,
  recipe: tinyRecipe(steps),
  measure: { latency: false, isolated: true, sensitivity: true },
});
const split = { steps: [{ kind: 'split-head', node: 'joint' }] } as const;

describe('a run with its head split', () => {
  it('is held against the float model by its parts, and the scores have a grid of their own', async () => {
    const before = await quantize(request({}), context([]));
    const { made, figures } = await quantize(request(split), context([]));
    expect(figures.likeness.map(({ output }) => output)).toEqual(['boxes:0', 'scores:0']);
    // One step of the joint grid is more than any score.
    const jointScale = before.made.plan!.values['joint:0']!.scale[0]!;
    const ownScale = made.plan!.values['scores:0']!.scale[0]!;
    expect(jointScale / ownScale).toBeGreaterThan(100);
    expect(figures.likeness[1]!.value).toBeGreaterThan(40);
    const worst = before.figures.likeness[0]!.more.find(({ label }) => label.includes('worst'))!;
    expect(worst.value).toBeLessThan(1);
    expect(made.repaired![0]!.sentences).toEqual([
      'The output "joint:0" [1, 2, 3] was split: it is now "boxes:0" [1, 2, 2] and "scores:0" [1, 2, 1], in this order. Whoever reads "joint:0" must put them together again.',
    ]);
    const sample = { inputs: [inputs[7]!] };
    const got = await runOracle(writeTflite(made.converted), feedsOf(made.converted, sample));
    expect(got).toHaveLength(2);
  });

  it('has the columns of its labels, here and when it is opened again', async () => {
    const run = await quantize(request(split), context());
    const { whole, float } = run.figures;
    expect(whole.scores.map(({ kind, output }) => [kind, output])).toEqual([
      ['numbers', 'boxes:0'],
      ['numbers', 'scores:0'],
    ]);
    expect(float.scores).toHaveLength(2);
    const again = await samplesOfMade(run.made, tinySource, context());
    expect(again.needs.outputs.map(({ name }) => name)).toEqual(['boxes:0', 'scores:0']);
    const read = await again.samples.read(3);
    const near = (x: number) => expect.closeTo(x, 5) as number;
    expect(read.targets.map((one) => [...(one as Float32Array)])).toEqual([
      [near(3), near(3.1), near(3.3), near(3.4)],
      [near(3.2), near(3.5)],
    ]);
    const more = await sensitivity({ run, samples: tinySource, count: 'all' }, context());
    expect(more.figures.layers['box']!.sensitivity).toBeDefined();
  });

  it('is gone on from as it is, and says labels that it can not have', async () => {
    const classes: TargetKind = { kind: 'classes', output: 0, count: 6 };
    const run = await quantize(request(split), context([classes]));
    expect(run.made.repaired![0]!.sentences[1]).toMatch(/labels \(classes\)/);
    const equalize = { kind: 'equalize', relu6: 'keep', absorb: false } as const;
    const next = await quantize(
      { ...request({ steps: [equalize] }), from: { id: run.id, made: run.made } },
      context([classes]),
    );
    expect(next.made.splits).toEqual(run.made.splits);
    expect(next.figures.likeness).toHaveLength(2);
  });
});
