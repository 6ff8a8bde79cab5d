/** Scores: how each output of a model is judged, and what came of it. One kind a file (README.md). */
import type { ModelNeeds, OutputNeed, TargetKind } from '../../data/samples';
import { elementCount } from '../../model/graph';
import type { Score } from '../../run/figures';
import { kindsOfScore } from './kinds';
import { counted, type Scorer, type ScorerOptions, type Scoring } from './score';

export type { KindOfScore, Scorer, ScoreInput, Scoring } from './score';
export { kindsOfScore } from './kinds';

/** Above this many numbers an output without labels is no choice among classes. */
const MOST_CLASSES = 10_000;

/**
 * How each output is scored, in the graph's order: by its labels where the samples have them, else by
 * its likeness to float. Labels of made-up samples say nothing.
 */
export function scoringOf(
  targets: readonly TargetKind[],
  needs: ModelNeeds,
  synthetic: boolean,
): readonly Scoring[] {
  return needs.outputs.map((need, output) => {
    const target = synthetic ? undefined : targets.find((one) => one.output === output);
    const options: ScorerOptions = { need, synthetic };
    const kind = target?.kind ?? unlabelledKind(need, needs);
    const likeness = likenessKind(target?.kind ?? kind);
    const toFloat = () => kindsOfScore[likeness].create(options, undefined);
    return {
      kind,
      output,
      name: need.name,
      create: target ? () => countingUnlabelled(scorerOf(target, options), target) : toFloat,
      likeness: toFloat,
    };
  });
}

/** Samples without a label are not scored, and said. */
function countingUnlabelled(scorer: Scorer, { kind }: TargetKind): Scorer {
  if (kind === 'reconstruction') return scorer;
  let unlabelled = 0;
  return {
    add(sample) {
      if (sample.target === undefined) unlabelled++;
      return scorer.add(sample);
    },
    score() {
      const score = scorer.score();
      return { ...score, more: [...score.more, ...counted('without a label', unlabelled)] };
    },
  };
}

function scorerOf(target: TargetKind, options: ScorerOptions): Scorer {
  switch (target.kind) {
    case 'classes':
      return kindsOfScore.classes.create(options, target);
    case 'binary':
      return kindsOfScore.binary.create(options, target);
    case 'multi-label':
      return kindsOfScore['multi-label'].create(options, target);
    case 'numbers':
      return kindsOfScore.numbers.create(options, target);
    case 'mask':
      return kindsOfScore.mask.create(options, target);
    case 'reconstruction':
      return kindsOfScore.reconstruction.create(options, target);
    default:
      return target satisfies never;
  }
}

/** Class scores have one position, and not as many numbers as the model gets: that is its input anew. */
function unlabelledKind(need: OutputNeed, { inputs }: ModelNeeds): 'agreement' | 'likeness' {
  const size = elementCount(need.shape);
  if (elementCount(need.shape.slice(0, -1)) !== 1) return 'likeness';
  if (size === 1) return need.ends === 'sigmoid' ? 'agreement' : 'likeness';
  if (need.ends === 'softmax') return 'agreement';
  const fed = inputs.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return size <= MOST_CLASSES && size !== fed ? 'agreement' : 'likeness';
}

const likenessKind = (kind: Score['kind']): 'agreement' | 'likeness' =>
  kind === 'classes' || kind === 'binary' || kind === 'agreement' ? 'agreement' : 'likeness';

/** Position of the score that stands for the whole model: the first with labels, else the first; −1 of none. */
export function primaryIndex(scores: readonly Pick<Score, 'kind'>[]): number {
  const labelled = scores.findIndex(({ kind }) => !kindsOfScore[kind].toFloat);
  return labelled < 0 ? Math.min(0, scores.length - 1) : labelled;
}

export function primaryOf<S extends Pick<Score, 'kind'>>(scores: readonly S[]): S | undefined {
  return scores[primaryIndex(scores)];
}

/**
 * What changed from float, in the score's unit: the difference, or the score itself where it is the
 * distance to float (SQNR of equal tensors is infinite).
 */
export function scoreChange(score: Score, float: Score): number {
  return score.kind === 'likeness' ? score.value : score.value - float.value;
}
