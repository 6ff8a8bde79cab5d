import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { isCustom, readCustom } from '../../data/custom';
import styles from '../styles/checks.module.css';

interface CustomRangeProps {
  /** The range in force: what the fields begin with where it is one of one's own. */
  readonly value: string;
  readonly channels: number;
  /** The channels are columns of features: lists of numbers, as a scaler prints them. */
  readonly columns: boolean;
  readonly onApply: (value: string) => void;
}

const number = '[^,;\\s]+';
const asText = (values: readonly number[], channels: number) =>
  Array.from({ length: channels }, (_, at) => String(values[at % values.length]));

/** Scale, and a mean and a deviation for each channel: (x · scale − mean) / deviation of the stored numbers. */
export function CustomRange({ value, channels, columns, onApply }: CustomRangeProps) {
  const parts = columns ? 1 : channels;
  const known = isCustom(value) ? readCustom(value) : undefined;
  const [scale, setScale] = useState(known ? String(known.scale) : columns ? '1' : '1/255');
  const [mean, setMean] = useState(
    columns ? [(known?.mean ?? [0]).join(', ')] : asText(known?.mean ?? [0], parts),
  );
  const [std, setStd] = useState(
    columns ? [(known?.std ?? [1]).join(', ')] : asText(known?.std ?? [1], parts),
  );
  const [reversed, setReversed] = useState(known?.reversed ?? false);
  const names = channels === 3 ? (reversed ? 'BGR' : 'RGB') : undefined;
  const of = (at: number) => (parts === 1 ? '' : ` of ${names?.[at] ?? `channel ${at + 1}`}`);
  const put = (list: readonly string[], at: number, text: string) =>
    list.map((old, index) => (index === at ? text : old));
  return (
    <form
      className={styles.custom}
      aria-label="Range of your own"
      onSubmit={(event) => {
        event.preventDefault();
        // NumPy shows an array as "array([0.1, 0.2], dtype=float32)".
        const numbers = [scale, ...mean, ...std].flatMap(
          (text) => text.replace(/array|dtype=\w+/g, ' ').match(/[^\s,;[\]()]+/g) ?? [],
        );
        onApply(`custom${reversed ? '-bgr' : ''}:${numbers.join(',')}`);
      }}
    >
      <p>
        {columns
          ? `The network gets (x · scale − mean) / deviation: one mean and deviation for all, or ${channels} with commas between (a StandardScaler’s mean_ and scale_).`
          : 'The network gets (x · scale − mean) / deviation; x is 0 … 255 of pictures.'}
      </p>
      <TextInput
        size="xs"
        label="Scale"
        required
        pattern={number}
        value={scale}
        onChange={(event) => setScale(event.currentTarget.value)}
      />
      {mean.map((text, at) => (
        <div key={at} className={styles.pair}>
          <TextInput
            size="xs"
            label={`Mean${of(at)}`}
            required
            pattern={columns ? undefined : number}
            value={text}
            onChange={(event) => setMean(put(mean, at, event.currentTarget.value))}
          />
          <TextInput
            size="xs"
            label={`Deviation${of(at)}`}
            required
            pattern={columns ? undefined : number}
            value={std[at]!}
            onChange={(event) => setStd(put(std, at, event.currentTarget.value))}
          />
        </div>
      ))}
      {channels === 3 && (
        <Checkbox
          size="xs"
          label="Blue first (BGR)"
          checked={reversed}
          onChange={(event) => setReversed(event.currentTarget.checked)}
        />
      )}
      <Button size="compact-xs" type="submit" variant="default">
        Use this range
      </Button>
    </form>
  );
}
