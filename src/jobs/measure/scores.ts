/** Scores of models on evaluation samples, one per output; the answer to every sample is kept. */
import type { Scorer, Scoring } from '../../analysis/score';
import type { Sample, Samples } from '../../data/samples';
import type { Score } from '../../run/figures';
import type { SampleFigures } from '../../run/types';

export interface Scores {
  /** Outputs of one sample of the graph, and of float: all of them, in the graph's order. */
  add(
    sample: Sample,
    outputs: readonly Float32Array[],
    float: readonly Float32Array[],
  ): SampleFigures['outputs'];
  scores(): readonly Score[];
}

/** @param by 'target': as the samples' labels say; 'likeness': by what float gives */
export function scoresOf(
  scorings: readonly Scoring[],
  samples: Pick<Samples, 'targets'>,
  by: 'target' | 'likeness',
): Scores {
  const scorers = scorings.map((scoring): { scorer: Scorer; output: number; target: number } => ({
    scorer: by === 'target' ? scoring.create() : scoring.likeness(),
    output: scoring.output,
    target: samples.targets.findIndex(({ output }) => output === scoring.output),
  }));
  return {
    add: (sample, outputs, float) =>
      scorers.map(({ scorer, output, target }) =>
        scorer.add({
          output: outputs[output]!,
          float: float[output]!,
          target: sample.targets[target],
          input: sample.inputs[0]!,
        }),
      ),
    scores: () => scorers.map(({ scorer }) => scorer.score()),
  };
}
