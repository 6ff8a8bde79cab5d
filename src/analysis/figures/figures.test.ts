import { describe, expect, it } from 'vitest';
import type { Score } from '../../run/figures';
import type { LayerFacts, LayerRow, Run } from '../../run/types';
import { why } from '../../quant/why';
import { constant, graphOf, grid, value } from '../testing/graphs';
import {
  badness,
  definitionsOf,
  fileColumns,
  figureById,
  figuresOf,
  isMarked,
  layerFacts,
  layerFigures,
  modelRows,
  restOfFile,
  rowsOf,
  unitNames,
  valuesOf,
  type Figure,
  type FigureRow,
} from '.';
import { decimalsOf } from './sensitivity';

/** Every number differs, so that a figure which reads the wrong one shows. */
const row: LayerRow = {
  id: 'conv/op',
  layer: 'conv',
  type: 'Conv2D',
  op: 'CONV_2D',
  output: 'y',
  outputShape: [1, 2, 2, 3],
  params: 11,
  macs: 12,
  scheme: 'int8',
  why: why('same-as', { value: 'x' }) as LayerRow['why'],
  bytesFloat: 400,
  bytesQuantized: 130,
  energyFloat: { compute: 100, memory: 50 },
  energyQuantized: { compute: 20, memory: 10 },
  isolated: { sqnr: 31, cosine: 0.31, mse: 0.031, maxAbs: 3.1, rmseOverScale: 0.3 },
  accumulated: { sqnr: 21, cosine: 0.21, mse: 0.021, maxAbs: 2.1, rmseOverScale: 0.2 },
  sensitivity: -0.5,
  msFloat: 4,
  msQuantized: 1,
};
const without = (from: FigureRow, ...keys: readonly (keyof LayerRow)[]) =>
  Object.fromEntries(
    Object.entries(from).filter(([key]) => !(keys as readonly string[]).includes(key)),
  ) as unknown as FigureRow;
const score: Score = {
  kind: 'classes',
  output: 'out',
  label: 'accuracy',
  value: 90,
  unit: '%',
  better: 'higher',
  samples: 1000,
  synthetic: false,
  more: [],
};
const scored = (more: Partial<Score>, counts: Run['figures']['counts'] = { evaluated: 1000 }) => ({
  figures: {
    float: { scores: [{ ...score, ...more }], fileBytes: 0, energy: 0 },
    counts,
  },
});
const of = (id: string, run?: Parameters<typeof figuresOf>[0]) => figureById(id, run);

