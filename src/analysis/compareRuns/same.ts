/** Whether two runs stand on the same ground. */
import { canonical } from '../../run/keys';
import type { Comparable } from './types';

/** Evaluated on the same samples; what was calibrated on is a setting. */
export function sameSamples(a: Comparable, b: Comparable): boolean {
  return evaluationKey(a) === evaluationKey(b);
}

function evaluationKey({ made: { samples } }: Comparable): string {
  const role = samples.roles.find((one) => one.role === 'evaluation');
  return canonical([samples.key, role?.count, role?.key]);
}
