/** What a step is called in labels of runs, and the trainings among a recipe's steps. */
import type { Recipe, Step, TrainStep } from './types';

/** "trained", "equalized", "rounded by AdaRound" */
export function stepWord(step: Step): string {
  switch (step.kind) {
    case 'train':
      return step.control ? 'float trained (control)' : 'trained';
    case 'equalize':
      return step.relu6 === 'replace' ? 'equalized without RELU6' : 'equalized';
    case 'tie-ranges':
      return 'ranges tied';
    case 'split-head':
      return 'head split';
    case 'round':
      return step.method === 'squant' ? 'rounded by SQuant' : 'rounded by AdaRound';
    case 'correct-bias':
      return 'bias corrected';
  }
}

export const trainSteps = ({ steps }: Pick<Recipe, 'steps'>): readonly TrainStep[] =>
  steps.filter((step) => step.kind === 'train');
