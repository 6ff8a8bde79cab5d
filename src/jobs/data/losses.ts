/**
 * How badly answers fit their labels, one number a sample, so that candidates of a trial can be compared
 * sample by sample. Scales of outputs don't count: probabilities and logits are taken at the temperature
 * that fits best (Guo et al. 2017, "On Calibration of Modern Neural Networks", eq. 9), since a net
 * without biases is only surer, not righter, of samples that are 255 times as large.
 */
import type { OutputNeed, TargetKind, TargetValue } from '../../data/samples';

/** One answer, and its label. */
export interface Answer {
  readonly output: Float32Array;
  readonly target: TargetValue | undefined;
}

/** Below it a probability is no more told from 0. */
const LEAST = 1e-30;
const TEMPERATURES = Array.from({ length: 33 }, (_, at) => 2 ** ((at - 16) / 2));

/** @returns undefined for targets whose answers have no loss of their own */
export function lossesOf(
  answers: readonly Answer[],
  kind: TargetKind,
  ends: OutputNeed['ends'],
): Float64Array | undefined {
  switch (kind.kind) {
    case 'classes':
      return kind.count > 1 && ends !== 'sigmoid'
        ? tempered(answers, (x) => logits(x, ends))
        : undefined;
    case 'binary':
      return tempered(answers, (x) => [0, logit(x[0]!, ends)]);
    case 'numbers':
      return Float64Array.from(answers, ({ output, target }) => meanError(output, target));
    case 'mask':
      return Float64Array.from(answers, ({ output, target }) => wrongPixels(output, target));
    case 'multi-label':
    case 'reconstruction':
      return undefined;
    default:
      return kind satisfies never;
  }
}

const logits = (output: Float32Array, ends: OutputNeed['ends']): ArrayLike<number> =>
  ends === 'softmax' ? Float64Array.from(output, (p) => Math.log(Math.max(LEAST, p))) : output;

function logit(output: number, ends: OutputNeed['ends']): number {
  if (ends !== 'sigmoid') return output;
  const p = Math.min(1 - 1e-7, Math.max(LEAST, output));
  return Math.log(p / (1 - p));
}

/** Log loss of each sample at the temperature of the least mean. */
function tempered(
  answers: readonly Answer[],
  logitsOf: (output: Float32Array) => ArrayLike<number>,
): Float64Array {
  const all = answers.map(({ output, target }) => ({
    scores: logitsOf(output),
    truth: typeof target === 'number' ? target : NaN,
  }));
  let best = new Float64Array(0);
  let least = Infinity;
  for (const temperature of TEMPERATURES) {
    const losses = Float64Array.from(all, ({ scores, truth }) =>
      logLoss(scores, truth, temperature),
    );
    const mean = losses.reduce((sum, loss) => sum + (Number.isNaN(loss) ? 0 : loss), 0);
    if (mean < least || best.length === 0) [best, least] = [losses, mean];
  }
  return best;
}

function logLoss(scores: ArrayLike<number>, truth: number, temperature: number): number {
  const own = scores[truth];
  if (own === undefined) return NaN;
  let most = -Infinity;
  for (let i = 0; i < scores.length; i++) most = Math.max(most, scores[i]!);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += Math.exp((scores[i]! - most) / temperature);
  return Math.log(sum) - (own - most) / temperature;
}

function meanError(output: Float32Array, target: TargetValue | undefined): number {
  if (target === undefined) return NaN;
  const truth = typeof target === 'number' ? [target] : target;
  let sum = 0;
  for (let i = 0; i < output.length; i++) sum += Math.abs(output[i]! - (truth[i] ?? NaN));
  return sum / output.length;
}

/** Share of the labelled pixels whose class is another. */
function wrongPixels(output: Float32Array, target: TargetValue | undefined): number {
  if (!(target instanceof Int32Array)) return NaN;
  const columns = output.length / target.length;
  if (!Number.isInteger(columns) || columns < 2) return NaN;
  let wrong = 0;
  let counted = 0;
  target.forEach((truth, pixel) => {
    if (truth < 0 || truth >= columns) return;
    counted++;
    let best = 0;
    for (let c = 1; c < columns; c++)
      if (output[pixel * columns + c]! > output[pixel * columns + best]!) best = c;
    if (best !== truth) wrong++;
  });
  return counted === 0 ? NaN : wrong / counted;
}
