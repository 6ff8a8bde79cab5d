/** How the job that makes a run is named on screen, and known again. */
import type { RunningJob } from '../stores/job';

const prefix = 'Quantizing';

export const quantizingTitle = (scheme: string): string => `${prefix}: ${scheme}`;
export const isQuantizing = ({ title }: Pick<RunningJob, 'title'>): boolean =>
  title.startsWith(prefix);

export const trainingTitle = (name: string): string => `Training: ${name}`;
