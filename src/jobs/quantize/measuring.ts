/** What a run is measured with, of the outputs that its steps have left: a split output is scored by its parts. */
import { scoringOf } from '../../analysis/score';
import { splitHead, type Split } from '../../quant/repair';
import { splitSamples } from '../data/splitSamples';
import type { StepInput } from './step';

/** The model as it was opened, its samples and how they are scored; all of the same outputs. */
export type Measuring = Pick<StepInput, 'original' | 'samples' | 'needs' | 'scorings'>;

/** @param splits in the order in which they were made */
export function measuringSplit(before: Measuring, splits: readonly Split[]): Measuring {
  return splits.reduce((measuring, split): Measuring => {
    const original = splitHead(measuring.original, split.node).graph;
    const { samples, needs } = splitSamples(measuring, split, original);
    const scorings = scoringOf(samples.targets, needs, samples.synthetic);
    return { original, samples, needs, scorings };
  }, before);
}
