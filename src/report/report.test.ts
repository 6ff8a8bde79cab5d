/** Files of a run whose every number is another, so that none can stand in another's place unseen. */
import { describe, expect, it } from 'vitest';
import { stockRecipe } from '../quant/recipe';
import { why } from '../quant/why';
import type { Score } from '../run/figures';
import type { LayerFacts, LayerFigures, Run } from '../run/types';
import { layersCsv } from './csv';
import { runReport, toJson } from './json';

const score = (kind: Score['kind'], value: number, output = 'z'): Score => ({
  ...{ kind, output, label: kind, value, unit: '%', better: 'higher' },
  ...{ samples: 1000, synthetic: false, more: [] },
});

const facts: LayerFacts = {
  id: 'conv',
  layer: 'conv, first',
  type: 'Conv2D',
  op: 'CONV_2D',
  output: 'y',
  outputShape: [1, 2, 2, 3],
  params: 101,
  macs: 102,
  scheme: 'int8',
  why: why('int8-weights', { rule: 1, regex: '.*', operation: '*', granularity: 'per-channel' }),
  bytesFloat: 400,
  bytesQuantized: 160,
  energyFloat: { compute: 11, memory: 12 },
  energyQuantized: { compute: 1.5, memory: 2 },
};
const figures: LayerFigures = {
  isolated: { sqnr: 41.5, cosine: 0.91, mse: 0.31, maxAbs: 0.51, rmseOverScale: 0.61 },
  accumulated: { sqnr: 32.25, cosine: 0.82, mse: 0.42, maxAbs: 0.72, rmseOverScale: 0.92 },
  sensitivity: -1.75,
  msFloat: 0.9,
  msQuantized: 0.3,
};

function run(options: Partial<Run['made']> = {}, layers = { conv: figures }): Run {
  return {
    id: 'run-1',
    made: {
      createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      subject: { key: 'model-key', name: 'net', format: 'keras-h5', fileBytes: 5000 },
      recipe: stockRecipe('int8', { io: 'float32' }),
      graph: {} as never,
      converted: {} as never,
      stats: {
        samples: 3,
        calibration: { method: 'minmax' },
        values: {
          y: { seenMin: -4, seenMax: 5, mean: 0.25, std: 1.25, min: -4, max: 5 } as never,
        },
      },
      plan: {
        target: 'litert',
        io: 'float32',
        nodes: {},
        values: {
          y: {
            dtype: 'int8',
            scale: Float32Array.from([0.5]),
            zeroPoint: Int32Array.from([-7]),
            axis: 0,
            why: why('range-of-constant', {}),
          },
        },
      },
      layers: [facts],
      details: {},
      issues: [{ severity: 'info', message: 'An issue.' }],
      samples: {
        key: 'samples-key',
        name: 'd.npz',
        synthetic: false,
        checks: [
          { id: 'range', label: 'R', status: 'proven', value: 'none', sentence: 'S.', choices: [] },
        ],
        roles: [
          { role: 'calibration', count: 3, key: 'kc' },
          { role: 'training', count: 4, key: 'kt' },
          { role: 'evaluation', count: 1000, key: 'ke' },
        ],
      },
      engine: 'WASM',
      ...options,
    },
    figures: {
      whole: { scores: [score('classes', 88.5)], fileBytes: 1600, ms: 1.5, energy: 7 },
      float: { scores: [score('classes', 90.25)], fileBytes: 4000, ms: 4.5, energy: 46 },
      likeness: [score('agreement', 97.5)],
      layers,
      samples: [{ key: 'a', index: 4, outputs: [{ answer: 1, correct: false }] }],
      floatSamples: [{ key: 'a', index: 4, outputs: [{ answer: 2, correct: true }] }],
      counts: { evaluated: 1000, isolated: 256, accumulated: 64 },
      alarms: [{ kind: 'flattened', output: 'z', node: 'conv', sentence: 'It is flat.' }],
    },
    pending: [],
  };
}

/** RFC 4180, for cells without line ends. */
function parse(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}

