/** The headless twin: the jobs of the studio from the shell (npm run -s intact -- …). */
import { readFileSync, writeFileSync } from 'node:fs';
import { createLocalJobs } from '..';
import { presets, preprocessingOf } from '../../data/preprocess';
import { readData } from '../../data/read';
import { split } from '../../data/split';
import type { Dataset, Preprocessing } from '../../data/types';
import { asIntactError, IntactError } from '../../model/error';
import { readRecipeJson, stockRecipe } from '../../quant/recipe';
import type { Recipe } from '../../quant/types';
import { layersCsv } from '../../report/csv';
import { runReport } from '../../report/json';
import { sampleShapeOf } from '../feeds';
import type { JobEvents, OpenedModel, Samples } from '../types';
import { parseArguments, usage, type Arguments } from './arguments';
import { readPaths } from './files';
import { inspection, modelText, runText, scoreText } from './text';

const jobs = createLocalJobs('');
/** Made-up samples when no data is given. */
const SYNTHETIC_SAMPLES = 128;

const events: JobEvents = {
  progress({ label, fraction }) {
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[K${Math.round(100 * fraction)} %  ${label}`);
  },
};
const clearProgress = () => process.stderr.isTTY && process.stderr.write('\r\x1b[K');

async function samplesFor(
  model: OpenedModel,
  args: Arguments,
): Promise<{ samples: Samples; tried: string }> {
  const shape = sampleShapeOf(model.graph);
  const dataset = await datasetFor(model, shape, args);
  const { preprocessing, tried } = await preprocessingFor(model, dataset, args.preprocessing);
  const parts = split(dataset, {
    calibration: args.samples,
    seed: args.seed,
    ...(args.evaluation === undefined ? {} : { evaluation: args.evaluation }),
  });
  return { samples: { dataset, preprocessing, split: parts }, tried };
}

function datasetFor(
  model: OpenedModel,
  shape: readonly number[],
  args: Arguments,
): Promise<Dataset> {
  if (args.data.length > 0)
    return readData(readPaths(args.data), { inputShape: shape, categories: args.categories });
  return jobs.syntheticData(shape, SYNTHETIC_SAMPLES, args.seed);
}

/** The value range asked for, else the one that fits; and what was tried, for people. */
async function preprocessingFor(
  model: OpenedModel,
  dataset: Dataset,
  name: string | undefined,
): Promise<{ preprocessing: Preprocessing; tried: string }> {
  const { preprocessing, tried } = await jobs.choosePreprocessing(model, dataset, events);
  if (name === undefined) {
    const scores = tried.map(({ preset, accuracy }) => `${preset} ${accuracy.toFixed(0)} %`);
    const text = `value range: ${preprocessing.preset} (float accuracy ${scores.join(', ')})\n`;
    return { preprocessing, tried: scores.length > 0 ? text : '' };
  }
  if (!(name in presets))
    throw new IntactError(
      'usage',
      `Unknown preset "${name}"; there are ${Object.keys(presets).join(', ')}.`,
    );
  const preset = name as keyof typeof presets;
  return { preprocessing: preprocessingOf(preset, preprocessing.resize), tried: '' };
}

function recipeFor(args: Arguments): Recipe {
  const recipe = stockRecipe(args.scheme, {
    calibration: args.calibration,
    io: args.io,
  });
  if (args.recipe === undefined) return recipe;
  const { rules } = readRecipeJson(readFileSync(args.recipe, 'utf8'));
  return { ...recipe, name: args.recipe, scheme: 'custom', rules };
}

async function inspect(args: Arguments): Promise<void> {
  const model = await jobs.openModel(readPaths(args.files), events);
  clearProgress();
  process.stdout.write(
    args.json ? `${JSON.stringify(inspection(model), null, 2)}\n` : modelText(model),
  );
}

async function quantize(args: Arguments): Promise<void> {
  const model = await jobs.openModel(readPaths(args.files), events);
  const { samples, tried } = await samplesFor(model, args);
  const run = await jobs.quantize(
    {
      model,
      samples,
      recipe: recipeFor(args),
      measure: { isolated: !args.fast, latency: !args.fast, sensitivity: !args.fast },
    },
    events,
  );
  clearProgress();
  writeFileSync(args.out!, await jobs.exportTflite(model, run, run.plan.io));
  const { preprocessing } = samples;
  if (args.report) writeFileSync(args.report, runReport(run, preprocessing));
  if (args.csv) writeFileSync(args.csv, layersCsv(run));
  process.stdout.write(args.json ? runReport(run, preprocessing) : tried + runText(run, args.out!));
}

async function evaluate(args: Arguments): Promise<void> {
  const model = await jobs.openModel(readPaths(args.files), events);
  const { samples, tried } = await samplesFor(model, { ...args, samples: 1 });
  const all = { ...samples, split: { ...samples.split, evaluation: evaluationOf(samples, args) } };
  const { score, ms, engine } = await jobs.evaluate(model, all, events);
  clearProgress();
  const { preprocessing } = samples;
  const result = { model: model.name, score, msPerSample: ms, engine, preprocessing };
  process.stdout.write(
    args.json ? `${JSON.stringify(result, null, 2)}\n` : tried + scoreText(result),
  );
}

/** Nothing is calibrated here: without a test part of its own, the whole set is evaluated. */
function evaluationOf({ dataset, split: parts }: Samples, args: Arguments): readonly number[] {
  if (dataset.evaluationFrom !== undefined || args.evaluation !== undefined)
    return parts.evaluation;
  return Array.from({ length: dataset.count }, (_, index) => index);
}

async function main(): Promise<number> {
  try {
    const args = parseArguments(process.argv.slice(2));
    switch (args.command) {
      case 'help':
        process.stdout.write(`${usage}\n`);
        break;
      case 'inspect':
        await inspect(args);
        break;
      case 'quantize':
        await quantize(args);
        break;
      case 'evaluate':
        await evaluate(args);
        break;
      default:
        args.command satisfies never;
    }
    return 0;
  } catch (thrown) {
    clearProgress();
    const error = asIntactError(thrown);
    process.stderr.write(`${error.message}\n`);
    return error.code === 'usage' ? 2 : 1;
  }
}

process.exitCode = await main();
