import { IntactError } from '../../model/error';
import type { Calibration, SchemeId } from '../../quant/types';

export interface Arguments {
  readonly command: 'inspect' | 'quantize' | 'evaluate' | 'help';
  readonly files: readonly string[];
  readonly data: readonly string[];
  readonly json: boolean;
  readonly scheme: SchemeId;
  readonly calibration: Calibration;
  /** Calibration samples. */
  readonly samples: number;
  readonly evaluation?: number;
  readonly io: 'int8' | 'float32';
  readonly seed: number;
  readonly out?: string;
  readonly report?: string;
  readonly csv?: string;
  readonly preprocessing?: string;
  readonly recipe?: string;
  readonly categories: Readonly<Record<string, readonly string[]>>;
  readonly fast: boolean;
}

export const usage = `Usage:
  intact inspect FILE… [--json]
  intact quantize FILE… --scheme SCHEME --out X.tflite [--data DATA…] [--calibration METHOD]
                  [--samples N] [--evaluation N] [--io float32|int8] [--recipe R.json]
                  [--preprocess PRESET] [--seed N] [--report R.json] [--csv L.csv] [--fast]
  intact evaluate FILE… --data DATA… [--evaluation N] [--preprocess PRESET] [--seed N] [--json]
                  [--categories COLUMN=A,B,C]

  FILE         Keras .h5 or .keras, TF.js model.json with its shards, .tflite; or a folder or zip of them
  DATA         images, a folder or zip of class folders, .npz, .npy, CSV, IDX
  SCHEME       float16 | dynamic | int8 | int8-per-tensor
  METHOD       minmax | moving-average[:decay] | percentile[:per cent]     (default minmax)
  PRESET       none | zero-one | minus-one-one | imagenet | raw-255        (default: by the data)
  --samples    calibration samples (default 200); --evaluation: evaluation samples (default: all others)
  --categories numbers 0, 1, 2 … of a CSV's text column, in this order (default: sorted)
  --fast       scores and sizes only: no latency, no layer-by-layer sensitivity

Exit status: 0 done, 1 input refused (the reason on standard error), 2 wrong usage.`;

const schemes: readonly SchemeId[] = ['float16', 'dynamic', 'int8', 'int8-per-tensor'];

function wrong(message: string): never {
  throw new IntactError('usage', `${message}\n\n${usage}`);
}

function parseCalibration(text: string): Calibration {
  const [method, parameter] = text.split(':', 2);
  const number = parameter === undefined ? undefined : Number(parameter);
  switch (method) {
    case 'minmax':
      return { method };
    case 'moving-average':
      if (number !== undefined && !(number > 0 && number < 1))
        wrong(`The decay of moving-average must lie between 0 and 1, not "${parameter}".`);
      return { method, decay: number ?? 0.9 };
    case 'percentile':
      if (number !== undefined && !(number > 50 && number <= 100))
        wrong(`A percentile must lie between 50 and 100, not "${parameter}".`);
      return { method, percentile: number ?? 99.99 };
    default:
      return wrong(`Unknown calibration method "${text}".`);
  }
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    wrong(`${name} takes a whole number above 0, not "${text}".`);
  return value;
}

/** @throws IntactError `usage` with the whole usage text */
export function parseArguments(argv: readonly string[]): Arguments {
  const [command, ...rest] = argv;
  if (command === undefined || command === 'help' || command === '--help' || command === '-h')
    return { ...defaults, command: 'help', files: [], data: [] };
  if (command !== 'inspect' && command !== 'quantize' && command !== 'evaluate')
    return wrong(`Unknown command "${command}".`);
  const files: string[] = [];
  const data: string[] = [];
  const options: { -readonly [K in keyof Arguments]?: Arguments[K] } = {};
  let collecting = files;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    if (!word.startsWith('--')) {
      collecting.push(word);
      continue;
    }
    collecting = files;
    const [name, inline] = word.split(/=(.*)/s, 2) as [string, string | undefined];
    if (name === '--json') options.json = true;
    else if (name === '--fast') options.fast = true;
    else if (name === '--help') return { ...defaults, command: 'help', files, data };
    else {
      const value = inline ?? rest[++i];
      if (value === undefined || (inline === undefined && value.startsWith('--')))
        wrong(`${name} needs a value.`);
      switch (name) {
        case '--data':
          data.push(value);
          collecting = data;
          break;
        case '--scheme':
          if (!schemes.includes(value as SchemeId))
            wrong(`Unknown scheme "${value}"; there are ${schemes.join(', ')}.`);
          options.scheme = value as SchemeId;
          break;
        case '--calibration':
          options.calibration = parseCalibration(value);
          break;
        case '--samples':
          options.samples = count(name, value);
          break;
        case '--evaluation':
          options.evaluation = count(name, value);
          break;
        case '--seed':
          options.seed = Number(value) >>> 0;
          break;
        case '--io':
          if (value !== 'int8' && value !== 'float32')
            wrong(`--io is int8 or float32, not "${value}".`);
          options.io = value;
          break;
        case '--out':
          options.out = value;
          break;
        case '--report':
          options.report = value;
          break;
        case '--csv':
          options.csv = value;
          break;
        case '--recipe':
          options.recipe = value;
          break;
        case '--categories': {
          const [column, list] = value.split('=', 2) as [string, string | undefined];
          if (!list) wrong('--categories takes COLUMN=A,B,C.');
          options.categories = { ...options.categories, [column]: list.split(',') };
          break;
        }
        case '--preprocess':
          options.preprocessing = value;
          break;
        default:
          wrong(`Unknown option "${name}".`);
      }
    }
  }
  if (files.length === 0) wrong('Name at least one model file.');
  if (command === 'quantize' && options.out === undefined)
    wrong('quantize needs --out FILE.tflite.');
  if (command === 'evaluate' && data.length === 0) wrong('evaluate needs --data.');
  return { ...defaults, ...options, command, files, data };
}

const defaults = {
  json: false,
  fast: false,
  scheme: 'int8',
  calibration: { method: 'minmax' },
  samples: 200,
  io: 'float32',
  seed: 1,
  categories: {},
} as const;
