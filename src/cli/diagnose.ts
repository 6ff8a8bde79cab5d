/** `diagnose`: a model is quantized, and what is wrong with it is said; nothing is written but the report. */
import { asIntactError } from '../model/error';
import { needsCalibration } from '../quant/recipe';
import { runReport } from '../report/json';
import type { Doctor } from '../run/doctor';
import type { Run } from '../run/types';
import type { Arguments } from './arguments';
import {
  call,
  openModel,
  recipeFor,
  samplesFor,
  tellLeftOut,
  withRepairs,
  type Shell,
} from './commands';
import { diagnosisText } from './diagnosisText';
import { writeWhole } from './outputs';
import { checksText, issuesText } from './text';

export async function diagnose(args: Arguments, shell: Shell): Promise<void> {
  const model = await openModel(args, shell);
  const recipe = withRepairs(recipeFor(args), args, model);
  const samples = await samplesFor(args);
  const measure = { isolated: true, latency: !args.fast, sensitivity: true };
  const run = await call(shell, 'quantize', {
    ...{ model, samples, recipe, measure },
    ...(args.sensitivity === undefined ? {} : { sensitivitySamples: args.sensitivity }),
  });
  tellLeftOut(args, run, shell);
  const found = await examined(args, shell, run, samples);
  const spared = args.spare ? await call(shell, 'spare', { run, samples }) : run;
  const json = runReport(spared, found.doctor ? { doctor: found.doctor } : {});
  if (args.report) writeWhole(args.report, json);
  shell.print(
    args.json
      ? json
      : issuesText(run.made) +
          checksText(run.made.samples.checks) +
          diagnosisText(spared, found.doctor, found.why),
  );
}

/** Without `--doctor`, what can't be examined is said in its place. */
async function examined(
  { doctor }: Arguments,
  shell: Shell,
  run: Run,
  samples: Awaited<ReturnType<typeof samplesFor>>,
): Promise<{ readonly doctor?: Doctor; readonly why?: string }> {
  if (!doctor && !needsCalibration(run.made.recipe!)) return {};
  try {
    return { doctor: await call(shell, 'doctor', { run, samples }) };
  } catch (thrown) {
    if (doctor) throw thrown;
    return { why: asIntactError(thrown).message };
  }
}