describe('the table as CSV', () => {
  it('has each number under its own head', () => {
    const [head, row, end] = layersCsv(run()).split('\r\n');
    expect(end).toBe('');
    const cells = parse(row!);
    const named = Object.fromEntries(parse(head!).map((title, at) => [title, cells[at]]));
    expect(named).toMatchObject({
      node: 'conv',
      layer: 'conv, first',
      type: 'Conv2D',
      op: 'CONV_2D',
      scheme: 'int8',
      'output shape': '1×2×2×3',
      parameters: '101',
      MACs: '102',
      'SQNR isolated (dB)': '41.5',
      'SQNR accumulated (dB)': '32.25',
      'score change, only this layer quantized': '-1.75',
      'cosine accumulated': '0.82',
      'MSE accumulated': '0.42',
      'max abs error accumulated': '0.72',
      'RMSE / scale isolated': '0.61',
      'bytes float': '400',
      'bytes quantized': '160',
      'latency float (ms)': '0.9',
      'latency quantized (ms)': '0.3',
      'energy float (pJ, 45 nm model)': '23',
      'energy quantized (pJ, 45 nm model)': '3.5',
    });
    expect(cells.at(-1)).toMatch(/int8, per-channel weights, by rule 1/);
  });

  it('is RFC 4180, with empty cells for what is not measured, and nothing that a spreadsheet runs', () => {
    const made = {
      layers: [{ ...facts, id: '=HYPERLINK("x")', layer: '@sum\r\nline', type: '-1' }],
    };
    const infinite = { ...figures.isolated!, sqnr: Infinity };
    const csv = layersCsv(
      run(made, { '=HYPERLINK("x")': { isolated: infinite, sensitivity: NaN } } as never),
    );
    expect(csv).toContain(`"'=HYPERLINK(""x"")","'@sum\r\nline",'-1,CONV_2D`);
    expect(csv).toContain(',Infinity,');
    const row = csv.slice(csv.indexOf('\r\n', csv.indexOf("'-1")) - 400);
    expect(row).not.toContain('undefined');
    expect(csv).not.toContain('NaN');
    expect(csv).not.toContain('undefined');
    expect(csv.endsWith('\r\n')).toBe(true);
  });
});

interface Report {
  readonly [key: string]: unknown;
  readonly layers: readonly Record<string, unknown>[];
}
const reported = (...args: Parameters<typeof runReport>) =>
  JSON.parse(runReport(...args)) as Report;

