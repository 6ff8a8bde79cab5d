/** Scores against scikit-learn's and NumPy's (scripts/fixtures/make_score_fixtures.py), and by hand. */
import { describe, expect, it } from 'vitest';
import type { ModelNeeds, OutputNeed, TargetKind, TargetValue } from '../../data/samples';
import type { Score } from '../../run/figures';
import fixtures from '../fixtures/scores.json';
import { classAccuracy } from './confusion';
import { kindsOfScore, primaryIndex, primaryOf, scoreChange, scoringOf, type Scorer } from '.';

const need = (shape: readonly number[], ends: OutputNeed['ends'] = 'other'): OutputNeed => ({
  name: 'out',
  shape,
  ends,
});
const needs = (...outputs: OutputNeed[]): ModelNeeds => ({
  inputs: [{ name: 'in', dtype: 'float32', shape: [1, 4], signature: [-1, 4], indexLimit: 0 }],
  outputs,
});
const f = (values: readonly number[]) => new Float32Array(values);
const none = new Float32Array(0);
const scorer = (target: TargetKind, output = need([1, 4])): Scorer =>
  scoringOf([target], needs(output), false)[0]!.create();
const rows = (outputs: readonly (readonly number[])[], truths: readonly TargetValue[]) =>
  outputs.map((row, at) => ({ output: f(row), float: f(row), input: none, target: truths[at]! }));
const more = (score: Score, label: string) => score.more.find((one) => one.label === label)?.value;

