/** `round`: the runner of the step's method. */
import { IntactError } from '../../model/error';
import type { RoundStep } from '../../quant/repairSteps';
import type { StepRunner } from '../quantize/step';

/** A method has one file, `round/NAME.ts`, that exports its runner. */
const methods: Record<RoundStep['method'], StepRunner<'round'>> = {
  adaround: () => Promise.reject(new IntactError('internal', 'There is no AdaRound yet.')),
  squant: () => Promise.reject(new IntactError('internal', 'There is no SQuant yet.')),
};

export const round: StepRunner<'round'> = (input) => methods[input.step.method](input);