describe('the list of figures', () => {
  it('reads each number from where it is measured', () => {
    const values = Object.fromEntries(
      layerFigures.map(({ id, value, float }) => [
        id,
        float ? [float(row), value(row)] : value(row),
      ]),
    );
    expect(values).toEqual({
      isolated: 31,
      accumulated: 21,
      sensitivity: -0.5,
      cosine: 0.21,
      mse: 0.021,
      maxAbs: 2.1,
      rmseOverScale: 0.3,
      size: [400, 130],
      sizeRatio: 400 / 130,
      latency: [4, 1],
      latencyRatio: 4,
      energy: [150, 30],
      params: 11,
      macs: 12,
    });
  });

  it('has nothing to say of what is not measured', () => {
    const bare: FigureRow = {
      id: 'a',
      layer: 'a',
      type: 'A',
      op: 'ADD',
      output: 'y',
      outputShape: [],
    };
    for (const figure of layerFigures) {
      expect(figure.value(bare), figure.id).toBeUndefined();
      expect(figure.float?.(bare), figure.id).toBeUndefined();
      expect(badness(figure, bare), figure.id).toBeUndefined();
    }
    expect(of('sizeRatio').value({ ...bare, bytesFloat: 0, bytesQuantized: 4 })).toBeUndefined();
    expect(of('sizeRatio').value({ ...bare, bytesFloat: 4, bytesQuantized: 0 })).toBeUndefined();
    expect(of('latencyRatio').value({ ...bare, msFloat: 4 })).toBeUndefined();
  });

  it('has one of each id, definition, title, and a direction that the definition may state', () => {
    const unique = (key: 'id' | 'title' | 'label') =>
      expect(new Set(layerFigures.map((figure) => figure[key])).size).toBe(layerFigures.length);
    unique('id');
    unique('title');
    unique('label');
    for (const figure of layerFigures) {
      expect(figure.definition, figure.id).toMatch(/[.]$/);
      expect(unitNames[figure.unit], figure.id).toBeDefined();
      expect(figure.floatTitle !== undefined, figure.id).toBe(figure.float !== undefined);
      expect(figure.overlay && !figure.thresholds, figure.id).toBe(false);
      if (/Higher is better/.test(figure.definition)) expect(figure.better).toBe('higher');
      if (/Lower is better/.test(figure.definition)) expect(figure.better).toBe('lower');
    }
  });

  it('says which way is better', () => {
    const better = Object.fromEntries(layerFigures.map((one) => [one.id, one.better]));
    expect(better).toEqual({
      isolated: 'higher',
      accumulated: 'higher',
      sensitivity: 'higher',
      cosine: 'higher',
      mse: 'lower',
      maxAbs: 'lower',
      rmseOverScale: 'lower',
      size: 'lower',
      sizeRatio: 'higher',
      latency: 'lower',
      latencyRatio: 'higher',
      energy: 'lower',
      params: 'neither',
      macs: 'neither',
    });
  });

  it('waits for the measurement that brings it', () => {
    const waits = Object.fromEntries(
      layerFigures.flatMap(({ id, waitsFor }) => (waitsFor ? [[id, waitsFor]] : [])),
    );
    expect(waits).toEqual({
      isolated: 'isolated',
      rmseOverScale: 'isolated',
      accumulated: 'score',
      cosine: 'score',
      mse: 'score',
      maxAbs: 'score',
      sensitivity: 'sensitivity',
      latency: 'latency',
      latencyRatio: 'latency',
    });
  });

  it('gives the accumulated error for an unknown id', () => {
    expect(of('no such figure').id).toBe('accumulated');
    expect(of('macs').id).toBe('macs');
  });
});

