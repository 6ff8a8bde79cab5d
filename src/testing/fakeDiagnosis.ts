/** A doctor's finding and a tried change, for tests of what shows them. */
import type { Graph } from '../model/graph';
import type { RecipeChange } from '../quant/change';
import type { Doctor } from '../run/doctor';
import type { Outcome } from '../run/outcome';
import type { Run } from '../run/types';
import type { WhatIf } from '../run/whatIf';

const measured = {
  count: 128,
  sentence: '128 selection samples; the evaluation samples are not looked at',
};

const outcome = (value: number, sqnr: number): Outcome => ({
  score: {
    ...{ kind: 'classes', output: 'probabilities', label: 'accuracy', value, unit: '%' },
    ...{ better: 'higher', samples: measured.count, synthetic: false, more: [] },
  },
  outputs: [{ name: 'probabilities', sqnr }],
});

export function fakeDoctor({ id, made }: Pick<Run, 'id' | 'made'>, set: string): Doctor {
  const layers = made.layers.slice(0, 3).map(({ id: layer }, at) => ({
    ...{ layer, ends: 'high', min: 0, max: 900, range: [0, 900], without: [0, 6 + at] },
    factor: 900 / (6 + at),
  })) satisfies Doctor['suspects'][number]['layers'];
  return {
    ...{ run: id, samples: 200, layers: made.layers.length, seed: 1, measured, notes: [] },
    method: `Min-max chooses by each sample’s extremes of ${set}, which were kept.`,
    all: outcome(41.4, 4.2),
    suspects: [
      {
        ...{ index: 17, key: 'sample 17', name: 'row 17', label: '7', suspicious: true, layers },
        ...{ widened: layers.length, outcome: outcome(98.4, 33.1) },
      },
      {
        ...{ index: 3, key: 'sample 3', name: 'row 3', label: '3', suspicious: false, widened: 0 },
        layers: layers.slice(0, 1).map((one) => ({ ...one, factor: 1.04 })),
      },
    ],
    halves: { samples: [100, 100], median: 0.04 },
    curve: [1, 10, 100, 199].map((samples) => ({
      ...{ samples, uncovered: 0.4 / samples, outcome: outcome(98, 33 - 10 / samples) },
    })),
    ...{ enough: 100, tolerance: 1 },
  };
}

export function fakeWhatIf({ nodes }: Graph, change: RecipeChange): WhatIf {
  const changes = Object.keys({ ...change.overrides, ...change.ranges }).length;
  return {
    ...{ now: outcome(97.7, 30), then: outcome(97.7 + changes, 30 + changes), change },
    ...{ float: outcome(99, Infinity).score, measured, of: 500, ms: 12 },
    nodes: { run: changes === 0 ? 0 : 1, of: nodes.length },
  };
}
