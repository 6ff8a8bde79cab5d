/** The shell's commands and text, in this process; scripts/intact.test.ts runs the real one. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeTflite } from '../formats/tflite/write';
import { createContext } from '../jobs/context';
import { createCores, localLock } from '../jobs/cores';
import { quantize as quantizeJob } from '../jobs/quantize';
import { openModel } from '../jobs/open';
import { listening, tinyContext, tinyGraph, tinyRequest } from '../jobs/testing/tiny';
import type { Run, RunUpdate } from '../run/types';
import { openOracle } from '../testing/oracle';
import { writeNpz } from '../testing/npz';
import { parseArguments } from './arguments';
import { evaluate, inspect, quantize, type Shell } from './commands';
import { diagnose } from './diagnose';
import { readPaths, sourcesOf } from './files';
import { checksText, inspection, modelText, runText, scoreText } from './text';

const folder = mkdtempSync(join(tmpdir(), 'intact-shell-'));
const place = (name: string) => join(folder, name);
const model = place('tiny.tflite');
const data = place('d.npz');
const apart = place('e.npz');

beforeAll(() => {
  writeFileSync(model, writeTflite(tinyGraph));
  const set = (rows: readonly (readonly number[])[], labels: readonly number[]) =>
    writeNpz({
      x: { shape: [rows.length, 2], data: Float32Array.from(rows.flat()) },
      y: { shape: [rows.length], data: Int32Array.from(labels) },
    });
  const calibration = Array.from({ length: 10 }, (_, at) => (at % 2 ? [255, 0] : [1020, 1020]));
  writeFileSync(
    data,
    set(
      calibration,
      Array.from({ length: 10 }, (_, at) => (at % 2 ? 0 : 1)),
    ),
  );
  writeFileSync(
    apart,
    set(
      [
        [41.2, 20],
        [97.9, 78.2],
      ],
      [0, 0],
    ),
  );
});

function shell() {
  const printed: string[] = [];
  const made: Shell = {
    worker: createContext({ cores: createCores(localLock(), 1), engine: 'reference' }),
    events: { progress: () => undefined },
    print: (text) => {
      printed.push(text);
    },
  };
  return { shell: made, printed };
}
const call = async (
  command: (args: ReturnType<typeof parseArguments>, shell: Shell) => Promise<void>,
  ...words: string[]
) => {
  const { shell: made, printed } = shell();
  await command(parseArguments(words), made);
  return printed.join('');
};

describe('quantize', () => {
  it('calibrates on --data and evaluates on --eval, and writes what was measured', async () => {
    const [out, report, csv] = ['x.tflite', 'r.json', 'l.csv'].map(place) as [
      string,
      string,
      string,
    ];
    const text = await call(
      ...([quantize, 'quantize', model, '--data', data, '--eval', apart] as const),
      ...['--out', out, '--report', report, '--csv', csv, '--choose', 'label-base=0'],
    );
    const oracle = await openOracle(new Uint8Array(readFileSync(out)));
    // By hand: src/jobs/testing/tiny.ts.
    expect([...oracle.run([[97.9, 78.2]])[0]!.data]).toEqual([16, 20]);
    oracle.dispose();
    const json = JSON.parse(readFileSync(report, 'utf8')) as {
      score: { float: { value: number }; quantized: { value: number } };
      samples: { roles: { role: string; count: number }[] };
      layers: { sensitivity: number }[];
      recipe: { target: string; io: string };
    };
    expect(json.score.float.value).toBe(100);
    expect(json.score.quantized.value).toBe(50);
    expect(json.layers.map(({ sensitivity }) => sensitivity)).toEqual([-50, 0]);
    expect(json.recipe).toMatchObject({ target: 'litert', io: 'float32' });
    expect(json.samples.roles.find(({ role }) => role === 'evaluation')!.count).toBe(2);
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(4);
    expect(text).toContain('quantized: accuracy 50.00 % on 2 samples');
    expect(text).toContain('latency:');
  });

  it('measures scores and sizes only with --fast, for the target and scheme asked, as JSON', async () => {
    const text = await call(
      ...([quantize, 'quantize', model, '--out', place('y.tflite'), '--fast', '--json'] as const),
      ...['--scheme', 'dynamic', '--target', 'tflite-2021', '--seed', '4'],
    );
    const json = JSON.parse(text) as {
      recipe: { scheme: string; target: string };
      samples: { synthetic: boolean; key: string };
      latencyMs: object;
      layers: { isolated?: unknown }[];
    };
    expect(json.recipe).toMatchObject({ scheme: 'dynamic', target: 'tflite-2021' });
    expect(json.samples.synthetic).toBe(true);
    expect(json.samples.key).toContain('seed 4');
    expect(json.latencyMs).toEqual({});
    expect(json.layers[0]!.isolated).toBeUndefined();
  });

  it('takes rules from a file', async () => {
    const rules = place('rules.json');
    const none = { regex: '.*', operation: '*', algorithm_key: 'no_quantize' };
    writeFileSync(rules, JSON.stringify([none]));
    const text = await call(
      ...([quantize, 'quantize', model, '--out', place('z.tflite'), '--fast', '--json'] as const),
      ...['--recipe', rules],
    );
    const json = JSON.parse(text) as { recipe: object; layers: { scheme: string }[] };
    expect(json.recipe).toMatchObject({ name: rules, scheme: 'custom' });
    expect(json.layers.map(({ scheme }) => scheme)).toEqual(['float32', 'float32']);
  });
});

describe('evaluate', () => {
  it('scores everything that chose nothing', async () => {
    const args = [evaluate, 'evaluate', model, '--data', apart, '--range', 'none'] as const;
    const text = await call(...args, '--choose', 'label-base=0');
    expect(text).toMatch(/tiny: accuracy 100\.00 % on 2 samples; [\d.]+ ms a sample/);
    const json = JSON.parse(await call(...args, '--choose', 'label-base=0', '--json')) as {
      score: { value: number };
      msPerSample: number;
      evaluation: { quantized: unknown[] };
    };
    expect(json.score.value).toBe(100);
    expect(json.msPerSample).toBeGreaterThan(0);
    expect(json.evaluation.quantized).toHaveLength(2);
  });
});

describe('inspect', () => {
  it('lists what is in a model, for people and as JSON', async () => {
    const text = await call(inspect, 'inspect', model);
    expect(text).toContain('2 layers, 8 parameters, 8 MACs\n');
    expect(text).toContain('in:  x float32[1, 2]\nout: z float32[1, 2]\n');
    expect(text).toMatch(/y +FULLY_CONNECTED +float32\[1, 2\]/);
    const json = JSON.parse(await call(inspect, 'inspect', model, '--json')) as {
      params: number;
      nodes: { op: string; inputs: { name: string; shape: number[] }[] }[];
      optimizedNodes: number;
    };
    expect(json.params).toBe(8);
    expect(json.nodes[0]).toMatchObject({
      op: 'FULLY_CONNECTED',
      inputs: [{ name: 'x', shape: [1, 2], dtype: 'float32' }, { name: 'w1' }, null],
      outputs: [{ name: 'y' }],
    });
    expect(json.optimizedNodes).toBe(2);
  });

  it('shows scales of a quantized one', async () => {
    const measure = { latency: false, isolated: false, sensitivity: false };
    const { made } = await quantizeJob(
      tinyRequest({ measure }),
      tinyContext(listening<RunUpdate>()),
    );
    const files = [{ path: 'q.tflite', bytes: writeTflite(made.converted) }];
    const opened = await openModel({ files }, tinyContext());
    const { nodes } = inspection(opened);
    const quantized = nodes[0]!.outputs[0]!;
    expect(quantized).toMatchObject({ dtype: 'int8', scale: [4], zeroPoint: [-128] });
    expect(modelText(opened)).toContain('quantized\n');
  });
});

describe('paths', () => {
  it('are files, and folders with everything in them, named as a drop would name them', async () => {
    mkdirSync(place('set/cats'), { recursive: true });
    writeFileSync(place('set/cats/b.txt'), 'bb');
    writeFileSync(place('set/cats/a.txt'), 'a');
    writeFileSync(place('set/z.txt'), 'zzzz');
    expect(readPaths([place('set'), model]).map(({ path }) => path)).toEqual([
      ...['set/cats/a.txt', 'set/cats/b.txt', 'set/z.txt', 'tiny.tflite'],
    ]);
    const [, , z] = sourcesOf([place('set')]);
    expect(z!.bytes.size).toBe(4);
    const part = await z!.bytes.slice(1, 3).arrayBuffer();
    expect(new TextDecoder().decode(part)).toBe('zz');
    writeFileSync(place('set/z.txt'), 'z');
    expect((await z!.bytes.arrayBuffer()).byteLength).toBe(1);
    expect(() => readPaths([place('nowhere')])).toThrow(/There is no file or folder/);
  });
});

describe('text of a run', () => {
  let run: Run;
  beforeAll(async () => {
    const context = tinyContext(listening<RunUpdate>());
    run = await quantizeJob(tinyRequest(), context);
  });

  it('is a line a layer under heads with units', () => {
    const text = runText(run, 'x.tflite');
    const lines = text.split('\n');
    expect(lines[0]).toBe(
      `tiny, int8 for litert: x.tflite, ${run.figures.whole.fileBytes.toLocaleString('en-US')} bytes (float ${run.figures.float.fileBytes})`,
    );
    expect(text).toContain('float:     accuracy 100.00 % on 2 samples\n');
    expect(text).toMatch(
      /quantized: accuracy 50\.00 % on 2 samples; agreement 50\.00 % on 2 samples \(SQNR 19\.095 dB; cosine 0\.996\)\n/,
    );
    expect(text).toContain(
      'samples:   2 calibration, 2 training, 0 selection, 2 evaluation, layers compared on 2 samples, each alone on 2 samples, score change on 2 samples\n',
    );
    expect(text).not.toContain('latency:');
    expect(text).toContain('energy:    0.00 → 0.00 µJ');
    const head = lines.find((line) => line.startsWith('layer '))!;
    expect(head).toMatch(/SQNR isolated, dB +SQNR accumulated, dB/);
    expect(head).toMatch(/bytes +→/);
    expect(lines.find((line) => line.startsWith('second '))).toMatch(
      /^second +int8 +35\.7 +19\.1 +0\.00 +16 +28 +– +–$/,
    );
    expect(lines.find((line) => line.startsWith('first '))).toMatch(/ 19\.1 +19\.1 +-50\.00 /);
  });

  it('says alarms, latency, and every output by its name', () => {
    const { figures } = run;
    const [one] = figures.whole.scores;
    const other = { ...one!, output: 'boxes', synthetic: true, value: NaN };
    const full: Run = {
      ...run,
      made: { ...run.made, recipe: undefined },
      figures: {
        ...figures,
        counts: { evaluated: 2 },
        whole: { ...figures.whole, ms: 0.5, scores: [one!, other] },
        float: { ...figures.float, ms: 1.25 },
        likeness: [],
        alarms: [{ kind: 'flattened', output: 'z', node: 'first', sentence: 'Flat.' }],
      },
    };
    const text = runText(full, 'o');
    expect(text).toContain('tiny, as it is for no target: o,');
    expect(text).toContain(
      'quantized: z: accuracy 50.00 % on 2 samples; boxes: accuracy – % on 2 synthetic samples\n',
    );
    expect(text).toContain('latency:   1.250 → 0.500 ms (');
    expect(text).toContain('alarm:     Flat.\n');
    expect(text).toContain('2 evaluation\n');
  });

  it('is short of a score, and of checks', () => {
    expect(scoreText(run, 0.12345)).toBe(
      `tiny: accuracy 50.00 % on 2 samples; 0.123 ms a sample (${run.made.engine})\n`,
    );
    expect(checksText(run.made.samples.checks)).toBe('Value range: none (told). As they are.\n');
    expect(checksText([])).toBe('');
  });

  it('shortens long names in the middle', () => {
    const long = `begin${'x'.repeat(80)}end`;
    const layers = run.made.layers.map((layer, at) => (at === 0 ? { ...layer, id: long } : layer));
    const text = runText(
      { ...run, figures: { ...run.figures }, made: { ...run.made, layers } },
      'o',
    );
    const line = text.split('\n').find((one) => one.startsWith('begin'))!;
    expect(line.split(' ')[0]).toHaveLength(56);
    expect(line.split(' ')[0]).toMatch(/^beginx{7}…x+end$/);
  });
});

describe('diagnose', () => {
  it('says what is wrong and which calibration sample, as text and as JSON', async () => {
    const words = [model, '--data', data, '--eval', apart, '--choose', 'label-base=0'];
    const report = place('diagnosis.json');
    const text = await call(diagnose, 'diagnose', ...words, '--report', report);
    expect(text).toMatch(/Findings/);
    expect(text).toMatch(/Calibration: /);
    expect(text).toMatch(/Worst layers, each quantized alone:\n {2}[yz] \(int8\)/);
    const spared = JSON.parse(
      await call(diagnose, 'diagnose', ...words, '--spare', '--json'),
    ) as Record<string, unknown>;
    // By hand: src/jobs/spare/spare.test.ts.
    expect(spared['parts']).toMatchObject({ samples: 2 });
    expect(spared['layers']).toEqual([
      expect.objectContaining({ id: 'y', spared: 50 }),
      expect.objectContaining({ id: 'z', spared: 0 }),
    ]);
    const { doctor } = JSON.parse(readFileSync(report, 'utf8')) as {
      doctor: { samples: number; suspects: { key: string }[] };
    };
    expect(doctor.samples).toBe(10);
    const [first] = doctor.suspects;
    const without = await call(diagnose, 'diagnose', ...words, '--leave-out', first!.key, '--json');
    // Five rows of two hold the same numbers, and so have the same key.
    expect((JSON.parse(without) as { doctor: { samples: number } }).doctor.samples).toBe(5);
  });

  it('says why calibration can not be examined, or refuses where that was asked for', async () => {
    expect(await call(diagnose, 'diagnose', model)).toContain('Add real samples');
    await expect(call(diagnose, 'diagnose', model, '--doctor')).rejects.toThrow('Add real samples');
    expect(() => parseArguments(['diagnose', model, '--out', 'x.tflite'])).toThrow('--report');
    expect(() => parseArguments(['quantize', model, '--out', 'x', '--spare'])).toThrow('diagnose');
  });
});