describe('thresholds', () => {
  const at = (id: string, more: Partial<LayerRow>, run?: Parameters<typeof figuresOf>[0]) =>
    badness(of(id, run), { ...row, ...more });
  const sqnr = (db: number) => ({ accumulated: { ...row.accumulated!, sqnr: db } });

  it('run from good over the mark to bad', () => {
    expect(at('accumulated', sqnr(45))).toBe(0);
    expect(at('accumulated', sqnr(40))).toBe(0);
    expect(at('accumulated', sqnr(32.5))).toBeCloseTo(0.25, 10);
    expect(at('accumulated', sqnr(25))).toBeCloseTo(0.5, 10);
    expect(at('accumulated', sqnr(17.5))).toBeCloseTo(0.75, 10);
    expect(at('accumulated', sqnr(10))).toBe(1);
    expect(at('accumulated', sqnr(-20))).toBe(1);
    expect(at('accumulated', sqnr(Infinity))).toBe(0);
    expect(at('accumulated', sqnr(NaN))).toBe(1);
  });

  it('mark what is beyond the mark, not at it', () => {
    const marked = (db: number) => isMarked(of('accumulated'), { ...row, ...sqnr(db) });
    expect([marked(25), marked(24.9)]).toEqual([false, true]);
    expect(isMarked(of('macs'), row)).toBe(false);
  });

  it('call RMSE / scale above 0.7 suspicious, as TFLite’s debugger guide does', () => {
    const rmse = (rmseOverScale: number) => ({
      isolated: { ...row.isolated!, rmseOverScale },
    });
    expect(at('rmseOverScale', rmse(1 / Math.sqrt(12)))).toBe(0);
    expect(at('rmseOverScale', rmse(0.7))).toBeCloseTo(0.5, 10);
    expect(at('rmseOverScale', rmse(1.35))).toBeCloseTo(0.75, 10);
    expect(at('rmseOverScale', rmse(2))).toBe(1);
  });

  it('judge cost by what is left of it', () => {
    expect(at('size', { bytesQuantized: 100 })).toBe(0);
    expect(at('size', { bytesQuantized: 250 })).toBeCloseTo(0.5, 10);
    expect(at('size', { bytesQuantized: 400 })).toBe(1);
    expect(at('size', { bytesFloat: 0 })).toBeUndefined();
    expect(at('latency', { msQuantized: 1.2 })).toBeCloseTo(0, 10);
    expect(at('latency', { msQuantized: 4 })).toBe(0.5);
    expect(at('latency', { msQuantized: 4.8 })).toBeCloseTo(1, 10);
    expect(isMarked(of('latencyRatio'), { ...row, msQuantized: 4.01 })).toBe(true);
    expect(isMarked(of('latencyRatio'), { ...row, msQuantized: 3.99 })).toBe(false);
    expect(at('energy', { energyQuantized: { compute: 10, memory: 5 } })).toBeCloseTo(0, 10);
    expect(at('energy', { energyQuantized: { compute: 100, memory: 50 } })).toBe(1);
  });

  it('judge sensitivity in the score’s own terms', () => {
    expect(at('sensitivity', { sensitivity: 0 })).toBe(0);
    expect(at('sensitivity', { sensitivity: 1 })).toBe(0);
    expect(at('sensitivity', { sensitivity: -1 })).toBe(0.5);
    expect(at('sensitivity', { sensitivity: -2 })).toBe(1);
    const error = scored({
      kind: 'numbers',
      label: 'mean absolute error',
      unit: '',
      better: 'lower',
      value: 10,
    });
    expect(at('sensitivity', { sensitivity: -1 }, error)).toBe(0);
    expect(at('sensitivity', { sensitivity: 0.5 }, error)).toBeCloseTo(0.5, 10);
    expect(at('sensitivity', { sensitivity: 1 }, error)).toBeCloseTo(1, 10);
    const likeness = scored({
      kind: 'likeness',
      label: 'SQNR to float',
      unit: 'dB',
      value: Infinity,
    });
    expect(at('sensitivity', { sensitivity: 25 }, likeness)).toBeCloseTo(0.5, 10);
    const decibels = scored({
      kind: 'reconstruction',
      label: 'SQNR to the input',
      unit: 'dB',
      value: 24,
    });
    expect(at('sensitivity', { sensitivity: -1 }, decibels)).toBe(0.5);
    expect(at('sensitivity', { sensitivity: -6 }, decibels)).toBe(1);
    expect(at('sensitivity', { sensitivity: 0.5 }, decibels)).toBe(0);
    // A rising score without a unit: to lose a tenth is as bad as it gets.
    const rising = scored({ kind: 'numbers', label: 'R²', unit: '', better: 'higher', value: 0.5 });
    expect(at('sensitivity', { sensitivity: -0.05 }, rising)).toBeCloseTo(1, 10);
    expect(at('sensitivity', { sensitivity: 0.05 }, rising)).toBe(0);
  });

  it('of two figures on one line keep their place for any direction', () => {
    const figure: Figure<number> = {
      id: 'x',
      label: 'x',
      unit: 'number',
      definition: 'x.',
      better: 'lower',
      thresholds: { good: 1, mark: 2, bad: 10, source: 'made up' },
      value: (x) => x,
      fromSamples: false,
    };
    expect([0, 1, 1.5, 2, 6, 10, 11].map((x) => badness(figure, x))).toEqual([
      0, 0, 0.25, 0.5, 0.75, 1, 1,
    ]);
  });
});

