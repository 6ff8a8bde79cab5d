/** The shell's words as arguments. Anything that isn't understood is wrong usage, said with the usage. */
import type { Choices } from '../data/samples';
import { calibrationSamples, samplesSeed } from '../jobs/data/defaults';
import type { SampleCount } from '../jobs/types';
import { budgetForms, parseBudget } from '../analysis/dial';
import { IntactError } from '../model/error';
import { calibrationForms, defaultCalibration, parseCalibration } from '../quant/observers';
import { recipeNames } from '../quant/recipeNames';
import { quantizesActivations, schemes as stockSchemes } from '../quant/stockSchemes';
import { defaultTarget, targetOf, targets } from '../quant/targets';
import type { Border, Calibration, SchemeId, TargetId, TrainOptions } from '../quant/types';
import type { Budget } from '../run/dial';

import { parseRepairs, type RepairWord } from './repairs';

const commands = [
  'inspect',
  'quantize',
  'calibrate',
  'train',
  'evaluate',
  'diagnose',
  'compare',
] as const;
type Command = (typeof commands)[number];

export interface Arguments {
  readonly command: Command | 'help';
  readonly files: readonly string[];
  readonly data: readonly string[];
  /** Samples kept for evaluation alone. */
  readonly evaluationData: readonly string[];
  readonly json: boolean;
  readonly scheme: SchemeId;
  readonly target: TargetId;
  readonly calibration: Calibration;
  /** Calibration samples. */
  readonly samples: number;
  readonly evaluation?: number;
  readonly io: Border;
  readonly seed: number;
  readonly out?: string;
  readonly report?: string;
  readonly csv?: string;
  /** Of compare: the report as one HTML file. */
  readonly html?: string;
  readonly recipe?: string;
  /** What the data's files don't say. */
  readonly choices: Choices;
  /** Of a .tflite with several models. */
  readonly signature?: string;
  /** Repairs, in any order. */
  readonly repairs: readonly RepairWord[];
  /** File with the names or labels of the samples. */
  readonly labels?: string;
  readonly fast: boolean;
  /** Samples on which each layer's effect on the score is measured. */
  readonly sensitivity?: SampleCount;
  /** Of quantize: precisions are mixed until it is kept. */
  readonly budget?: Budget;
  /** Keys of samples that are left out of calibration. */
  readonly leaveOut: readonly string[];
  /** Of diagnose: examining calibration is insisted on, and every layer spared in turn. */
  readonly doctor: boolean;
  readonly spare: boolean;
  /** Of train: what is named of its options, and training samples at most. */
  readonly training: Partial<Omit<TrainOptions, 'seed'>>;
  readonly trainingSamples?: number;
  readonly control: boolean;
  /** Folder where a training that was broken off is kept and taken up again. */
  readonly checkpoint?: string;
}

const schemes: readonly SchemeId[] = stockSchemes.map(({ id }) => id);
const losses: readonly TrainOptions['loss'][] = ['distill', 'labels', 'mse'];
const optimizers: readonly TrainOptions['optimizer'][] = ['relative', 'adam'];
const borders: readonly Border[] = ['float32', 'int8', 'int16'];

