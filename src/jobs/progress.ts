/** Progress of a job in phases. Which there are, and the share of each, is the job's own business. */
import type { JobEvents } from './types';

export type Report = (label: string, done: number, total: number) => void;

/**
 * One reporter a phase, over the whole bar in the order given. Weights are relative; a phase that
 * isn't carried out is left out (weight 0).
 */
export function phases<K extends string>(
  events: Pick<JobEvents, 'progress'>,
  weights: Readonly<Record<K, number>>,
): Readonly<Record<K, Report>> {
  const entries = Object.entries<number>(weights) as [K, number][];
  const whole = entries.reduce((sum, [, weight]) => sum + weight, 0) || 1;
  let before = 0;
  const reports = entries.map(([name, weight]): [K, Report] => {
    const from = before / whole;
    const share = weight / whole;
    before += weight;
    return [
      name,
      (label, done, total) => {
        const part = Math.min(1, Math.max(0, done / Math.max(1, total)));
        events.progress({ label, fraction: from + share * part });
      },
    ];
  });
  return Object.fromEntries(reports) as Record<K, Report>;
}