describe('sensitivity in the terms of a run', () => {
  it('names the score and the samples that it was measured on', () => {
    const run = scored({}, { evaluated: 2000, isolated: 256 });
    expect(of('sensitivity', run)).toMatchObject({
      label: 'Δ accuracy',
      head: 'Δ accuracy',
      unit: 'points',
      decimals: 1,
      better: 'higher',
      definition:
        'Accuracy with only this layer quantized minus the float model’s, in points; on 256 of the 2,000 evaluation samples.',
    });
    const all = scored({}, { evaluated: 1500, isolated: 1500 });
    expect(of('sensitivity', all).definition).toMatch(/; on all 1,500 evaluation samples\.$/);
    expect(of('sensitivity', scored({})).definition).toMatch(/in points\.$/);
  });

  it('is agreement, error or the output’s SQNR where the run is scored so', () => {
    expect(of('sensitivity', scored({ kind: 'agreement', label: 'agreement' })).definition).toBe(
      'Agreement with the float model’s most likely class when only this layer is quantized, minus 100 %, in points.',
    );
    expect(
      of(
        'sensitivity',
        scored({ kind: 'numbers', label: 'mean absolute error', unit: '', better: 'lower' }),
      ),
    ).toMatchObject({
      label: 'Δ abs. error',
      unit: 'target',
      better: 'lower',
      definition:
        'Mean absolute error with only this layer quantized minus the float model’s. Below zero is better than float.',
    });
    expect(of('sensitivity', scored({ kind: 'likeness', unit: 'dB' }))).toMatchObject({
      label: 'Output SQNR',
      head: 'Output SQNR, dB',
      unit: 'dB',
    });
    expect(
      of('sensitivity', scored({ kind: 'reconstruction', label: 'SQNR to the input', unit: 'dB' })),
    ).toMatchObject({ label: 'Δ SQNR to the input', unit: 'dB' });
    expect(of('sensitivity', scored({ kind: 'mask', label: 'mean IoU' })).label).toBe('Δ mean IoU');
  });

  it('says which way an error without a unit is better', () => {
    const rising = scored({ kind: 'numbers', label: 'R²', unit: '', better: 'higher' });
    expect(of('sensitivity', rising)).toMatchObject({
      label: 'Δ R²',
      definition:
        'R² with only this layer quantized minus the float model’s. Above zero is better than float.',
    });
    const bare = without(row, 'sensitivity');
    expect(badness(of('sensitivity', rising), bare)).toBeUndefined();
  });

  it('is of the output with labels where there are several', () => {
    const run = scored({});
    const likeness: Score = { ...score, kind: 'likeness', label: 'SQNR to float', unit: 'dB' };
    const two = {
      figures: { ...run.figures, float: { ...run.figures.float, scores: [likeness, score] } },
    };
    expect(of('sensitivity', two).label).toBe('Δ accuracy');
  });

  it('is the same list for the same figures, and that before runs without scores', () => {
    const run = scored({});
    expect(figuresOf(run)).toBe(figuresOf({ figures: run.figures }));
    expect(figuresOf()).toBe(layerFigures);
    const none = { figures: { ...run.figures, float: { ...run.figures.float, scores: [] } } };
    expect(figuresOf(none)).toBe(layerFigures);
  });

  it('has no more decimals than the samples carry', () => {
    expect([1, 99, 100, 999, 1000].map(decimalsOf)).toEqual([0, 0, 1, 1, 2]);
  });
});

describe('columns of a file', () => {
  it('hold facts and figures under heads with their unit, float before quantized', () => {
    const cells = Object.fromEntries(
      fileColumns(layerFigures).map(({ title, of: read }) => [title, read(row)]),
    );
    expect(cells).toEqual({
      node: 'conv/op',
      layer: 'conv',
      type: 'Conv2D',
      op: 'CONV_2D',
      scheme: 'int8',
      'output shape': '1×2×2×3',
      parameters: 11,
      MACs: 12,
      'SQNR isolated (dB)': 31,
      'SQNR accumulated (dB)': 21,
      'score change, only this layer quantized': -0.5,
      'cosine accumulated': 0.21,
      'MSE accumulated': 0.021,
      'max abs error accumulated': 2.1,
      'RMSE / scale isolated': 0.3,
      'bytes float': 400,
      'bytes quantized': 130,
      'size ratio (float / quantized)': 400 / 130,
      'latency float (ms)': 4,
      'latency quantized (ms)': 1,
      'latency ratio (float / quantized)': 4,
      'energy float (pJ, 45 nm model)': 150,
      'energy quantized (pJ, 45 nm model)': 30,
      why: layerFacts.find(({ id }) => id === 'why')!.text(row),
    });
    expect(cells['why']).toMatch(/x/);
  });

  it('begin with names and end with the reason', () => {
    const titles = fileColumns(layerFigures).map(({ title }) => title);
    expect(titles.slice(0, 10)).toEqual([
      'node',
      'layer',
      'type',
      'op',
      'scheme',
      'output shape',
      'parameters',
      'MACs',
      'SQNR isolated (dB)',
      'SQNR accumulated (dB)',
    ]);
    expect(titles.at(-1)).toBe('why');
    expect(titles.indexOf('bytes float')).toBe(titles.indexOf('bytes quantized') - 1);
  });

  it('of a row without a reason have none', () => {
    const bare = without(row, 'why');
    expect(layerFacts.find(({ id }) => id === 'why')!.text(bare)).toBeUndefined();
  });
});