describe('classes', () => {
  const { outputs, truth, accuracy, top5, confusion, recall } = fixtures.classes;
  const judged = () => {
    const one = scorer({ kind: 'classes', output: 0, count: 12 }, need([1, 12]));
    const answers = rows(outputs, truth).map((sample) => one.add(sample));
    return { answers, score: one.score() };
  };

  it('gives accuracy and top-5 accuracy as scikit-learn does', () => {
    const { score } = judged();
    expect(score).toMatchObject({
      kind: 'classes',
      label: 'accuracy',
      unit: '%',
      better: 'higher',
      output: 'out',
      samples: 60,
      synthetic: false,
    });
    expect(score.value).toBeCloseTo(accuracy, 10);
    expect(more(score, 'top-5 accuracy')).toBeCloseTo(top5, 10);
    expect(more(score, 'AUC')).toBeUndefined();
  });

  it('counts who was taken for whom: rows are the truth', () => {
    const { score } = judged();
    expect(score.confusion!.counts).toEqual(confusion);
    expect(score.confusion!.classes).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));
    classAccuracy(score.confusion!).forEach((value, at) =>
      expect(value).toBeCloseTo(recall[at] ?? NaN, 10),
    );
  });

  it('answers each sample', () => {
    const { answers } = judged();
    expect(answers[0]).toEqual({
      answer: outputs[0]!.indexOf(Math.max(...outputs[0]!)),
      correct: outputs[0]!.indexOf(Math.max(...outputs[0]!)) === truth[0],
    });
    expect(answers.filter(({ correct }) => correct)).toHaveLength(
      Math.round(60 * (accuracy / 100)),
    );
  });

  it('has no top five of ten classes, but of eleven', () => {
    const of = (count: number) => {
      const made = scorer({ kind: 'classes', output: 0, count }, need([1, count]));
      made.add({ output: new Float32Array(count).fill(1), float: none, input: none, target: 4 });
      return more(made.score(), 'top-5 accuracy');
    };
    expect(of(10)).toBeUndefined();
    expect(of(11)).toBe(100);
  });

  it('puts the lower index first among equals, in the answer and in the top five', () => {
    const made = scorer({ kind: 'classes', output: 0, count: 11 }, need([1, 11]));
    const equal = new Float32Array(11).fill(1);
    expect(made.add({ output: equal, float: none, input: none, target: 5 })).toEqual({
      answer: 0,
      correct: false,
    });
    expect(more(made.score(), 'top-5 accuracy')).toBe(0);
  });

  it('gives the exact area under the curve of two classes, ties halved', () => {
    const two = fixtures.two;
    const made = scorer(
      { kind: 'classes', output: 0, count: 2, names: ['no', 'yes'] },
      need([1, 2]),
    );
    rows(two.outputs, two.truth).forEach((sample) => made.add(sample));
    expect(made.score().value).toBeCloseTo(two.accuracy, 10);
    expect(more(made.score(), 'AUC')).toBeCloseTo(two.auc, 12);
    expect(made.score().confusion!.classes).toEqual(['no', 'yes']);
  });

  it('never counts NaN as right, not even as class 0', () => {
    const made = scorer({ kind: 'classes', output: 0, count: 2 }, need([1, 2]));
    expect(made.add({ output: f([NaN, NaN]), float: none, input: none, target: 0 })).toEqual({
      correct: false,
    });
    expect(made.add({ output: f([1, NaN]), float: none, input: none, target: 0 })).toEqual({
      correct: false,
    });
    made.add({ output: f([1, 0]), float: none, input: none, target: 0 });
    const score = made.score();
    expect(score.value).toBeCloseTo(100 / 3, 10);
    expect(score.confusion!.counts).toEqual([1, 0, 0, 0]);
    // Without an answer is wrong, of the class too.
    expect(classAccuracy(score.confusion!)[0]).toBeCloseTo(100 / 3, 10);
    expect(more(score, 'without an answer (NaN)')).toBe(2);
    expect(more(score, 'AUC')).toBeUndefined();
  });

  it('leaves out samples without a label, and says nothing of none', () => {
    const made = scorer({ kind: 'classes', output: 0, count: 4 });
    expect(made.score().value).toBeNaN();
    expect(made.add({ output: f([0, 1, 0, 0]), float: none, input: none })).toEqual({});
    expect(made.score().samples).toBe(0);
    made.add({ output: f([0, 1, 0, 0]), float: none, input: none, target: new Int32Array([1]) });
    expect(made.score()).toMatchObject({ samples: 1, value: 100 });
  });

  it('reads the class itself from a graph that ends in ArgMax', () => {
    const made = scorer({ kind: 'classes', output: 0, count: 12 }, need([1]));
    expect(made.add({ output: f([7]), float: none, input: none, target: 7 })).toEqual({
      answer: 7,
      correct: true,
    });
    expect(made.add({ output: f([NaN]), float: none, input: none, target: 0 }).correct).toBe(false);
    expect(more(made.score(), 'top-5 accuracy')).toBeUndefined();
  });

  it('has no confusion matrix of more than 200 classes', () => {
    const of = (count: number) =>
      scorer({ kind: 'classes', output: 0, count }, need([1, count])).score().confusion;
    expect(of(200)!.counts).toHaveLength(40_000);
    expect(of(201)!.counts).toHaveLength(0);
    expect(of(10_001)).toBeUndefined();
  });

  it('has the accuracy of each of a thousand classes', () => {
    const made = scorer({ kind: 'classes', output: 0, count: 1000 }, need([1, 1000]));
    const said = (index: number) => f(Array.from({ length: 1000 }, (_, at) => +(at === index)));
    for (const [truth, answer] of [
      [7, 7],
      [7, 8],
      [999, 999],
    ] as const)
      made.add({ output: said(answer), float: none, input: none, target: truth });
    const accuracy = classAccuracy(made.score().confusion!);
    expect([accuracy[7], accuracy[8], accuracy[999]]).toEqual([50, NaN, 100]);
  });

  it('has a cell for every class of the model, also those without a label', () => {
    const made = scorer({ kind: 'classes', output: 0, count: 2, names: ['a', 'b'] }, need([1, 3]));
    made.add({ output: f([0, 0, 1]), float: none, input: none, target: 1 });
    expect(made.score().confusion).toEqual({
      classes: ['a', 'b', '2'],
      counts: [0, 0, 0, 0, 0, 1, 0, 0, 0],
      samples: [0, 1, 0],
      right: [0, 0, 0],
    });
    expect(more(made.score(), 'AUC')).toBeUndefined();
  });

  it('counts a class that the model does not have as wrong, outside the matrix', () => {
    const made = scorer({ kind: 'classes', output: 0, count: 2 }, need([1, 2]));
    made.add({ output: f([0, 1]), float: none, input: none, target: 2 });
    made.add({ output: f([0, 1]), float: none, input: none, target: -1 });
    expect(made.score()).toMatchObject({ value: 0, samples: 2 });
    expect(more(made.score(), 'with a class that the model does not have')).toBe(2);
    expect(made.score().confusion!.counts).toEqual([0, 0, 0, 0]);
  });

  it('refuses a label of several numbers', () => {
    const made = scorer({ kind: 'classes', output: 0, count: 4 });
    expect(() =>
      made.add({ output: f([0, 1, 0, 0]), float: none, input: none, target: f([1, 2]) }),
    ).toThrow(/one class a sample, but a label holds 2 numbers/);
  });
});

