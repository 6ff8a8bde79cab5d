import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { preprocessingOf } from '../../data/preprocess';
import type { Preprocessing } from '../../data/types';
import { presetLabels } from '../../state/presets';
import { useData, useStudio } from '../studio';
import styles from '../styles/app.module.css';

const presetOptions = Object.entries(presetLabels).map(([value, label]) => ({ value, label }));
const resizeOptions = [
  { value: 'none', label: 'No resize' },
  { value: 'stretch', label: 'Stretch' },
  { value: 'crop-centre', label: 'Crop centre' },
];
const orderOptions = [
  { value: 'as-is', label: 'As stored (RGB)' },
  { value: 'reversed', label: 'Reversed (BGR)' },
];

export function PreprocessingControls() {
  const studio = useStudio();
  const { preprocessing, dataset, tried = [], triedOn } = useData();
  const best = Math.max(...tried.map(({ accuracy }) => accuracy));
  if (!preprocessing || !dataset) return null;
  const change = (part: Partial<Preprocessing>) =>
    studio.data.setState({ preprocessing: { ...preprocessing, ...part } });
  const choosePreset = (preset: Preprocessing['preset']) => {
    if (preset === 'custom') return change({ preset });
    const { scale, mean, std } = preprocessingOf(preset);
    change({ preset, scale, mean, std });
  };
  const custom = (part: Partial<Preprocessing>) => change({ ...part, preset: 'custom' });
  const image = dataset.sampleShape.length >= 2;
  return (
    <div className={styles.stack}>
      <div className={styles.pair}>
        <NativeSelect
          size="xs"
          label="Value range"
          data={presetOptions}
          value={preprocessing.preset}
          onChange={(event) => choosePreset(event.currentTarget.value as Preprocessing['preset'])}
        />
        {image && (
          <NativeSelect
            size="xs"
            label="Resize"
            data={resizeOptions}
            value={preprocessing.resize}
            onChange={(event) =>
              change({ resize: event.currentTarget.value as Preprocessing['resize'] })
            }
          />
        )}
      </div>
      {tried.length > 0 && (
        <div className={`${styles.muted} ${styles.small}`}>
          <p>Found by trying: accuracy of the model{triedOn ? ` on ${triedOn} samples` : ''}</p>
          <dl className={styles.tried}>
            {tried.map(({ preset, accuracy }) => (
              <div key={preset} data-best={accuracy === best || undefined}>
                <dt>{presetLabels[preset]}</dt>
                <dd>{accuracy.toFixed(0)} %</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      {preprocessing.preset === 'custom' && (
        <div className={styles.triple}>
          <NumbersInput
            label="× scale"
            values={[preprocessing.scale]}
            onChange={([scale = 1]) => custom({ scale })}
          />
          <NumbersInput
            label="− mean"
            values={preprocessing.mean}
            onChange={(mean) => custom({ mean })}
          />
          <NumbersInput
            label="÷ std"
            values={preprocessing.std}
            onChange={(std) => custom({ std: std.map((value) => value || 1) })}
          />
        </div>
      )}
      {dataset.sampleShape.length === 3 && dataset.sampleShape[2]! > 1 && (
        <NativeSelect
          size="xs"
          label="Channel order"
          data={orderOptions}
          value={preprocessing.channelOrder}
          onChange={(event) =>
            change({ channelOrder: event.currentTarget.value as Preprocessing['channelOrder'] })
          }
        />
      )}
    </div>
  );
}

interface NumbersProps {
  label: string;
  values: readonly number[];
  onChange: (values: number[]) => void;
}

/** One number, or one per channel with commas between; taken over when the field is left. */
function NumbersInput({ label, values, onChange }: NumbersProps) {
  const shown = values.map((value) => Number(value.toPrecision(6))).join(', ');
  const [text, setText] = useState<string>();
  const commit = () => {
    if (text === undefined) return;
    const parsed = text.split(/[,\s]+/).flatMap((part) => (part === '' ? [] : [Number(part)]));
    if (parsed.length > 0 && parsed.every(Number.isFinite)) onChange(parsed);
    setText(undefined);
  };
  return (
    <TextInput
      size="xs"
      label={label}
      value={text ?? shown}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}