export const usage = `Usage:
  intact inspect FILE… [--json]
  intact quantize FILE… --scheme SCHEME --out X.tflite [--data DATA…] [--eval DATA…]
                  [--target TARGET] [--calibration METHOD] [--samples N] [--evaluation N]
                  [--io float32|int8|int16] [--recipe R.json|NAME] [--seed N] [--report R.json] [--csv L.csv]
                  [--json] [--fast] [--sensitivity N|all] [--repair REPAIR,…] [--budget BUDGET]
                  [how to read DATA]
  intact calibrate FILE… --scheme SCHEME [--data DATA…] [--json] [options of quantize]
  intact train FILE… --data DATA… [--eval DATA…] --out X.tflite --report R.json
                  [--weights 4|8] [--epochs N] [--samples N] [--loss distill|labels|mse] [--batch N] [--lr RATE]
                  [--optimizer relative|adam] [--control] [--seed N] [--checkpoint DIR]
                  [options of quantize]
  intact evaluate FILE… --data DATA… [--evaluation N] [--seed N] [--json] [how to read DATA]
  intact diagnose FILE… [--data DATA…] [--eval DATA…] [--scheme SCHEME] [--spare] [--doctor] [--json]
                  [--report R.json] [options of quantize]
  intact compare A.json B.json … [--html C.html] [--csv C.csv] [--json]

  FILE          Keras .h5 or .keras, TF.js model.json with its shards, .tflite; or a folder or zip of them
  DATA          images, a folder or zip of class folders, .npz, .npy, CSV, IDX
  SCHEME        ${schemes.join(' | ')}
  NAME          ${recipeNames.join(' | ')}
                (LiteRT Quantizer's recipes)
  TARGET        ${targets.map(({ id }) => id).join(' | ')}     (default ${defaultTarget})
  METHOD        ${calibrationForms}     (default ${defaultCalibration().method})
  --eval        samples for evaluation alone; DATA is then for calibration only
  --samples     calibration samples (default ${calibrationSamples}); --evaluation: evaluation samples (default: all others)
  --fast        scores and sizes only: no latency, no layer-by-layer sensitivity
  --sensitivity samples on which each layer's effect on the score is measured (default: by a stated amount of
                work, which the report names)
  --repair      what is done before rounding or while it, joined by commas, in any order; each says what it changed:
                split           the CONCATENATION that ends the model: its inputs are outputs of their own
                equalize        cross-layer equalization; RELU6 stays, and what reaches its cap keeps its scale
                equalize-relu   the same with RELU for RELU6, which changes the float model: by how much is said
                absorb          with equalization: biases that keep a channel above zero go into the next layer
                tie             one range for the inputs of each CONCATENATION and ADD
                adaround        rounding of weights by reconstruction; squant: without samples
                bias            bias correction on quantized inputs
  --budget      mixes int4, int8 and int16 layers until it is kept, or says how near one comes; chooses on
                samples that are not evaluated. BUDGET:
                ${budgetForms.replace('; ', '\n                ')}
  --signature   the model to read, of a .tflite with several (default: the largest)
  --samples     of train: training samples (default: all); --lr: in units of each channel's root mean square,
                with --optimizer adam absolute; what is not named follows from model and data
  --control     trains the float model as long on the same batches too, beside it: X.control.tflite, R.control.json
  --checkpoint  folder that a training is kept in when it is broken off (Ctrl-C), and taken up from again
  --spare       of diagnose: also the score with all layers but one quantized, for each, and with weights
                alone and activations alone quantized
  --leave-out   key of a sample that calibration is to leave out, as diagnose names it; may stand again
  --doctor      of diagnose: refuse where calibration can't be examined, instead of saying so
  --            ends the options: every word after it is a FILE

  How to read DATA, where its files don't say it (default: tried, told by the model, or assumed and said):
  --preprocess PRESET   value range: none | zero-one | minus-one-one | imagenet | raw-255 | …; also --range
  --resize HOW  --layout LAYOUT  --label COLUMN  --labels FILE
  --categories COLUMN=A,B,C   numbers 0, 1, 2 … of a text column, in this order (default: sorted)
  --choose CHECK=VALUE        any other check by its id, as the report names it

Exit status: 0 done, 1 input refused (the reason on standard error), 2 wrong usage.`;

function wrong(message: string): never {
  throw new IntactError('usage', `${message}\n\n${usage}`);
}

/** What a room says of a wrong word, with the usage. */
function read<T>(reading: () => T): T {
  try {
    return reading();
  } catch (thrown) {
    if (thrown instanceof IntactError) wrong(thrown.message);
    throw thrown;
  }
}

function whole(name: string, text: string, least: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    wrong(`${name} takes a whole number from ${least} on, not "${text}".`);
  return value;
}

function above0(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    wrong(`${name} takes a number above 0, not "${text}".`);
  return value;
}

function oneOf<T extends string>(name: string, text: string, list: readonly T[]): T {
  const found = list.find((item) => item === text);
  return found ?? wrong(`${name} takes one of ${list.join(', ')}, not "${text}".`);
}