describe('binary', () => {
  for (const name of ['sigmoid', 'logit'] as const)
    it(`holds a ${name} against its threshold`, () => {
      const { outputs, truth, threshold, accuracy, auc, confusion } = fixtures[name];
      const made = scorer({ kind: 'binary', output: 0, threshold }, need([1, 1]));
      rows(
        outputs.map((x) => [x]),
        truth,
      ).forEach((sample) => made.add(sample));
      const score = made.score();
      expect(score.value).toBeCloseTo(accuracy, 10);
      expect(more(score, 'AUC')).toBeCloseTo(auc, 12);
      expect(score.confusion).toMatchObject({ classes: ['0', '1'], counts: confusion });
      expect(score).toMatchObject({ kind: 'binary', label: 'accuracy', samples: 80 });
    });

  it('takes the threshold itself for 0, and NaN for nothing', () => {
    const made = scorer({ kind: 'binary', output: 0, threshold: 0.5 }, need([1, 1]));
    const add = (x: number, target?: number) =>
      made.add({
        output: f([x]),
        float: none,
        input: none,
        ...(target === undefined ? {} : { target }),
      });
    expect(add(0.5, 0)).toEqual({ answer: 0, correct: true });
    expect(add(0.75, 1)).toEqual({ answer: 1, correct: true });
    expect(add(NaN, 0)).toEqual({ correct: false });
    expect(add(1)).toEqual({});
    expect(made.score().samples).toBe(3);
  });
});

describe('several labels at once', () => {
  it('counts single labels, whole samples and F1 as scikit-learn does', () => {
    const { outputs, truth, labels, exact, f1 } = fixtures.multiLabel;
    const made = scorer({ kind: 'multi-label', output: 0, size: 5, threshold: 0.5 }, need([1, 5]));
    const answers = rows(
      outputs,
      truth.map((row) => f(row)),
    ).map((sample) => made.add(sample));
    const score = made.score();
    expect(score.value).toBeCloseTo(labels, 10);
    expect(more(score, 'all labels right')).toBeCloseTo(exact, 10);
    expect(more(score, 'F1, micro')).toBeCloseTo(f1, 12);
    expect(answers.every(({ correct, error }) => correct === (error === 0))).toBe(true);
    expect(score).toMatchObject({
      samples: 30,
      unit: '%',
      better: 'higher',
      label: 'label accuracy',
    });
  });

  it('takes NaN for wrong either way, and says nothing of nothing', () => {
    const made = scorer({ kind: 'multi-label', output: 0, size: 2, threshold: 0 }, need([1, 2]));
    expect(more(made.score(), 'F1, micro')).toBeNaN();
    const target = f([0, 1]);
    expect(made.add({ output: f([NaN, NaN]), float: none, input: none, target })).toEqual({
      correct: false,
      error: 1,
    });
    expect(made.add({ output: f([0, 1]), float: none, input: none, target })).toEqual({
      correct: true,
      error: 0,
    });
    expect(made.add({ output: f([0, 1]), float: none, input: none })).toEqual({});
    expect(made.score()).toMatchObject({ value: 50, samples: 2 });
    expect(() => made.add({ output: f([0, 1]), float: none, input: none, target: 1 })).toThrow(
      /holds 1 numbers, but output "out" gives 2/,
    );
  });
});

describe('numbers', () => {
  it('gives mean absolute error and RMSE as scikit-learn does', () => {
    const { outputs, truth, mae, rmse } = fixtures.numbers;
    const made = scorer({ kind: 'numbers', output: 0, size: 3 }, need([1, 3]));
    const answers = rows(
      outputs,
      truth.map((row) => f(row)),
    ).map((sample) => made.add(sample));
    const score = made.score();
    expect(score.value).toBeCloseTo(mae, 10);
    expect(more(score, 'RMSE')).toBeCloseTo(rmse, 10);
    expect(score).toMatchObject({
      label: 'mean absolute error',
      better: 'lower',
      unit: '',
      samples: 25,
    });
    const first = outputs[0]!.map((x, at) => Math.abs(x - truth[0]![at]!));
    expect(answers[0]!.error).toBeCloseTo((first[0]! + first[1]! + first[2]!) / 3, 10);
  });

  it('is NaN of nothing and of NaN', () => {
    const made = scorer({ kind: 'numbers', output: 0, size: 1 }, need([1, 1]));
    expect(made.score().value).toBeNaN();
    expect(more(made.score(), 'RMSE')).toBeNaN();
    expect(made.add({ output: f([3]), float: none, input: none })).toEqual({});
    expect(made.add({ output: f([3]), float: none, input: none, target: 1 })).toEqual({ error: 2 });
    expect(made.score()).toMatchObject({ value: 2, samples: 1 });
    made.add({ output: f([NaN]), float: none, input: none, target: 1 });
    expect(made.score().value).toBeNaN();
  });
});