describe('values and definitions for JSON', () => {
  it('are by id, with float and quantized named', () => {
    const values = valuesOf(layerFigures, row as FigureRow);
    expect(values['size']).toEqual({ float: 400, quantized: 130 });
    expect(values['accumulated']).toBe(21);
    const slow = valuesOf(layerFigures, without(row, 'msQuantized'));
    expect(Object.keys(slow['latency']!)).toEqual(['float']);
  });

  it('leave out what is not measured', () => {
    const rest = without(row, 'msQuantized', 'isolated');
    const values = valuesOf(layerFigures, rest);
    expect(values['latency']).toEqual({ float: 4 });
    expect(values).not.toHaveProperty('isolated');
    const bare = without(rest, 'msFloat');
    expect(valuesOf(layerFigures, bare)).not.toHaveProperty('latency');
    expect(valuesOf([of('latency')], { ...bare, msQuantized: 2 })).toEqual({
      latency: { quantized: 2 },
    });
  });

  it('say what they mean', () => {
    expect(definitionsOf([of('macs'), of('size')])).toEqual([
      {
        id: 'macs',
        label: 'MACs',
        unit: 'count',
        better: 'neither',
        definition: 'Multiply-accumulate operations of one inference.',
      },
      expect.objectContaining({ id: 'size', unit: 'bytes', thresholds: of('size').thresholds }),
    ]);
  });
});

describe('rows', () => {
  const facts = (id: string, layer: string): LayerFacts => ({ ...row, id, layer });
  const run = {
    made: { layers: [facts('a', 'dense'), facts('b', 'dense'), facts('c', 'end')] },
    figures: { layers: { b: { sensitivity: 7 } } },
  };

  it('join facts with figures by id, in the order of the network', () => {
    const rows = rowsOf(run);
    expect(rows.map(({ id, sensitivity }) => [id, sensitivity])).toEqual([
      ['a', -0.5],
      ['b', 7],
      ['c', -0.5],
    ]);
    expect(rowsOf({ ...run, figures: run.figures })).toBe(rows);
    expect(rowsOf({ ...run, figures: { layers: {} } })).not.toBe(rows);
  });

  it('name the operator in further rows of one layer', () => {
    expect(rowsOf(run).map(({ part }) => part)).toEqual([undefined, 'conv 2d', undefined]);
  });

  const graph = {
    ...graphOf(
      [
        value('x', [1, 4]),
        constant('w', [3, 4]),
        constant('b', [3]),
        constant('shape', [2], 'int32', [3, 1]),
      ],
      [
        {
          op: 'FULLY_CONNECTED',
          inputs: ['x', 'w', 'b'],
          output: value('y', [1, 3], grid(0.5, 2)),
        },
        { op: 'RESHAPE', inputs: ['y', 'shape'], output: value('z', [3, 1]), layer: 1 },
        { op: 'UNSUPPORTED', inputs: ['z'], output: value('q', [3, 1]), layer: 9 },
      ],
      ['x'],
      ['q'],
    ),
    layers: [
      { name: 'dense', type: 'Dense' },
      { name: 'reshape', type: 'Reshape' },
    ],
  };

  it('of a model say what it says of itself, every byte of its constants among it', () => {
    expect(modelRows(graph)).toEqual([
      {
        id: 'y',
        layer: 'dense',
        type: 'Dense',
        op: 'FULLY_CONNECTED',
        output: 'y',
        outputShape: [1, 3],
        params: 15,
        bytesFloat: 60,
        macs: 12,
        scheme: 'int8',
        outputQuant: { scale: 0.5, zeroPoint: 2 },
      },
      {
        id: 'z',
        layer: 'reshape',
        type: 'Reshape',
        op: 'RESHAPE',
        output: 'z',
        outputShape: [3, 1],
        params: 0,
        // The new shape: two int32.
        bytesFloat: 8,
        macs: 0,
        scheme: 'float32',
      },
      expect.objectContaining({ id: 'q', layer: 'q', type: 'UNSUPPORTED', scheme: 'cannot run' }),
    ]);
  });
});

it('tells the bytes of the file that belong to no layer', () => {
  const run = { made: { layers: [row, row] } };
  expect(restOfFile(run, 1000, 'bytesFloat')).toBe(200);
  expect(restOfFile(run, 1000, 'bytesQuantized')).toBe(740);
});
