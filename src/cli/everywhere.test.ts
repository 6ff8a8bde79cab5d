/**
 * What the page warns of, the shell prints and the report holds: every source of a warning, through the
 * real commands. JSON has no null for a number that is infinite, in any report.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { marksOf } from '../analysis/marks';
import type { Check } from '../data/samples';
import { writeTflite } from '../formats/tflite/write';
import { createContext } from '../jobs/context';
import { createCores, localLock } from '../jobs/cores';
import { quantize as quantizeJob } from '../jobs/quantize';
import { listening, tinyContext, tinyGraph, tinyRequest } from '../jobs/testing/tiny';
import { layersCsv } from '../report/csv';
import { runReport } from '../report/json';
import { recipeFile } from '../report/recipe';
import type { Run, RunUpdate } from '../run/types';
import { parseArguments } from './arguments';
import { evaluate, inspect, quantize, type Shell } from './commands';
import { compare } from './compare';
import { runText, scoreText } from './text';

const folder = mkdtempSync(join(tmpdir(), 'intact-everywhere-'));
const place = (name: string) => join(folder, name);
const several = fileURLToPath(
  new URL('../formats/tflite/fixtures/signatures.tflite', import.meta.url),
);

async function call(
  command: (args: ReturnType<typeof parseArguments>, shell: Shell) => Promise<void>,
  ...words: string[]
) {
  const printed: string[] = [];
  await command(parseArguments(words), {
    worker: createContext({ cores: createCores(localLock(), 1), engine: 'reference' }),
    events: { progress: () => undefined },
    print: (text) => void printed.push(text),
  });
  return printed.join('');
}

/** Paths of every null; `skip`: where nothing is meant by it. */
function nulls(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value as object).flatMap(([key, one]) => nulls(one, `${path}/${key}`));
}

/** Eight features, text labels without a list of names, one row with a missing value. */
beforeAll(() => {
  const rows = Array.from({ length: 60 }, (_, at) => [
    ...Array.from({ length: 8 }, (_, k) => Math.sin(at * 8 + k).toFixed(3)),
    ['ash', 'birch', 'cedar'][at % 3],
  ]);
  rows[7]![2] = 'NA';
  const head = 'a,b,c,d,e,f,g,h,tree';
  writeFileSync(place('trees.csv'), [head, ...rows.map((row) => row.join(','))].join('\n'));
});

describe('a warning is on the page, in the shell and in the report alike', () => {
  it('of the model’s file: several models, in every command', async () => {
    const said = 'The file holds several models (signatures). Intact reads "classify"';
    const data = ['--data', place('trees.csv')];
    expect(await call(inspect, 'inspect', several)).toContain(said);
    expect(await call(evaluate, 'evaluate', several, ...data)).toContain(said);
    const out = ['--out', place('o.tflite'), '--report', place('o.json'), '--fast'];
    expect(await call(quantize, 'quantize', several, ...data, ...out)).toContain(said);
    const report = readFileSync(place('o.json'), 'utf8');
    expect(report).toContain('Intact reads \\"classify\\"');
    expect(JSON.parse(report)).toMatchObject({ subject: { signature: 'classify' } });
    const other = await call(inspect, 'inspect', several, '--signature', 'embed', '--json');
    expect(JSON.parse(other)).toMatchObject({
      name: expect.stringContaining('(embed)') as string,
      signatures: { read: 'embed', all: ['classify', 'embed'] },
    });
  });

  it('of the samples: what is assumed stands beside the figure, what is left out with its count', async () => {
    const words = [several, '--data', place('trees.csv')];
    const text = await call(evaluate, 'evaluate', ...words);
    const json = JSON.parse(await call(evaluate, 'evaluate', ...words, '--json')) as {
      samples: { checks: { label: string; status: string; sentence: string }[] };
      marks: { id: string; sentence: string }[];
      scores: { quantized: { marks?: string[] }[] };
    };
    const { checks } = json.samples;
    for (const { sentence } of checks) expect(text).toContain(sentence);
    expect(text).toMatch(/1 of 60 rows .*It is left out/);
    const open = checks.filter(({ status }) => status === 'assumed' || status === 'asked');
    expect(open.length).toBeGreaterThan(0);
    expect(text).toContain(`[assumed: ${open.map(({ label }) => label).join(', ')}]`);
    expect(json.marks.map(({ id }) => id)).toEqual(['assumed']);
    for (const { sentence } of open) expect(json.marks[0]!.sentence).toContain(sentence);
    for (const score of json.scores.quantized)
      expect(score.marks).toEqual([expect.stringMatching(/^assumed: /)]);
  });

  it('of made-up samples', async () => {
    const words = [several, '--out', place('s.tflite'), '--report', place('s.json'), '--fast'];
    expect(await call(quantize, 'quantize', ...words)).toContain('synthetic samples');
    const report = JSON.parse(readFileSync(place('s.json'), 'utf8')) as { marks: { id: string }[] };
    expect(report.marks.map(({ id }) => id)).toEqual(['synthetic']);
  });
});