describe('masks', () => {
  const { outputs, truth, miou, accuracy, samples, confusion } = fixtures.mask;
  const target = { kind: 'mask', output: 0, classes: 5 } as const;

  it('gives mean IoU over the classes that occur, and pixel accuracy, as scikit-learn does', () => {
    const made = scorer(target, need([1, 4, 4, 5]));
    const answers = rows(
      outputs,
      truth.map((row) => Int32Array.from(row)),
    ).map((sample) => made.add(sample));
    const score = made.score();
    expect(score.value).toBeCloseTo(miou, 10);
    expect(more(score, 'pixel accuracy')).toBeCloseTo(accuracy, 10);
    expect(score.confusion!.counts).toEqual(confusion);
    answers.forEach(({ error }, at) => expect(error).toBeCloseTo(1 - samples[at]!, 10));
    expect(score).toMatchObject({ kind: 'mask', label: 'mean IoU', samples: 6 });
  });

  it('holds one number per pixel against the threshold of what ends the graph', () => {
    const of = (ends: OutputNeed['ends']) => {
      const made = scorer({ ...target, classes: 2 }, need([1, 2, 2, 1], ends));
      made.add({
        output: f([0.25, 0.75, -0.25, 0.5]),
        float: none,
        input: none,
        target: Int32Array.of(0, 1, 0, 0),
      });
      return more(made.score(), 'pixel accuracy');
    };
    expect(of('sigmoid')).toBe(100);
    expect(of('other')).toBe(100);
    expect(of('linear')).toBe(50);
  });

  it('never counts a pixel that is NaN as right', () => {
    const made = scorer({ ...target, classes: 2 }, need([1, 1, 2, 2]));
    const add = () =>
      made.add({
        output: f([NaN, 0, 0, 1]),
        float: none,
        input: none,
        target: Int32Array.of(0, 1),
      });
    // Class 0: nothing of one pixel; class 1: one of one.
    expect(add().error).toBeCloseTo(0.5, 10);
    expect(made.score().value).toBeCloseTo(50, 10);
    expect(more(made.score(), 'pixel accuracy')).toBe(50);
    expect(made.score().confusion!.counts).toEqual([0, 0, 0, 1]);
    made.add({ output: f([0, NaN, 0, 1]), float: none, input: none, target: Int32Array.of(1, 1) });
    // Class 1: two of three pixels.
    expect(made.score().value).toBeCloseTo((100 * (0 + 2 / 3)) / 2, 10);
  });

  it('leaves out labels that are no class, and counts answers that are none as wrong', () => {
    const made = scorer({ ...target, classes: 2 }, need([1, 1, 4, 3]));
    made.add({
      output: f([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0]),
      float: none,
      input: none,
      target: Int32Array.of(-1, 2, 0, 1),
    });
    // Left are a pixel of class 0 that is taken for a third, and one of class 1 that is right.
    expect(more(made.score(), 'pixel accuracy')).toBe(50);
    expect(made.score().value).toBe(50);
    expect(made.score().confusion!.counts).toEqual([0, 0, 0, 1]);
  });

  it('has a table of at most 200 classes', () => {
    const of = (classes: number) => scorer({ ...target, classes }, need([1, 1, 1, 1])).score();
    expect(of(200).confusion!.counts).toHaveLength(40_000);
    expect(of(201).confusion).toBeUndefined();
  });

  it('refuses a mask of another size, and skips a sample without one', () => {
    const made = scorer({ ...target, classes: 2 }, need([1, 1, 2, 2]));
    const output = f([0, 1, 0, 1]);
    expect(made.add({ output, float: none, input: none })).toEqual({});
    expect(() => made.add({ output, float: none, input: none, target: new Int32Array(3) })).toThrow(
      /3 pixels doesn't fit output "out" of 4/,
    );
    expect(() => made.add({ output, float: none, input: none, target: new Int32Array(8) })).toThrow(
      /8 pixels/,
    );
    expect(made.score().value).toBeNaN();
  });
});

