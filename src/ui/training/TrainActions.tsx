/** Starts a training on the recipe chosen above it; expert settings are folded away. */
import { Button, Checkbox, MultiSelect, NativeSelect, NumberInput } from '@mantine/core';
import { train } from '../../state/actions/train';
import { activationsOf } from '../../quant/stockSchemes';
import { isAsItIs } from '../../state/stores/runs';
import type { TrainingSettings } from '../../state/stores/training';
import { useEntry, useModel, useRecipe, useStudio } from '../studio';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';
import { TrainingNeedNote } from './TrainingNeedNote';
import { useTraining } from './useTraining';

export function TrainActions({ blocked }: { blocked: boolean }) {
  const studio = useStudio();
  const { scheme } = useRecipe();
  const fits = activationsOf(scheme) === 'int8';
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={blocked || !fits}
        title={
          fits
            ? 'Quantization-aware training of this model, on the training samples'
            : 'Training adapts a model to 8-bit activations: choose int8 per-channel or int8 per-tensor'
        }
        onClick={() => void train(studio)}
      >
        Train (QAT)
      </Button>
      {fits && <TrainingNeedNote />}
      {fits && <TrainingSettingsFields />}
    </>
  );
}

function TrainingSettingsFields() {
  const studio = useStudio();
  const { settings } = useTraining();
  const { model } = useModel();
  const entry = useEntry();
  const set = (change: Partial<TrainingSettings>) => {
    studio.training.setState((now) => ({ settings: { ...now.settings, ...change } }));
  };
  const layers = model?.optimized.nodes.map(({ name }) => name) ?? [];
  const number = (text: string | number): number | undefined =>
    typeof text === 'number' && text > 0 ? text : undefined;
  return (
    <details>
      <summary className={textStyles.small}>Training settings</summary>
      <div className={panelStyles.stack}>
        <NumberInput
          size="xs"
          label="Epochs"
          placeholder="by model and samples"
          min={1}
          max={100_000}
          allowDecimal={false}
          value={settings.epochs ?? ''}
          onChange={(value) => set({ epochs: number(value) })}
        />
        <NativeSelect
          size="xs"
          label="Loss"
          data={[
            { value: '', label: 'by model and samples' },
            { value: 'distill', label: 'Distance to the float model' },
            { value: 'labels', label: 'Cross-entropy to the labels' },
            { value: 'mse', label: 'Squared error' },
          ]}
          value={settings.loss ?? ''}
          onChange={({ currentTarget: { value } }) =>
            set({ loss: value === '' ? undefined : (value as TrainingSettings['loss']) })
          }
        />
        <NativeSelect
          size="xs"
          label="Optimizer"
          data={[
            { value: '', label: 'Adam, relative to each channel' },
            { value: 'adam', label: 'Adam, absolute steps' },
          ]}
          value={settings.optimizer === 'adam' ? 'adam' : ''}
          onChange={({ currentTarget: { value } }) =>
            set({ optimizer: value === 'adam' ? 'adam' : undefined })
          }
        />
        <NumberInput
          size="xs"
          label="Learning rate"
          description={
            settings.optimizer === 'adam' ? 'absolute' : 'in units of a channel’s root mean square'
          }
          placeholder="by model and samples"
          min={0}
          step={0.001}
          decimalScale={8}
          value={settings.learningRate ?? ''}
          onChange={(value) => set({ learningRate: number(value) })}
        />
        <NumberInput
          size="xs"
          label="Batch"
          placeholder="32"
          min={1}
          max={4096}
          allowDecimal={false}
          value={settings.batch ?? ''}
          onChange={(value) => set({ batch: number(value) })}
        />
        <NativeSelect
          size="xs"
          label="Ranges"
          data={[
            { value: 'learned', label: 'Learned (LSQ)' },
            { value: 'fixed', label: 'Fixed, as calibrated' },
          ]}
          value={settings.ranges ?? 'learned'}
          onChange={({ currentTarget: { value } }) =>
            set({ ranges: value === 'fixed' ? 'fixed' : undefined })
          }
        />
        <MultiSelect
          size="xs"
          label="Frozen layers"
          data={layers}
          value={[...settings.frozen]}
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
        <Checkbox
          size="xs"
          label="Images may be moved by two pixels"
          checked={settings.augment}
          onChange={({ currentTarget: { checked } }) => set({ augment: checked })}
        />
        <Checkbox
          size="xs"
          label="Start from the selected run"
          disabled={!entry || isAsItIs(entry)}
          checked={settings.fromSelected}
          onChange={({ currentTarget: { checked } }) => set({ fromSelected: checked })}
        />
        <Checkbox
          size="xs"
          label="Train float too (control)"
          checked={settings.control}
          onChange={({ currentTarget: { checked } }) => set({ control: checked })}
        />
      </div>
    </details>
  );
}