/** "A=B" as a pair. */
function pair(name: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) wrong(`${name} takes NAME=VALUE, not "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
}

type Draft = { -readonly [K in keyof Arguments]?: Arguments[K] };
type Apply = (draft: Draft, value: string, name: string) => void;

const choice =
  (id: string): Apply =>
  (draft, value) => {
    draft.choices = { ...draft.choices, [id]: value };
  };
const text =
  (
    key: 'out' | 'report' | 'csv' | 'html' | 'recipe' | 'labels' | 'signature' | 'checkpoint',
  ): Apply =>
  (draft, value) => {
    draft[key] = value;
  };

const option =
  <K extends keyof Arguments['training']>(
    key: K,
    reading: (name: string, value: string) => Arguments['training'][K],
  ): Apply =>
  (draft, value, name) => {
    draft.training = { ...draft.training, [key]: reading(name, value) };
  };

const withValue: Readonly<Record<string, Apply>> = {
  '--scheme': (draft, value, name) => {
    draft.scheme = oneOf(name, value, schemes);
  },
  '--target': (draft, value) => {
    draft.target = read(() => targetOf(value).id);
  },
  '--calibration': (draft, value) => {
    draft.calibration = read(() => parseCalibration(value));
  },
  '--samples': (draft, value, name) => {
    draft.samples = whole(name, value, 1);
  },
  '--evaluation': (draft, value, name) => {
    draft.evaluation = whole(name, value, 1);
  },
  '--sensitivity': (draft, value, name) => {
    draft.sensitivity = value === 'all' ? 'all' : whole(name, value, 1);
  },
  '--budget': (draft, value) => {
    if (draft.budget) wrong('--budget is given twice; one mixture keeps one budget.');
    draft.budget = read(() => parseBudget(value));
  },
  '--seed': (draft, value, name) => {
    draft.seed = whole(name, value, 0) >>> 0;
  },
  '--repair': (draft, value) => {
    draft.repairs = read(() => parseRepairs(value));
  },
  '--leave-out': (draft, value) => {
    draft.leaveOut = [...(draft.leaveOut ?? []), value];
  },
  '--io': (draft, value, name) => {
    draft.io = oneOf(name, value, borders);
  },
  '--out': text('out'),
  '--report': text('report'),
  '--csv': text('csv'),
  '--html': text('html'),
  '--recipe': text('recipe'),
  '--checkpoint': text('checkpoint'),
  '--weights': (draft, value, name) => {
    if (oneOf(name, value, ['4', '8']) === '4') draft.scheme = 'int4';
  },
  '--epochs': option('epochs', (name, value) => whole(name, value, 1)),
  '--batch': option('batch', (name, value) => whole(name, value, 1)),
  '--lr': option('learningRate', above0),
  '--loss': option('loss', (name, value) => oneOf(name, value, losses)),
  '--optimizer': option('optimizer', (name, value) => oneOf(name, value, optimizers)),
  '--labels': text('labels'),
  '--signature': text('signature'),
  '--preprocess': choice('range'),
  '--range': choice('range'),
  '--resize': choice('resize'),
  '--layout': choice('layout'),
  '--label': choice('label'),
  '--categories': (draft, value, name) => {
    const [column, list] = pair(name, value);
    draft.choices = { ...draft.choices, [`categories.${column}`]: list };
  },
  '--choose': (draft, value, name) => {
    const [id, chosen] = pair(name, value);
    draft.choices = { ...draft.choices, [id]: chosen };
  },
};

const flags: Readonly<Record<string, 'json' | 'fast' | 'control' | 'spare' | 'doctor'>> = {
  '--json': 'json',
  '--fast': 'fast',
  '--control': 'control',
  '--spare': 'spare',
  '--doctor': 'doctor',
};

/** @throws IntactError `usage` with the whole usage text */
export function parseArguments(argv: readonly string[]): Arguments {
  const [first, ...rest] = argv;
  const help: Arguments = { ...defaults, command: 'help', files: [], data: [] };
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') return help;
  const command = commands.find((one) => one === first);
  if (!command) return wrong(`Unknown command "${first}".`);
  const lists = { files: [] as string[], data: [] as string[], evaluationData: [] as string[] };
  const draft: Draft = {};
  let collecting = lists.files;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    if (!word.startsWith('--')) {
      collecting.push(word);
      continue;
    }
    collecting = lists.files;
    if (word === '--') {
      lists.files.push(...rest.slice(i + 1));
      break;
    }
    const [name, inline] = word.split(/=(.*)/s, 2) as [string, string | undefined];
    if (name === '--help') return help;
    const flag = flags[name];
    if (flag) {
      if (inline !== undefined) wrong(`${name} takes no value.`);
      draft[flag] = true;
      continue;
    }
    const value = inline ?? rest[++i];
    const apply = withValue[name];
    const list = name === '--data' ? lists.data : name === '--eval' ? lists.evaluationData : null;
    if (!apply && !list) wrong(`Unknown option "${name}".`);
    if (!value || (inline === undefined && value.startsWith('--'))) wrong(`${name} needs a value.`);
    apply?.(draft, value, name);
    if (list) {
      list.push(value);
      collecting = list;
    }
  }
  const args = checked({ ...defaults, ...draft, ...lists, command });
  if (command !== 'train' || draft.samples === undefined) return args;
  // Of a training, --samples are what it is trained with.
  return { ...args, samples: defaults.samples, trainingSamples: draft.samples };
}

function checked(args: Arguments): Arguments {
  const { command, files, data, evaluationData, out } = args;
  if (command === 'compare') {
    if (files.length < 2)
      wrong('compare needs two reports or more, as quantize --report writes them.');
    return args;
  }
  if (files.length === 0) wrong('Name at least one model file.');
  const making = command === 'quantize' || command === 'train';
  if (making && out === undefined) wrong(`${command} needs --out FILE.tflite.`);
  if (command === 'train' && data.length === 0) wrong('train needs --data.');
  if (command === 'train' && !quantizesActivations(args.scheme))
    wrong(
      `train adapts a model to integers, and ${args.scheme} computes in floats. Choose one of ${schemes.filter(quantizesActivations).join(', ')}.`,
    );
  const only = Object.keys(args.training).length > 0 || args.control || args.checkpoint;
  if (command !== 'train' && only)
    wrong(
      '--epochs, --loss, --batch, --lr, --optimizer, --control and --checkpoint belong to train.',
    );
  const diagnosing = command === 'diagnose';
  const measuring = diagnosing || (command === 'quantize' && !args.fast);
  if (args.sensitivity !== undefined && !measuring)
    wrong('--sensitivity belongs to diagnose, and to quantize without --fast.');
  if (!diagnosing && (args.spare || args.doctor)) wrong('--spare and --doctor belong to diagnose.');
  if (diagnosing && (out ?? args.csv) !== undefined)
    wrong('diagnose writes no model or table; --report R.json writes what it found.');
  if (args.repairs.length > 0 && !making && !diagnosing)
    wrong('--repair belongs to quantize, diagnose and train.');
  if (args.budget && command !== 'quantize') wrong('--budget belongs to quantize.');
  if (args.budget && args.recipe === undefined && !quantizesActivations(args.scheme))
    wrong(
      `--budget mixes integer precisions, and ${args.scheme} computes in floats. Choose one of ${schemes.filter(quantizesActivations).join(', ')}.`,
    );
  if (command === 'evaluate' && data.length === 0) wrong('evaluate needs --data.');
  const apart = making || diagnosing || command === 'calibrate';
  if (evaluationData.length > 0 && (!apart || data.length === 0))
    wrong('--eval stands beside --data, in quantize, diagnose, calibrate and train.');
  return args;
}

const defaults = {
  json: false,
  fast: false,
  scheme: 'int8',
  target: defaultTarget,
  calibration: defaultCalibration(),
  samples: calibrationSamples,
  io: 'float32',
  seed: samplesSeed,
  choices: {},
  repairs: [],
  evaluationData: [],
  training: {},
  control: false,
  spare: false,
  doctor: false,
  leaveOut: [],
} as const satisfies Partial<Arguments>;
