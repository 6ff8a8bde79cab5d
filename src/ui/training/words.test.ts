import { describe, expect, it } from 'vitest';
import type { Graph } from '../../model/graph';
import type { Score } from '../../run/figures';
import type { Run, TrainingLog } from '../../run/types';
import type { LiveTraining } from '../../state/stores/training';
import { layersWithWeights, place, standing, thinned, trainedSentences } from './words';

const live = (
  more: Partial<LiveTraining['status']>,
  state: Partial<LiveTraining> = {},
): LiveTraining => ({
  ...{ job: 1, name: 'int8, trained', points: [], paused: false, stopping: false },
  status: {
    ...{ kind: 'training', step: 1040, steps: 3000, epoch: 4, epochs: 10, points: [], log: [] },
    ...{ backend: 'wasm', workers: 2, workersWhy: 'this machine lends 2 cores' },
    ...{ control: false, notes: [] },
    ...more,
  },
  ...state,
});

describe('a training under way', () => {
  it('says step, epoch, loss, pace and time left', () => {
    const status = { loss: 0.0123456, samplesPerSecond: 812.3, msLeft: 8700 };
    expect(standing(live(status))).toBe(
      'Step 1,040 of 3,000, epoch 4 of 10, loss 0.01235, 812 samples per second, about 9 s left.',
    );
  });

  it('says nothing that is not known yet', () => {
    expect(standing(live({ step: 0, epoch: 1 }))).toBe('Step 0 of 3,000, epoch 1 of 10.');
  });

  it('says that it is held, stopping, or done and being measured, instead of the time left', () => {
    const status = { msLeft: 8700 };
    expect(standing(live(status, { paused: true }))).toMatch(/, paused\.$/);
    expect(standing(live(status, { stopping: true }))).toMatch(/, stopping at the next step\.$/);
    expect(standing(live({ ...status, step: 3000 }))).toMatch(
      /, trained; what it made is being measured\.$/,
    );
  });

  it('says on what it runs, on how many workers, and why', () => {
    expect(place(live({}).status)).toBe('On wasm, 2 workers: this machine lends 2 cores.');
    expect(place(live({ workers: 1 }).status)).toContain('1 worker:');
  });
});

describe('what a chart shows of a long training', () => {
  it('is no more than it can, from the first to the last', () => {
    const all = Array.from({ length: 9001 }, (_, at) => at);
    const shown = thinned(all, 250);
    expect(shown).toHaveLength(250);
    expect([shown[0], shown.at(-1)]).toEqual([0, 9000]);
    expect(new Set(shown).size).toBe(250);
    expect(thinned([1, 2, 3], 3)).toEqual([1, 2, 3]);
  });
});

describe('layers that can be frozen', () => {
  it('are those that hold numbers', () => {
    const value = (data?: Float32Array) => ({ name: 'v', shape: [1], dtype: 'float32', data });
    const graph = {
      values: [value(), value(Float32Array.of(1)), value()],
      nodes: [
        { name: 'dense', inputs: [0, 1] },
        { name: 'add', inputs: [0, 2] },
      ],
    } as unknown as Graph;
    expect(layersWithWeights(graph)).toEqual(['dense']);
  });
});

const score = (value: number): Score => ({
  ...{ kind: 'classes', output: 'out', label: 'accuracy', value, unit: '%', better: 'higher' },
  ...{ samples: 2000, synthetic: false, more: [] },
});
const log: TrainingLog = {
  ...{ backend: 'wasm', workers: 1, workersWhy: 'a step is one pass', steps: [] },
  epochs: [{ epoch: 0 }, { epoch: 1 }, { epoch: 2 }],
  chosen: { epoch: 1, why: 'best on 120 selection samples' },
  stopped: 'finished',
  frozen: [{ node: 'stem', why: 'frozen by the recipe' }],
  oscillating: { frozen: 31, of: 900 },
  trainable: { weights: 101770, scales: 13 },
  samples: { training: 1, selection: 120 },
  seconds: 9.2,
  notes: ['There are only 20 training samples: they are one batch, not 32.'],
};
const run = (of: TrainingLog | undefined, fakeQuant?: Run['figures']['fakeQuant']): Run =>
  ({
    made: of ? { log: of } : {},
    figures: fakeQuant ? { fakeQuant } : {},
  }) as unknown as Run;

describe('a training that is done', () => {
  it('says how it went, what was taken, what was frozen and what was changed', () => {
    const drift = { a: Infinity, 'head/pool': 33.51 };
    const fakeQuant = { scores: [score(97.85)], integerScores: [score(97.9)], drift };
    expect(trainedSentences(run(log, { ...fakeQuant, driftSamples: 16 }))).toEqual([
      'Trained for 2 epochs on 1 sample in about 9 s. On wasm, 1 worker: a step is one pass.',
      'Epoch 1 was taken: best on 120 selection samples.',
      '101,770 weights and 13 scales were trained; 31 weights swung between two integers and were frozen.',
      'Frozen: stem (frozen by the recipe).',
      'With fake quantization, as training saw it: accuracy 97.8 %; the integer model on the same 2,000 samples: 97.9 %.',
      'The integer model drifts most from it at head/pool: 33.5 dB (every layer in the table of layers).',
      'There are only 20 training samples: they are one batch, not 32.',
    ]);
  });

  it('says nothing of a run that was not trained', () => {
    expect(trainedSentences(run(undefined))).toEqual([]);
  });
});