describe('reconstruction', () => {
  it('is held against the input as the network got it', () => {
    const { outputs, inputs, sqnr, mse, mae } = fixtures.reconstruction;
    const made = scorer({ kind: 'reconstruction', output: 0 }, need([1, 12]));
    outputs.forEach((row, at) => made.add({ output: f(row), float: f([]), input: f(inputs[at]!) }));
    const score = made.score();
    expect(score.value).toBeCloseTo(sqnr, 8);
    expect(more(score, 'mean square error')).toBeCloseTo(mse, 10);
    expect(more(score, 'mean absolute error')).toBeCloseTo(mae, 10);
    expect(score).toMatchObject({ unit: 'dB', better: 'higher', samples: 10 });
  });

  it('refuses an input of another size, and gives each sample its noise', () => {
    const made = scorer({ kind: 'reconstruction', output: 0 }, need([1, 2]));
    expect(made.score().value).toBeNaN();
    expect(more(made.score(), 'mean absolute error')).toBeNaN();
    expect(made.add({ output: f([1, 1]), float: none, input: f([1, 3]) })).toEqual({ error: 2 });
    expect(() => made.add({ output: f([1, 1]), float: none, input: f([1]) })).toThrow(
      /gives 2 numbers, but the input that it is to reconstruct has 1/,
    );
  });
});

describe('agreement with float', () => {
  const { outputs, float, same, top5, drift } = fixtures.agreement;

  it('counts the same most likely class, the top five and the drift of confidence', () => {
    const made = kindsOfScore.agreement.create(
      { need: need([1, 11], 'softmax'), synthetic: true },
      undefined,
    );
    outputs.forEach((row, at) => made.add({ output: f(row), float: f(float[at]!), input: none }));
    const score = made.score();
    expect(score.value).toBeCloseTo(same, 10);
    expect(more(score, 'float’s class in the top 5')).toBeCloseTo(top5, 10);
    expect(more(score, 'confidence drift')).toBeCloseTo(drift, 4);
    expect(score).toMatchObject({ kind: 'agreement', unit: '%', synthetic: true, samples: 50 });
  });

  it('looks for float’s class among five, not six', () => {
    const inTop5 = (rank: number) => {
      const made = kindsOfScore.agreement.create(
        { need: need([1, 11], 'linear'), synthetic: false },
        undefined,
      );
      const float = new Float32Array(11);
      float[rank] = 1;
      made.add({ output: Float32Array.from({ length: 11 }, (_, i) => -i), float, input: none });
      return more(made.score(), 'float’s class in the top 5');
    };
    expect([inTop5(4), inTop5(5)]).toEqual([100, 0]);
  });

  it('says nothing of confidence before the first sample, and leaves out samples without a class', () => {
    const made = kindsOfScore.agreement.create(
      { need: need([1, 2], 'sigmoid'), synthetic: false },
      undefined,
    );
    expect(made.score().more.map(({ label }) => label)).toEqual(['SQNR', 'cosine']);
    made.add({ output: f([0.5, 1]), float: f([0.75, 1.5]), input: none });
    expect(more(made.score(), 'confidence drift')).toBeCloseTo(50, 10);
    made.add({ output: f([0, 1]), float: f([NaN, 1]), input: none });
    expect(more(made.score(), 'confidence drift')).toBeCloseTo(25, 10);
  });

  it('has neither top five nor drift of four logits', () => {
    const made = kindsOfScore.agreement.create(
      { need: need([1, 4], 'linear'), synthetic: false },
      undefined,
    );
    expect(made.score().value).toBeNaN();
    expect(made.add({ output: f([0, 3, 0, 4]), float: f([0, 4, 0, 0]), input: none })).toEqual({
      answer: 3,
      correct: false,
    });
    expect(made.score().more.map(({ label }) => label)).toEqual(['SQNR', 'cosine']);
    // Σx² = 16, Σ(x−x̂)² = 1 + 16; Σx·x̂ = 12, norms 4 and 5.
    expect(more(made.score(), 'SQNR')).toBeCloseTo(10 * Math.log10(16 / 17), 10);
    expect(more(made.score(), 'cosine')).toBeCloseTo(12 / 20, 10);
  });

  it('holds one number against its threshold: sigmoid 0.5, logit 0', () => {
    const of = (ends: OutputNeed['ends']) =>
      kindsOfScore.agreement
        .create({ need: need([1, 1], ends), synthetic: false }, undefined)
        .add({ output: f([0.25]), float: f([0.75]), input: none });
    expect(of('sigmoid')).toEqual({ answer: 0, correct: false });
    expect(of('linear')).toEqual({ answer: 1, correct: true });
  });

  it('does not agree where either is NaN', () => {
    const made = kindsOfScore.agreement.create(
      { need: need([1, 2], 'softmax'), synthetic: false },
      undefined,
    );
    const nan = f([NaN, 1]);
    expect(made.add({ output: nan, float: nan, input: none })).toEqual({ correct: false });
    expect(made.add({ output: nan, float: f([1, 0]), input: none })).toEqual({ correct: false });
    expect(made.add({ output: f([1, 0]), float: nan, input: none })).toEqual({
      answer: 0,
      correct: false,
    });
    expect(made.score()).toMatchObject({ value: 0, samples: 3 });
  });
});