describe('the report as JSON', () => {
  it('says what the run was made from', () => {
    const report = reported(run());
    expect(report).toMatchObject({
      format: 'intact-report',
      version: 2,
      id: 'run-1',
      createdAt: '2026-01-02T03:04:05.000Z',
      model: 'net',
      subject: { key: 'model-key', fileBytes: 5000 },
      recipe: { target: 'litert', steps: [], scheme: 'int8', io: 'float32' },
      engine: 'WASM',
      samples: {
        key: 'samples-key',
        name: 'd.npz',
        synthetic: false,
        calibration: 3,
        evaluation: 1000,
        checks: [{ id: 'range', status: 'proven', value: 'none' }],
        roles: [
          { role: 'calibration', count: 3, key: 'kc' },
          { role: 'training', count: 4, key: 'kt' },
          { role: 'evaluation', count: 1000, key: 'ke' },
        ],
      },
      counts: { evaluated: 1000, isolated: 256, accumulated: 64 },
      alarms: [{ node: 'conv', sentence: 'It is flat.' }],
      issues: [{ message: 'An issue.' }],
    });
    for (const absent of [
      'from',
      'pending',
      'verification',
      'training',
      'fakeQuant',
      'msPerSample',
    ])
      expect(report).not.toHaveProperty(absent);
  });

  it('keeps float and quantized apart', () => {
    expect(reported(run())).toMatchObject({
      score: {
        float: { value: 90.25, kind: 'classes' },
        quantized: { value: 88.5, kind: 'classes' },
        agreement: { value: 97.5, kind: 'agreement' },
      },
      scores: {
        float: [{ value: 90.25 }],
        quantized: [{ value: 88.5 }],
        likeness: [{ value: 97.5 }],
      },
      fileBytes: { float: 4000, quantized: 1600 },
      latencyMs: { float: 4.5, quantized: 1.5 },
      energyPicojoules: { float: 46, quantized: 7 },
      figures: {
        score: { float: 90.25, quantized: 88.5 },
        likeness: 97.5,
        size: { float: 4000, quantized: 1600 },
        rest: { float: 4000 - 400, quantized: 1600 - 160 },
        latency: { float: 4.5, quantized: 1.5 },
        energy: { float: 46, quantized: 7 },
      },
      evaluation: {
        quantized: [{ key: 'a', index: 4, outputs: [{ answer: 1, correct: false }] }],
        float: [{ key: 'a', index: 4, outputs: [{ answer: 2, correct: true }] }],
      },
    });
  });

  it('has every figure of a layer, and the grid of its output', () => {
    const [layer] = reported(run()).layers;
    expect(layer).toMatchObject({
      id: 'conv',
      layer: 'conv, first',
      scheme: 'int8',
      bytesFloat: 400,
      bytesQuantized: 160,
      isolated: { sqnr: 41.5, cosine: 0.91 },
      accumulated: { sqnr: 32.25, cosine: 0.82 },
      sensitivity: -1.75,
      msFloat: 0.9,
      msQuantized: 0.3,
      figures: {
        isolated: 41.5,
        accumulated: 32.25,
        sensitivity: -1.75,
        size: { float: 400, quantized: 160 },
        latency: { float: 0.9, quantized: 0.3 },
        energy: { float: 23, quantized: 3.5 },
        params: 101,
        macs: 102,
      },
      activation: {
        scale: 0.5,
        zeroPoint: -7,
        why: 'range of the constant',
        min: -4,
        max: 5,
        mean: 0.25,
        std: 1.25,
      },
    });
    expect(layer!['why']).toMatchObject({
      code: 'int8-weights',
      text: expect.stringContaining('per-channel weights, by rule 1') as string,
    });
  });

  it('defines every figure that it holds', () => {
    const report = reported(run());
    const { whole, layers } = report['definitions'] as Record<string, { id: string }[]>;
    const ids = (list: { id: string }[]) => list.map(({ id }) => id);
    expect(ids(whole!)).toEqual(expect.arrayContaining(Object.keys(report['figures'] as object)));
    expect(ids(layers!)).toEqual(
      expect.arrayContaining(Object.keys(report.layers[0]!['figures'] as object)),
    );
    expect(whole![0]).toMatchObject({ label: 'Accuracy', unit: '%', better: 'higher' });
  });

  it('scores by the output that stands for the model', () => {
    const two = run();
    const scores = (values: [number, number]) => [
      score('likeness', values[0], 'boxes'),
      score('classes', values[1], 'z'),
    ];
    const report = reported({
      ...two,
      figures: {
        ...two.figures,
        whole: { ...two.figures.whole, scores: scores([30, 80]) },
        float: { ...two.figures.float, scores: scores([99, 81]) },
        likeness: [score('likeness', 30, 'boxes'), score('agreement', 95, 'z')],
      },
    });
    expect(report['score']).toMatchObject({
      float: { output: 'z', value: 81 },
      quantized: { output: 'z', value: 80 },
      agreement: { output: 'z', value: 95 },
    });
  });

  it('says only what there is of a model as it is', () => {
    const asItIs = run({ recipe: undefined, plan: undefined, stats: undefined });
    const report = reported(asItIs, { msPerSample: 0.5 });
    expect(report).not.toHaveProperty('recipe');
    expect(report['score']).toMatchObject({ value: 88.5, kind: 'classes' });
    expect(report['msPerSample']).toBe(0.5);
    expect(report.layers[0]).not.toHaveProperty('activation');
    expect(report['samples']).toMatchObject({ calibration: 0, evaluation: 1000 });
    const { roles } = report['samples'] as { roles: { role: string }[] };
    expect(roles.map(({ role }) => role)).toEqual(['training', 'evaluation']);
  });

  it('counts no calibration where no rule asks for it', () => {
    const report = reported(run({ recipe: stockRecipe('dynamic'), stats: undefined }));
    expect(report['samples']).toMatchObject({ calibration: 0 });
    expect(report.layers[0]!['activation']).toEqual({
      scale: 0.5,
      zeroPoint: -7,
      why: 'range of the constant',
    });
    const seen = reported(run({ plan: undefined })).layers[0]!['activation'];
    expect(seen).toEqual({ min: -4, max: 5, mean: 0.25, std: 1.25 });
  });

  it('carries what came later', () => {
    const verification = {
      ...{ runtime: 'LiteRT.js', samples: 10, identical: 9 },
      ...{ largestDifference: 0.5, largestSteps: 1 },
    };
    const log = { backend: 'wasm', chosen: { epoch: 2, why: 'best' } } as never;
    const scores = [score('classes', 89)];
    const fakeQuant = { scores, integerScores: scores, drift: { conv: 50 }, driftSamples: 16 };
    const base = run({ from: 'run-0', log });
    const report = reported(
      { ...base, pending: ['latency'], figures: { ...base.figures, fakeQuant } },
      { verification },
    );
    expect(report).toMatchObject({
      verification,
      from: 'run-0',
      training: { backend: 'wasm' },
      fakeQuant: { drift: { conv: 50 } },
      pending: ['latency'],
    });
  });

  it('writes numbers that JSON has none of as words, never null', () => {
    expect(toJson({ a: [Infinity, -Infinity, NaN, 1], b: Float32Array.from([0.5]), c: 5n })).toBe(
      '{\n  "a": [\n    "Infinity",\n    "-Infinity",\n    "NaN",\n    1\n  ],\n  "b": [\n    0.5\n  ],\n  "c": "5"\n}\n',
    );
    expect(toJson({ a: new DataView(new ArrayBuffer(1)) })).toBe('{\n  "a": {}\n}\n');
    const infinite = { ...figures.isolated!, sqnr: Infinity };
    const text = runReport(run({}, { conv: { isolated: infinite } }));
    expect(text).not.toContain('null');
    const [layer] = (JSON.parse(text) as Report).layers;
    expect(layer).toMatchObject({
      isolated: { sqnr: 'Infinity' },
      figures: { isolated: 'Infinity' },
    });
    expect(text.endsWith('}\n')).toBe(true);
  });
});
