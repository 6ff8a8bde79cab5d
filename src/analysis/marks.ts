/** What a figure that was made from samples must be marked with: made-up samples, and what nobody proved of them. */
import type { Check } from '../data/samples';
import type { SamplesRef } from '../run/types';

export interface Mark {
  readonly id: 'synthetic' | 'assumed';
  readonly label: string;
  /** What exactly: "synthetic", "assumed: Value range, Resize". */
  readonly short: string;
  readonly sentence: string;
}

const syntheticMark: Mark = {
  id: 'synthetic',
  label: 'synthetic',
  short: 'synthetic',
  sentence:
    'Made from synthetic samples, not from your data: sizes and times hold, scores and errors only hint.',
};

/** Figures that stand on it carry a mark: nobody proved it, and nobody said it. */
export const unproven = ({ status }: Pick<Check, 'status'>): boolean =>
  status === 'assumed' || status === 'asked';

/** Of a run's samples, the gravest first; none where everything was told, proven or chosen. */
export function marksOf({
  synthetic,
  checks,
}: Pick<SamplesRef, 'synthetic' | 'checks'>): readonly Mark[] {
  // What would be assumed of made-up samples says nothing more than that they are made up.
  if (synthetic) return [syntheticMark];
  const open = checks.filter(unproven);
  if (open.length === 0) return [];
  const said = open.map(({ label, sentence }) => `${label}: ${sentence}`).join(' ');
  return [
    {
      id: 'assumed',
      label: 'assumed',
      short: `assumed: ${[...new Set(open.map(({ label }) => label))].join(', ')}`,
      sentence: `This stands on what the files do not say and nobody has proven. ${said}`,
    },
  ];
}
