/** The repairing steps of a recipe: one runner for each kind. */
import { IntactError } from '../../model/error';
import type { RepairStep } from '../../quant/repairSteps';
import type { StepRunners } from '../quantize/step';
import { equalize } from './equalize';
import { round } from './round';
import { splitHead } from './splitHead';
import { tieRanges } from './tieRanges';

const missing = (kind: string) => () =>
  Promise.reject(new IntactError('internal', `There is no repair "${kind}" yet.`));

export const repairRunners: Pick<StepRunners, RepairStep['kind']> = {
  equalize,
  'tie-ranges': tieRanges,
  'split-head': splitHead,
  round,
  'correct-bias': missing('correct-bias'),
};
