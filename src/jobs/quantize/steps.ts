/**
 * What a recipe's steps do, one runner for each kind. A runner returns the float graph as it has
 * changed it; where it settles how the graph rounds, also plan and statistics, else both are made anew
 * from the changed graph.
 */
import { repairRunners } from '../repair';
import { train } from '../train';
import type { StepInput, StepOutput, StepRunners } from './step';

export const stepRunners: StepRunners = { train, ...repairRunners };

/** Carries out one step by its runner. */
export function runStep(input: StepInput, runners: Partial<StepRunners> = {}): Promise<StepOutput> {
  // The runner is that of the step's own kind, which the type can't follow.
  const run = { ...stepRunners, ...runners }[input.step.kind] as (
    input: StepInput,
  ) => Promise<StepOutput>;
  return run(input);
}
