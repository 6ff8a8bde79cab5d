/** Steps that repair, for every run that the panel makes: what each does and takes, in a line. */
import { Checkbox, NativeSelect } from '@mantine/core';
import { repairOrder, type RepairStep } from '../../quant/repairSteps';
import { stepWord } from '../../quant/stepWords';
import type { Step } from '../../quant/types';
import { useRecipe, useStudio } from '../studio';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';

type Kind = RepairStep['kind'];

interface Plain {
  readonly step: RepairStep;
  readonly label: string;
  readonly description: string;
}

/** Steps that are there or not. */
const plain: readonly Plain[] = [
  {
    step: { kind: 'equalize', relu6: 'keep', absorb: true },
    label: 'Equalize channels',
    description:
      'Evens out weight ranges between layers; float stays the same. A moment, no bytes.',
  },
  {
    step: { kind: 'tie-ranges' },
    label: 'Tie ranges',
    description: 'One range for what ADD and CONCATENATION join. No time, no bytes.',
  },
  {
    step: { kind: 'correct-bias' },
    label: 'Correct bias',
    description:
      'Takes the mean error out of each layer. A pass over calibration samples, no bytes.',
  },
];

const roundings = [
  { value: '', label: 'To the nearest' },
  { value: 'squant', label: 'SQuant: no samples needed' },
  { value: 'adaround', label: 'AdaRound: on samples' },
] as const;
const roundingNotes: Record<(typeof roundings)[number]['value'], string> = {
  '': 'Each weight by itself.',
  squant: 'Keeps the sums of each kernel and channel. A second, no bytes.',
  adaround:
    'Learns which way each weight goes on calibration samples. Seconds to a minute, no bytes.',
};

const inOrder = (steps: readonly Step[]): readonly Step[] => {
  const place = ({ kind }: Step) =>
    kind === 'train' ? repairOrder.length : repairOrder.indexOf(kind);
  return [...steps].sort((a, b) => place(a) - place(b));
};

export function RepairSteps() {
  const studio = useStudio();
  const { steps } = useRecipe();
  const set = (kind: Kind, step: RepairStep | undefined) => {
    const others = steps.filter((one) => one.kind !== kind);
    studio.recipe.setState({ steps: inOrder(step ? [...others, step] : others) });
  };
  const round = steps.find((step) => step.kind === 'round');
  const method = round?.method ?? '';
  return (
    <details>
      <summary className={textStyles.small}>
        Repair steps{steps.length > 0 && `: ${steps.map(stepWord).join(', ')}`}
      </summary>
      <div className={`${panelStyles.stack} ${panelStyles.folded}`}>
        {plain.map(({ step, label, description }) => (
          <Checkbox
            key={step.kind}
            size="xs"
            label={label}
            description={description}
            checked={steps.some(({ kind }) => kind === step.kind)}
            onChange={({ currentTarget: { checked } }) =>
              set(step.kind, checked ? step : undefined)
            }
          />
        ))}
        <NativeSelect
          size="xs"
          label="Round weights"
          description={roundingNotes[method]}
          data={[...roundings]}
          value={method}
          onChange={({ currentTarget: { value } }) =>
            set(
              'round',
              value === 'squant' || value === 'adaround'
                ? { kind: 'round', method: value, seed: 1, options: {} }
                : undefined,
            )
          }
        />
      </div>
    </details>
  );
}
