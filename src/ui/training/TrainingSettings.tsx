/** Expert settings of the next training, folded away; what is left empty follows from model and samples. */
import { Checkbox, MultiSelect, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { canStart } from '../../state/actions/training';
import {
  rateOf,
  rateProblem,
  type TrainingSettings as Settings,
} from '../../state/stores/training';
import { useEntry, useModel, useStudio } from '../studio';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';
import { runLabel } from '../runLabel';
import { useTraining } from './useTraining';
import { layersWithWeights } from './words';

type Counted = 'epochs' | 'samples' | 'batch' | 'microBatch';

export function TrainingSettings() {
  const studio = useStudio();
  const { settings } = useTraining();
  const opened = useModel();
  const { model } = opened;
  const entry = useEntry();
  const startable = entry !== undefined && canStart(opened, entry);
  const layers = model ? layersWithWeights(model.optimized) : [];
  const set = (change: Partial<Settings>) => {
    studio.training.setState((now) => ({ settings: { ...now.settings, ...change } }));
  };
  const count = (name: Counted, label: string, placeholder: string, description?: string) => (
    <NumberInput
      size="xs"
      label={label}
      {...(description === undefined ? {} : { description })}
      placeholder={placeholder}
      min={1}
      max={1_000_000}
      allowDecimal={false}
      value={settings[name] ?? ''}
      onChange={(value) => set({ [name]: positive(value) })}
    />
  );
  /** The first of the options is what an unnamed setting is. */
  const choice = <N extends 'loss' | 'optimizer' | 'ranges'>(
    name: N,
    label: string,
    options: readonly { readonly value: NonNullable<Settings[N]> | ''; readonly label: string }[],
  ) => (
    <NativeSelect
      size="xs"
      label={label}
      data={options}
      value={settings[name] ?? options[0]?.value}
      onChange={({ currentTarget: { value } }) =>
        set({ [name]: value === options[0]?.value ? undefined : value })
      }
    />
  );
  const check = (
    name: 'augment' | 'mirror' | 'fromSelected' | 'control',
    label: string,
    more: { readonly disabled?: boolean; readonly description?: string } = {},
  ) => (
    <Checkbox
      size="xs"
      label={label}
      {...more}
      checked={settings[name]}
      onChange={({ currentTarget: { checked } }) => set({ [name]: checked })}
    />
  );
  return (
    <details
      onToggle={({ currentTarget }) => {
        // They unfold below the column's edge.
        if (currentTarget.open) currentTarget.scrollIntoView({ block: 'start' });
      }}
    >
      <summary className={textStyles.small}>Training settings</summary>
      <div className={`${panelStyles.stack} ${panelStyles.folded}`}>
        {count('epochs', 'Epochs', 'by model and samples')}
        {count('samples', 'Training samples', 'all')}
        {choice('loss', 'Loss', [
          { value: '', label: 'by model and samples' },
          { value: 'distill', label: 'Distance to the float model' },
          { value: 'labels', label: 'Cross-entropy to the labels' },
          { value: 'mse', label: 'Squared error' },
        ])}
        {choice('optimizer', 'Optimizer', [
          { value: 'relative', label: 'Adam, relative to each channel' },
          { value: 'adam', label: 'Adam, absolute steps' },
        ])}
        <LearningRate settings={settings} set={set} />
        {count('batch', 'Batch', '32')}
        {count(
          'microBatch',
          'Micro-batch',
          'by the model’s memory',
          'samples of one pass; fewer take less memory',
        )}
        {choice('ranges', 'Ranges', [
          { value: 'learned', label: 'Learned (LSQ)' },
          { value: 'fixed', label: 'Fixed, as calibrated' },
        ])}
        <MultiSelect
          size="xs"
          label="Frozen layers"
          placeholder={settings.frozen.length === 0 ? 'none' : ''}
          searchable
          clearable
          nothingFoundMessage="No layer of this name has weights"
          maxDropdownHeight={200}
          data={layers}
          value={settings.frozen.filter((name) => layers.includes(name))}
          onChange={(frozen) => set({ frozen })}
        />
        <NumberInput
          size="xs"
          label="Training seed"
          min={0}
          allowDecimal={false}
          value={settings.seed}
          onChange={(value) => set({ seed: typeof value === 'number' ? value : 1 })}
        />
        {check('augment', 'Images may be moved by two pixels')}
        {check('mirror', 'Images may be mirrored')}
        {check('fromSelected', 'Start from the selected run', {
          disabled: !startable,
          description: startable
            ? runLabel(entry)
            : 'select a quantized or trained run of this model first',
        })}
        {check('control', 'Train float too (control)')}
      </div>
    </details>
  );
}

/** Text, for rates are written as 1e-4 too. What can't be read is said, and refused where a training is started. */
function LearningRate({
  settings: { learningRate, optimizer },
  set,
}: {
  settings: Settings;
  set: (change: Partial<Settings>) => void;
}) {
  const [text, setText] = useState(learningRate === undefined ? '' : String(learningRate));
  return (
    <TextInput
      size="xs"
      label="Learning rate"
      description={optimizer === 'adam' ? 'absolute' : 'in units of a channel’s root mean square'}
      placeholder={optimizer === 'adam' ? '0.001' : 'by model and samples'}
      inputMode="decimal"
      error={rateProblem(rateOf(text))}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        set({ learningRate: rateOf(value) });
      }}
    />
  );
}

const positive = (value: string | number): number | undefined =>
  typeof value === 'number' && value > 0 ? value : undefined;
