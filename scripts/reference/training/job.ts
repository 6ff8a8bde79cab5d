/** Trainings as the studio's own job carries them out, in this process, on files. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { primaryIndex } from '../../../src/analysis/score';
import { mcnemar } from '../../../src/analysis/significance';
import { toReal } from '../../../src/analysis/tensors';
import { memorySource } from '../../../src/data/files/bytes';
import type { Choices, RoleOptions } from '../../../src/data/samples';
import { runJob } from '../../../src/jobs';
import { createContext } from '../../../src/jobs/context';
import { createCores, localLock } from '../../../src/jobs/cores';
import { withPrepared } from '../../../src/jobs/prepared';
import type { QuantizeRequest, QuantizeUpdate, StopFlag } from '../../../src/jobs/types';
import type { Graph } from '../../../src/model/graph';
import { stockRecipe } from '../../../src/quant/recipe';
import { trainSteps } from '../../../src/quant/stepWords';
import type { SchemeId, TrainStep } from '../../../src/quant/types';
import type { Run } from '../../../src/run/types';
import { shuffled as inEpoch } from '../../../src/train/random';
import { wasmPath } from '../../../src/train/testing/wasm';

export interface Case {
  /** One file, or the files of a TF.js model. */
  readonly model: string | readonly string[];
  readonly data: string | { readonly name: string; readonly bytes: Uint8Array };
  readonly choices?: Choices;
  readonly scheme: SchemeId;
  readonly roles: RoleOptions;
  /** Undefined: quantized alone. */
  readonly step?: Omit<TrainStep, 'kind'>;
}

export const worker = createContext({
  cores: createCores(localLock(), 1),
  training: { wasmPath },
});
const silent = { progress: () => undefined };
const bytesOf = (path: string) => new Uint8Array(readFileSync(path));

export async function requestOf(one: Case): Promise<QuantizeRequest> {
  const paths = typeof one.model === 'string' ? [one.model] : one.model;
  const files = paths.map((path) => ({ path: basename(path), bytes: bytesOf(path) }));
  const model = await runJob('openModel', { files }, worker, silent);
  const { name, bytes } =
    typeof one.data === 'string'
      ? { name: basename(one.data), bytes: bytesOf(one.data) }
      : one.data;
  return {
    model,
    samples: {
      source: {
        ...{ kind: 'files' as const, name, key: name, choices: one.choices ?? {} },
        files: [{ path: name, bytes: memorySource(bytes) }],
      },
      roles: one.roles,
    },
    recipe: stockRecipe(one.scheme, {
      io: 'float32',
      steps: one.step ? [{ kind: 'train', ...one.step }] : [],
    }),
    measure: { latency: false, isolated: false, sensitivity: false },
  };
}

export async function carryOut(
  request: QuantizeRequest,
  hear: (update: QuantizeUpdate, stop: StopFlag) => void = () => undefined,
): Promise<{ run: Run; bytes: Uint8Array }> {
  const stop: StopFlag = { stopped: false };
  const events = { ...silent, partial: (update: QuantizeUpdate) => hear(update, stop) };
  const run = await runJob('quantize', request, worker, events, stop);
  const { made } = run;
  return { run, bytes: await runJob('exportRun', { made, border: made.plan!.io }, worker, silent) };
}

/** Figures of a run that the tables show. Accuracies in per cent. */
export function figuresOf({ made, figures }: Run) {
  const output = primaryIndex(figures.whole.scores);
  const [own, float] = [figures.whole.scores[output]!, figures.float.scores[output]!];
  const { fakeQuant } = figures;
  return {
    float: float.value,
    integer: own.value,
    unit: own.unit,
    samples: own.samples,
    roles: Object.fromEntries(made.samples.roles.map(({ role, count }) => [role, count])),
    ...(made.log && {
      epoch: made.log.chosen.epoch,
      seconds: made.log.seconds,
      selection: made.log.epochs.map(({ selectionAccuracy, selectionLoss }) => ({
        accuracy: selectionAccuracy,
        loss: selectionLoss,
      })),
    }),
    ...(fakeQuant && {
      fake: fakeQuant.scores[output]?.value,
      fakeInteger: fakeQuant.integerScores[output]?.value,
      fakeSamples: fakeQuant.scores[output]?.samples,
    }),
  };
}

