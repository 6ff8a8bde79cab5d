/** Candidates of a trial run through the float model: how often each is right, and what its answers cost. */
import { scoringOf } from '../../analysis/score';
import type { ModelNeeds, TrialScore, TryOut } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { prepare } from '../prepared';
import { withInputShapes } from '../resized';
import { lossesOf, type Answer } from './losses';

/** How right the float model is with each candidate's samples: per cent, or the negative of an error. */
export function tryOut(backend: () => Promise<Backend>, graph: Graph, needs: ModelNeeds): TryOut {
  return async (candidates, indices, targets, inputShapes) => {
    const [kind] = targets;
    const scoring = scoringOf(targets, needs, false).find(({ output }) => output === kind?.output);
    if (!scoring || !kind) return candidates.map(() => ({ score: 0 }));
    const { ends } = needs.outputs[scoring.output]!;
    const prepared = await prepare(await backend(), withInputShapes(graph, inputShapes));
    try {
      const scores: TrialScore[] = [];
      for (const { read } of candidates) {
        const scorer = scoring.create();
        const answers: Answer[] = [];
        for (const index of indices) {
          const sample = await read(index);
          const output = (await prepared.run(sample))[scoring.output]!;
          scorer.add({
            output,
            float: output,
            target: sample.targets[0],
            input: sample.inputs[0]!,
          });
          answers.push({ output, target: sample.targets[0] });
        }
        const { value, better } = scorer.score();
        const losses = lossesOf(answers, kind, ends);
        scores.push({ score: better === 'higher' ? value : -value, ...(losses ? { losses } : {}) });
      }
      return scores;
    } finally {
      prepared.dispose();
    }
  };
}