describe('likeness to float', () => {
  const create = (shape: readonly number[]) =>
    kindsOfScore.likeness.create({ need: need(shape), synthetic: false }, undefined);

  it('gives SQNR and cosine, and the SQNR of the worst column beside the good average', () => {
    const { outputs, float, sqnr, cosine, worst } = fixtures.likeness;
    const made = create([1, 4]);
    outputs.forEach((row, at) => made.add({ output: f(row), float: f(float[at]!), input: none }));
    const score = made.score();
    expect(score.value).toBeCloseTo(sqnr, 8);
    expect(more(score, 'cosine')).toBeCloseTo(cosine, 10);
    expect(more(score, 'SQNR of the worst column')).toBeCloseTo(worst, 8);
    expect(score).toMatchObject({ label: 'SQNR to float', unit: 'dB', samples: 10 });
  });

  it('follows columns of the last axis over positions; a silent column does not count', () => {
    const made = create([1, 2, 3]);
    expect(
      made.add({ output: f([10, 1, 5, 10, 1, 0]), float: f([10, 2, 0, 10, 0, 0]), input: none }),
    ).toEqual({ error: (1 + 25 + 1) / 6 });
    // Column 0 exact, column 1: 4 / 2, column 2 has no signal.
    expect(more(made.score(), 'SQNR of the worst column')).toBeCloseTo(10 * Math.log10(2), 10);
  });

  it('has no worst column of one, or of more than 1,024', () => {
    const worst = (columns: number) => {
      const made = create([1, columns]);
      made.add({
        output: new Float32Array(columns),
        float: new Float32Array(columns).fill(1),
        input: none,
      });
      return more(made.score(), 'SQNR of the worst column');
    };
    expect(worst(1)).toBeUndefined();
    expect(worst(2)).toBe(0);
    expect(worst(1024)).toBe(0);
    expect(worst(1025)).toBeUndefined();
  });

  it('is infinite for equal outputs and NaN of nothing', () => {
    const made = create([1, 2]);
    expect(made.score().value).toBeNaN();
    expect(made.add({ output: f([1, 2]), float: f([1, 2]), input: none })).toEqual({ error: 0 });
    expect(made.score().value).toBe(Infinity);
    expect(more(made.score(), 'SQNR of the worst column')).toBe(Infinity);
    made.add({ output: f([NaN, 2]), float: f([1, 2]), input: none });
    expect(made.score().value).toBeNaN();
    expect(more(made.score(), 'SQNR of the worst column')).toBeNaN();
  });
});