export function againstFloat({ figures }: Run): string {
  return mcnemar(figures.floatSamples ?? [], figures.samples, primaryIndex(figures.whole.scores))
    .sentence;
}

/** Positions in the data's x_train, one epoch after the other, in the order in which a training takes them. */
export async function trainingOrder(request: QuantizeRequest, epochs: number): Promise<Int32Array> {
  const { roles } = await worker.openSamples(request.samples, request.model);
  const { training } = roles;
  const { seed } = trainSteps(request.recipe)[0]!;
  const orders = Array.from({ length: epochs }, (_, epoch) =>
    Array.from(inEpoch(training.length, seed, epoch), (at) => training[at]!),
  );
  return Int32Array.from(orders.flat());
}

/** Where a loss is taken: what goes into a SOFTMAX that makes the output, else the output itself. */
function lossAt({ nodes, outputs }: Graph): { readonly value: number; readonly classes: boolean } {
  const makerOf = (value: number) => nodes.find((node) => node.outputs.includes(value));
  let maker = makerOf(outputs[0]!);
  if (maker?.op === 'DEQUANTIZE') maker = makerOf(maker.inputs[0]!);
  const classes = maker?.op === 'SOFTMAX';
  return { value: classes ? maker!.inputs[0]! : outputs[0]!, classes };
}

function probabilities(logits: Float32Array): number[] {
  const top = logits.reduce((m, x) => Math.max(m, x), -Infinity);
  const powers = Array.from(logits, (x) => Math.exp(x - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

/**
 * The distillation's loss of the integer model on the evaluation samples, per sample: Kullback-Leibler
 * divergence of its logits' softmax from the float model's, or the mean squared error of other outputs.
 */
export async function lossToFloat(request: QuantizeRequest, { made }: Run): Promise<number> {
  const float = request.model.optimized;
  const { samples, roles } = await worker.openSamples(request.samples, request.model);
  let sum = 0;
  await withPrepared(await worker.backend(), [made.converted, float], async (prepared) => {
    for (const index of roles.evaluation) {
      const sample = await samples.read(index);
      const [q, p] = await Promise.all(
        prepared.map(async (one) => {
          const { value } = lossAt(one.graph);
          let numbers = new Float32Array(0);
          await one.run(sample, (at, { data }) => {
            if (at !== value) return;
            const { quant } = one.graph.values[value]!;
            numbers = toReal(data, quant, new Float32Array(data.length)).slice();
          });
          return numbers;
        }),
      );
      if (lossAt(float).classes) {
        const [made, given] = [probabilities(q!), probabilities(p!)];
        sum += given.reduce((kl, x, i) => kl + (x > 0 ? x * Math.log(x / made[i]!) : 0), 0);
      } else sum += q!.reduce((error, x, i) => error + (x - p![i]!) ** 2, 0) / q!.length;
    }
  });
  return sum / roles.evaluation.length;
}

/** The evaluation samples' inputs, and what the run's integer model makes of them, one after the other. */
export async function evaluated(request: QuantizeRequest, { made }: Run, count: number) {
  const { samples, roles } = await worker.openSamples(request.samples, request.model);
  const inputs: number[][] = request.model.optimized.inputs.map(() => []);
  const outputs: number[] = [];
  await withPrepared(await worker.backend(), [made.converted], async ([integer]) => {
    for (const index of roles.evaluation.slice(0, count)) {
      const sample = await samples.read(index);
      sample.inputs.forEach((numbers, at) => inputs[at]!.push(...numbers));
      for (const output of await integer!.run(sample)) outputs.push(...output);
    }
  });
  return {
    inputs: inputs.map((numbers) => Float32Array.from(numbers)),
    outputs: Float32Array.from(outputs),
  };
}
