/** What each layer alone costs at the outputs, at 8 bit and with 4-bit weights: all others are float. */
import { ErrorAccumulator } from '../../analysis/compare';
import { answersFrom, isWorse } from '../../analysis/dial';
import { scoreChange } from '../../analysis/score';
import { elementCount } from '../../model/graph';
import { withOverrides } from '../../quant/recipe';
import { targetOf } from '../../quant/targets';
import type { AloneAtOutput } from '../../run/dial';
import type { SampleAnswer } from '../../run/types';
import { branched } from '../measure/branched';
import { layersAlone } from '../measure/isolated';
import { scoresOf } from '../measure/scores';
import { activationBytes, affordable, constantBytes, workOf } from '../measure/work';
import { runnable } from '../prepared';
import type { Report } from '../progress';
import { inOrder } from '../shards/inOrder';
import { readOnce } from '../shards/readOnce';
import { branchesShard } from './branches';
import type { Ground } from './ground';

/** Multiply-accumulates that all layers together may take. */
const WORK = 1.5e11;
const SAMPLES = { least: 8, most: 256 } as const;
/** Bytes of answers of one sample. */
const ANSWER_BYTES = 32 * 2 ** 20;

/** Samples on which `layers` layers are measured; each costs half a run on average. */
export function aloneSamples({ graph, chosen }: Ground, layers: number): number {
  const each = workOf(graph) * Math.max(1, layers / 2);
  return Math.min(chosen.length, affordable(WORK, each, SAMPLES));
}

/** The worst output's, dB; NaN where some output isn't a number. */
export function worstSqnr(errors: readonly ErrorAccumulator[]): number {
  const all = errors.map((one) => one.result()?.sqnr ?? NaN);
  return all.some(Number.isNaN) ? NaN : Math.min(...all);
}

/**
 * By layer id. Layers that were not measured before a stop are missing.
 * @param bits of weights and activations: 8, or 4-bit weights
 */
export async function everyAlone(
  ground: Ground,
  ids: readonly string[],
  bits: 4 | 8,
  count: number,
  report: Report,
): Promise<Map<string, AloneAtOutput>> {
  const { graph, stats, plan, mixtures, samples, backend, context, scoring } = ground;
  const found = new Map<string, AloneAtOutput>();
  if (ids.length === 0) return found;
  const low = new Set(bits === 4 ? ids : []);
  const recipe = withOverrides(mixtures.base, mixtures.overrides(new Set(), low));
  const float = runnable(graph);
  const layers = layersAlone({ graph, recipe, stats, plan }, ids);
  const setup = branched(float, layers, targetOf(plan.target).rounding.perChannel);
  const own = await branchesShard(setup, backend);
  const chosen = ground.chosen.slice(0, count);
  const sizes = float.outputs.map((index) => elementCount(float.values[index]!.shape));
  const each = 4 * sizes.reduce((sum, size) => sum + size, 0);
  const atOnce = Math.max(1, Math.floor(ANSWER_BYTES / Math.max(1, each)));
  try {
    for (let from = 0; from < ids.length; from += atOnce) {
      const to = Math.min(ids.length, from + atOnce);
      const floatScores = scoresOf([scoring], samples, 'target');
      const floatAnswers: SampleAnswer[] = [];
      const every = ids.slice(from, to).map((id) => ({
        id,
        scores: scoresOf([scoring], samples, 'target'),
        answers: [] as SampleAnswer[],
        errors: sizes.map(() => new ErrorAccumulator()),
      }));
      const read = readOnce(samples, chosen);
      const done = await inOrder(
        {
          ...{ kind: 'branches', setup, own, count: chosen.length },
          bytes: 2 * constantBytes(setup.graph) + 2 * activationBytes(float),
          work: (workOf(float) * (to - from)) / 2,
          task: async (position) => {
            const sample = await read.at(position);
            return { inputs: sample.inputs, layers: [from, to] };
          },
          done(position, answer) {
            const sample = read.take(position);
            const expected = answer.float;
            floatAnswers.push(floatScores.add(sample, expected, expected)[0]!);
            for (const [at, { scores, answers, errors }] of every.entries()) {
              const outputs = answer.branches[at]!;
              answers.push(scores.add(sample, outputs, expected)[0]!);
              for (const [output, error] of errors.entries())
                error.add(expected[output]!, outputs[output]!);
            }
            report(
              `Each layer alone at ${bits} bit: sample ${position + 1} of ${chosen.length}`,
              from + ((to - from) * (position + 1)) / chosen.length,
              ids.length,
            );
          },
          stopped: () => context.stop.stopped,
        },
        context,
      );
      if (done < chosen.length) return found;
      const floatScore = floatScores.scores()[0]!;
      const before = answersFrom(floatAnswers);
      for (const { id, scores, answers, errors } of every)
        found.set(id, {
          sqnr: worstSqnr(errors),
          change: scoreChange(scores.scores()[0]!, floatScore),
          beyondChance: isWorse(before, answersFrom(answers)),
        });
    }
  } finally {
    own.dispose();
  }
  return found;
}