describe('how an output is scored', () => {
  const kind = (output: OutputNeed, targets: readonly TargetKind[] = [], synthetic = false) =>
    scoringOf(targets, needs(output), synthetic)[0]!.kind;

  it('is by its labels, unless they are made up', () => {
    const target = { kind: 'numbers', output: 0, size: 3 } as const;
    expect(kind(need([1, 3]), [target])).toBe('numbers');
    expect(kind(need([1, 3]), [target], true)).toBe('agreement');
    expect(kind(need([1, 3]), [{ ...target, output: 1 }])).toBe('agreement');
  });

  it('is agreement where an output without labels chooses a class, else likeness', () => {
    expect(kind(need([1, 3]))).toBe('agreement');
    expect(kind(need([3]))).toBe('agreement');
    expect(kind(need([1, 10_000], 'linear'))).toBe('agreement');
    expect(kind(need([1, 10_001], 'linear'))).toBe('likeness');
    expect(kind(need([1, 30_000], 'softmax'))).toBe('agreement');
    expect(kind(need([1, 5, 3], 'softmax'))).toBe('likeness');
    // As many numbers as the input has: an autoencoder, unless it ends in softmax.
    expect(kind(need([1, 4]))).toBe('likeness');
    expect(kind(need([1, 4], 'softmax'))).toBe('agreement');
    expect(kind(need([1, 1], 'sigmoid'))).toBe('agreement');
    expect(kind(need([1, 1], 'linear'))).toBe('likeness');
  });

  it('is decided for each output by itself, in the order of the graph', () => {
    const scorings = scoringOf(
      [{ kind: 'classes', output: 1, count: 3 }],
      needs({ ...need([1, 5, 4]), name: 'boxes' }, { ...need([1, 3]), name: 'class' }),
      false,
    );
    expect(scorings.map(({ kind, name, output }) => [kind, name, output])).toEqual([
      ['likeness', 'boxes', 0],
      ['classes', 'class', 1],
    ]);
    expect(scorings.map((one) => one.create().score().kind)).toEqual(['likeness', 'classes']);
    expect(scorings.map((one) => one.likeness().score().kind)).toEqual(['likeness', 'agreement']);
    expect(scorings.map((one) => one.create().score().output)).toEqual(['boxes', 'class']);
  });

  it('has likeness by class for classes and yes or no, by SQNR for all else', () => {
    const likeness = (target: TargetKind, shape: readonly number[]) =>
      scoringOf([target], needs(need(shape)), false)[0]!
        .likeness()
        .score().kind;
    expect(likeness({ kind: 'classes', output: 0, count: 3 }, [1, 3])).toBe('agreement');
    expect(likeness({ kind: 'binary', output: 0, threshold: 0 }, [1, 1])).toBe('agreement');
    expect(likeness({ kind: 'multi-label', output: 0, size: 3, threshold: 0.5 }, [1, 3])).toBe(
      'likeness',
    );
    expect(likeness({ kind: 'numbers', output: 0, size: 3 }, [1, 3])).toBe('likeness');
    expect(likeness({ kind: 'mask', output: 0, classes: 3 }, [1, 2, 2, 3])).toBe('likeness');
    expect(likeness({ kind: 'reconstruction', output: 0 }, [1, 4])).toBe('likeness');
  });

  it('makes a scorer of its own kind', () => {
    const targets: readonly TargetKind[] = [
      { kind: 'classes', output: 0, count: 4 },
      { kind: 'binary', output: 0, threshold: 0 },
      { kind: 'multi-label', output: 0, size: 4, threshold: 0 },
      { kind: 'numbers', output: 0, size: 4 },
      { kind: 'mask', output: 0, classes: 4 },
      { kind: 'reconstruction', output: 0 },
    ];
    for (const target of targets) {
      const about = kindsOfScore[target.kind];
      expect(scorer(target).score()).toMatchObject({
        kind: target.kind,
        label: about.label,
        unit: about.unit,
        better: about.better,
      });
    }
  });
});

describe('the score that stands for the model', () => {
  const of = (...kinds: Score['kind'][]) => kinds.map((kind) => ({ kind }));

  it('is the first with labels, else the first', () => {
    expect(primaryIndex(of('likeness', 'agreement', 'numbers', 'classes'))).toBe(2);
    expect(primaryIndex(of('likeness', 'agreement'))).toBe(0);
    expect(primaryIndex([])).toBe(-1);
    expect(primaryIndex(of('numbers', 'likeness'))).toBe(0);
    expect(primaryOf(of('agreement', 'mask'))).toEqual({ kind: 'mask' });
    expect(primaryOf([])).toBeUndefined();
  });

  it('changes by the difference to float; a distance to float is the change itself', () => {
    const made = (kind: Score['kind'], value: number): Score => ({
      ...kindsOfScore.likeness.create({ need: need([1, 2]), synthetic: false }, undefined).score(),
      kind,
      value,
    });
    expect(scoreChange(made('classes', 90), made('classes', 92))).toBe(-2);
    expect(scoreChange(made('agreement', 90), made('agreement', 100))).toBe(-10);
    expect(scoreChange(made('likeness', 30), made('likeness', Infinity))).toBe(30);
  });
});
