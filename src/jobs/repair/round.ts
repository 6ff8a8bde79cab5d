/** `round`: the runner of the step's method. */
import type { RoundStep } from '../../quant/repairSteps';
import type { StepRunner } from '../quantize/step';
import { adaroundStep } from './round/adaround';
import { squant } from './squant';

/** A method has one file that exports its runner. */
const methods: Record<RoundStep['method'], StepRunner<'round'>> = {
  adaround: adaroundStep,
  squant,
};

export const round: StepRunner<'round'> = (input) => methods[input.step.method](input);