describe('a run that carries everything', () => {
  let run: Run;
  beforeAll(async () => {
    const made = await quantizeJob(tinyRequest(), tinyContext(listening<RunUpdate>()));
    const { samples } = made.made;
    const assumed: Check = {
      id: 'resize',
      label: 'Resize',
      status: 'assumed',
      value: 'stretch',
      sentence: 'Pictures are stretched.',
      choices: [],
    };
    const [one] = made.figures.whole.scores;
    const counted = { label: 'without a label', value: 3, unit: '' } as const;
    run = {
      ...made,
      made: {
        ...made.made,
        samples: { ...samples, checks: [...samples.checks, assumed] },
        issues: [{ severity: 'warning', message: 'A layer was left out.' }],
      },
      figures: {
        ...made.figures,
        whole: { ...made.figures.whole, scores: [{ ...one!, more: [...one!.more, counted] }] },
        likeness: made.figures.likeness.map((like) => ({ ...like, value: Infinity })),
        alarms: [{ kind: 'flattened', output: 'z', node: 'first', sentence: 'Output z is flat.' }],
      },
    };
  });

  it('prints its alarms above its figures, its mark beside each, and what was left out', () => {
    const text = runText(run, 'x.tflite');
    expect(text.indexOf('alarm:     Output z is flat.')).toBeLessThan(text.indexOf('float: '));
    expect(text).toMatch(/float: +accuracy 100\.00 % on 2 samples \[assumed: Resize\]/);
    expect(text).toMatch(/\(without a label 3\) \[assumed: Resize\]/);
    expect(text).toContain('Scores and errors by layer stand on samples that are assumed: Resize.');
    expect(scoreText(run, 1)).toContain('[assumed: Resize]');
  });

  it('reports the same, and exports it with the recipe', () => {
    const report = runReport(run);
    const recipe = recipeFile(run.made, run.made.recipe!);
    for (const text of [report, recipe]) {
      expect(text).toContain('Pictures are stretched.');
      expect(text).toContain('A layer was left out.');
      expect(nulls(JSON.parse(text))).toEqual([]);
    }
    const [first, ...others] = JSON.parse(recipe) as { made_with?: { samples: object } }[];
    expect(first!.made_with!.samples).toMatchObject({
      marks: [{ id: 'assumed', sentence: marksOf(run.made.samples)[0]!.sentence }],
    });
    for (const rule of others) expect(rule).not.toHaveProperty('made_with');
    const [head, ...rows] = layersCsv(run).trim().split('\r\n');
    expect(head!.endsWith(',samples')).toBe(true);
    for (const row of rows) expect(row.endsWith(',assumed: Resize')).toBe(true);
    expect(report).toContain('Output z is flat.');
    expect(JSON.parse(report)).toMatchObject({
      scores: { likeness: [{ value: 'Infinity' }] },
      score: { quantized: { marks: ['assumed: Resize'] } },
    });
  });
});

describe('JSON of numbers that are infinite', () => {
  it('holds "Infinity" and no null in reports and in --json, read again by compare', async () => {
    // Float16 of weights that float16 holds exactly changes nothing: SQNR is infinite everywhere.
    const tiny = place('tiny.tflite');
    writeFileSync(tiny, writeTflite(tinyGraph));
    writeFileSync(place('two.csv'), `p,q,class\n${'1,2,0\n4,1,1\n3,5,0\n8,2,1\n'.repeat(6)}`);
    const printed: string[] = [];
    for (const scheme of ['float16', 'dynamic'] as const) {
      const out = ['--out', place('f.tflite'), '--report', place(`${scheme}.json`), '--json'];
      printed.push(
        await call(
          quantize,
          'quantize',
          tiny,
          '--scheme',
          scheme,
          '--data',
          place('two.csv'),
          ...out,
        ),
        readFileSync(place(`${scheme}.json`), 'utf8'),
      );
    }
    printed.push(await call(evaluate, 'evaluate', tiny, '--data', place('two.csv'), '--json'));
    compare(
      parseArguments(['compare', place('float16.json'), place('dynamic.json'), '--json']),
      (text) => void printed.push(text),
    );
    expect(printed[0]).toContain('"Infinity"');
    expect(printed.at(-1)).toContain('Infinity');
    for (const text of printed) expect(nulls(JSON.parse(text))).toEqual([]);
  });
});
