/** The repairing steps of a recipe: one runner for each kind. */
import { IntactError } from '../../model/error';
import type { RepairStep } from '../../quant/repairSteps';
import type { StepRunners } from '../quantize/step';
import { round } from './round';

const missing = (kind: string) => () =>
  Promise.reject(new IntactError('internal', `There is no repair "${kind}" yet.`));

export const repairRunners: Pick<StepRunners, RepairStep['kind']> = {
  equalize: missing('equalize'),
  'tie-ranges': missing('tie-ranges'),
  'split-head': missing('split-head'),
  round,
  'correct-bias': missing('correct-bias'),
};
