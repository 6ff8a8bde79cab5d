import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments';

const words = (line: string) => line.split(' ');

describe('the command line', () => {
  it('takes the forms that pipelines use', () => {
    const args = parseArguments(
      words(
        'quantize model.json weights.bin --data a.npz --scheme int8 --calibration percentile:99.99 --samples 50 --out x.tflite --report r.json',
      ),
    );
    expect(args).toMatchObject({
      command: 'quantize',
      files: ['model.json', 'weights.bin'],
      data: ['a.npz'],
      scheme: 'int8',
      calibration: { method: 'percentile', percentile: 99.99 },
      samples: 50,
      out: 'x.tflite',
      report: 'r.json',
    });
    const budget = parseArguments(words('quantize m.h5 --out x --budget size:300kB')).budget;
    expect(budget).toEqual({ kind: 'size', bytes: 300_000 });
    expect(parseArguments(words('inspect m.h5 --json'))).toMatchObject({ json: true });
    expect(
      parseArguments(words('evaluate m.h5 --data x.npy y.npy --categories sex=F,M,I')),
    ).toMatchObject({ data: ['x.npy', 'y.npy'], choices: { 'categories.sex': 'F,M,I' } });
  });

  it('has defaults', () => {
    expect(parseArguments(words('quantize m.h5 --out x.tflite'))).toEqual({
      command: 'quantize',
      files: ['m.h5'],
      data: [],
      evaluationData: [],
      repairs: [],
      spare: false,
      doctor: false,
      json: false,
      leaveOut: [],
      fast: false,
      scheme: 'int8',
      target: 'litert',
      calibration: { method: 'minmax' },
      samples: 200,
      io: 'float32',
      seed: 1,
      choices: {},
      training: {},
      control: false,
      out: 'x.tflite',
    });
  });

  it('takes the options of a training', () => {
    const line = 'train m.h5 --data a --eval b --out o --weights 4 --epochs 3 --samples 50';
    const more = '--loss labels --batch 16 --lr 0.01 --optimizer adam --control --checkpoint c';
    expect(parseArguments(words(`${line} ${more}`))).toMatchObject({
      ...{ command: 'train', scheme: 'int4', samples: 200, trainingSamples: 50, control: true },
      training: { epochs: 3, loss: 'labels', batch: 16, learningRate: 0.01, optimizer: 'adam' },
      checkpoint: 'c',
    });
  });

  it('refuses a training of what computes in floats', () => {
    expect(() => parseArguments(words('train m.h5 --data a --out o --scheme float16'))).toThrow(
      /train adapts a model to integers.*int8, int8-per-tensor, int4/,
    );
  });

  it('takes every option', () => {
    const args = parseArguments([
      ...words('quantize m.h5 --data a b --eval c d --target tflite-2021 --scheme dynamic'),
      ...words('--calibration moving-average:0.5 --samples 3 --evaluation 4 --io int8 --seed 9'),
      ...words('--out o --report r --csv c.csv --recipe rules.json --labels l.txt --json --fast'),
      ...words('--preprocess imagenet --resize stretch --layout as-is --label y'),
      ...['--categories', 'a b=x,y', '--choose', 'header=no', '--choose', 'columns=a=b'],
    ]);
    expect(args).toMatchObject({
      data: ['a', 'b'],
      evaluationData: ['c', 'd'],
      target: 'tflite-2021',
      scheme: 'dynamic',
      calibration: { method: 'moving-average', decay: 0.5 },
      samples: 3,
      evaluation: 4,
      io: 'int8',
      seed: 9,
      out: 'o',
      report: 'r',
      csv: 'c.csv',
      recipe: 'rules.json',
      labels: 'l.txt',
      json: true,
      fast: true,
    });
    expect(args.choices).toEqual({
      range: 'imagenet',
      resize: 'stretch',
      layout: 'as-is',
      label: 'y',
      'categories.a b': 'x,y',
      header: 'no',
      columns: 'a=b',
    });
    const { choices } = parseArguments(words('evaluate m --data d --range raw-255 --seed 0'));
    expect(choices).toEqual({ range: 'raw-255' });
  });

  it('takes values with =, and files after options', () => {
    const args = parseArguments(
      words('quantize --out=x=1.tflite --samples=7 --data d --fast m.h5'),
    );
    expect(args).toMatchObject({
      out: 'x=1.tflite',
      samples: 7,
      fast: true,
      files: ['m.h5'],
      data: ['d'],
    });
  });

  it('ends its options at --', () => {
    const args = parseArguments(words('quantize --out x --data d -- --odd.h5 -- b'));
    expect(args.files).toEqual(['--odd.h5', '--', 'b']);
    expect(args.data).toEqual(['d']);
  });

  it.each(['', 'help', '--help', '-h', 'inspect --help', 'quantize m.h5 --help --out'])(
    'helps with "%s"',
    (line) => {
      const args = parseArguments(line === '' ? [] : words(line));
      expect(args).toMatchObject({ command: 'help', files: [], data: [] });
    },
  );

  it.each([
    ['teach m.h5', 'Unknown command "teach".'],
    ['train m.h5 --out x.tflite', 'train needs --data.'],
    ['train m.h5 --data d', 'train needs --out FILE.tflite.'],
    ['train m.h5 --data d --out x --lr 0', '--lr takes a number above 0, not "0".'],
    ['quantize m.h5 --out x --epochs 3', 'belong to train.'],
    ['inspect', 'Name at least one model file.'],
    ['quantize m.h5 --scheme int8', 'quantize needs --out FILE.tflite.'],
    ['quantize m.h5 --scheme int7 --out x', '--scheme takes one of int8, int8-per-tensor, int4'],
    ['quantize m.h5 --out', '--out needs a value.'],
    ['quantize m.h5 --out --json', '--out needs a value.'],
    ['quantize m.h5 --out=', '--out needs a value.'],
    ['quantize m.h5 --out x --samples 0', '--samples takes a whole number from 1 on, not "0".'],
    ['quantize m.h5 --out x --samples 1.5', '--samples takes a whole number'],
    ['quantize m.h5 --out x --evaluation none', '--evaluation takes a whole number'],
    ['quantize m.h5 --out x --seed -1', '--seed takes a whole number from 0 on, not "-1".'],
    ['quantize m.h5 --out x --io int32', '--io takes one of float32, int8, int16, not "int32".'],
    ['quantize m.h5 --out x --target tpu', 'There is no target "tpu".'],
    ['quantize m.h5 --out x --calibration percentile:5', 'Percentile'],
    ['quantize m.h5 --out x --calibration percentile:50', 'Percentile'],
    ['quantize m.h5 --out x --calibration moving-average:0', 'Moving average'],
    ['quantize m.h5 --out x --calibration median', 'median'],
    ['quantize m.h5 --out x --categories sex', '--categories takes NAME=VALUE, not "sex".'],
    ['quantize m.h5 --out x --choose =no', '--choose takes NAME=VALUE, not "=no".'],
    ['quantize m.h5 --out x --choose header=', '--choose takes NAME=VALUE'],
    [
      'quantize m.h5 --out x --eval d',
      '--eval stands beside --data, in quantize, diagnose, calibrate and train.',
    ],
    [
      'evaluate m.h5 --data d --eval e',
      '--eval stands beside --data, in quantize, diagnose, calibrate and train.',
    ],
    ['quantize m.h5 --out x --budget speed:2', 'Budgets are accuracy:POINTS'],
    ['quantize m.h5 --out x --budget size:big', 'The budget "size:big" has no'],
    ['quantize m.h5 --out x --budget high:1 --budget size:9', '--budget is given twice'],
    ['quantize m.h5 --out x --scheme float16 --budget size:9', '--budget mixes integer precisions'],
    ['diagnose m.h5 --budget size:9', '--budget belongs to quantize.'],
    ['evaluate m.h5', 'evaluate needs --data.'],
    ['evaluate m.h5 --data', '--data needs a value.'],
    ['inspect m.h5 --frobnicate 1', 'Unknown option "--frobnicate".'],
    ['inspect m.h5 --json=1', '--json takes no value.'],
  ])('refuses "%s" as wrong usage, with the reason and the usage', (line, reason) => {
    try {
      parseArguments(words(line));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage' });
      expect((error as Error).message).toContain(reason);
      expect((error as Error).message).toContain('\n\nUsage:\n');
    }
  });
});

it('takes a number of samples for the score change of layers, or all, of quantize alone', () => {
  const quantize = ['quantize', 'a.tflite', '--out', 'b.tflite'];
  expect(parseArguments(quantize).sensitivity).toBeUndefined();
  expect(parseArguments([...quantize, '--sensitivity', '40']).sensitivity).toBe(40);
  expect(parseArguments([...quantize, '--sensitivity=all']).sensitivity).toBe('all');
  for (const wrong of [
    [...quantize, '--sensitivity', 'most'],
    [...quantize, '--sensitivity', '0'],
    [...quantize, '--sensitivity', 'all', '--fast'],
    ['inspect', 'a.tflite', '--sensitivity', 'all'],
  ])
    expect(() => parseArguments(wrong)).toThrow('--sensitivity');
});
