/** The repairing steps of a recipe: one runner for each kind. */
import type { RepairStep } from '../../quant/repairSteps';
import type { StepRunners } from '../quantize/step';
import { correctBias } from './correctBias';
import { equalize } from './equalize';
import { round } from './round';
import { splitHead } from './splitHead';
import { tieRanges } from './tieRanges';

export const repairRunners: Pick<StepRunners, RepairStep['kind']> = {
  equalize,
  'tie-ranges': tieRanges,
  'split-head': splitHead,
  round,
  'correct-bias': correctBias,
};
