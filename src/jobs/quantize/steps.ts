/**
 * What a recipe's steps do, one runner for each kind. A runner returns the float graph as it has
 * changed it; where it settles how the graph rounds, also plan and statistics, else both are made anew
 * from the changed graph.
 */
import { train } from '../train';
import type { StepInput, StepOutput, StepRunners } from './step';

export const stepRunners: StepRunners = { train };

/** Carries out one step by its runner. */
export function runStep(input: StepInput, runners: StepRunners = stepRunners): Promise<StepOutput> {
  return runners[input.step.kind](input);
}
