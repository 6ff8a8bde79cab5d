import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { number } from '../../analysis/format';
import type { FigureRow } from '../../analysis/figures';
import type { LayerDetail } from '../../run/details';
import { keepChange, quantizeWith } from '../../state/actions/whatIf';
import type { RunEntry } from '../../state/stores/runs';
import { RangeHistogram } from '../charts/RangeHistogram';
import { useBusy, useStudio } from '../studio';
import inspector from '../styles/inspector.module.css';
import textStyles from '../styles/text.module.css';
import { changeOf, noDraft, precisionsFor, type Draft } from './draft';
import { WhatIfResult } from './WhatIfResult';
import styles from './diagnosis.module.css';
import { useWhatIf } from './useWhatIf';

interface WhatIfProps {
  row: FigureRow;
  entry: RunEntry;
  activation?: LayerDetail['activation'];
}

/** Another range, other bits or another granularity of the selected layer, and what becomes of the whole model. */
export function WhatIf({ row, entry, activation }: WhatIfProps) {
  const studio = useStudio();
  const busy = useBusy('long');
  const { run, state } = entry;
  const { ask, ...tried } = useWhatIf(run);
  const [draft, setDraft] = useState<Draft>(noDraft);
  const [kept, setKept] = useState<string>();
  const [ready, setReady] = useState(false);
  const precisions = precisionsFor(run, row);
  const [first] = precisions;
  if (!first) return null;
  const ranged =
    activation !== undefined &&
    activation.scale > 0 &&
    (activation.why.code === 'calibrated' || activation.why.code === 'given-range');
  const range = draft.range ?? (ranged ? [activation.clipMin, activation.clipMax] : [0, 0]);
  const put = (change: Partial<Draft>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    setKept(undefined);
    ask(changeOf(row.id, next));
  };
  /** What a first change stands on takes longest: it is made ready as soon as the hand comes near. */
  const prepare = () => {
    if (ready || state === 'growing') return;
    setReady(true);
    ask({});
  };
  const change = changeOf(row.id, draft);
  const changed = Object.keys(change).length > 0;
  return (
    <section aria-label="What if" onPointerEnter={prepare} onFocus={prepare}>
      <h3>What if</h3>
      <p className={inspector.sub}>
        Change this layer, and see what becomes of the whole quantized model.
      </p>
      {ranged && (
        <>
          <RangeHistogram
            histogram={activation.histogram}
            own={[activation.clipMin, activation.clipMax]}
            range={range}
            onChange={(next) => put({ range: next })}
          />
          <div className={styles.fields}>
            <Field
              label="Range from"
              value={range[0]}
              onCommit={(x) => put({ range: [x, range[1]] })}
            />
            <Field
              label="Range to"
              value={range[1]}
              onCommit={(x) => put({ range: [range[0], x] })}
            />
          </div>
        </>
      )}
      <NativeSelect
        size="xs"
        label="Quantize as"
        value={draft.precision ?? ''}
        onChange={({ currentTarget: { value } }) =>
          put({ precision: precisions.find(({ id }) => id === value)?.id })
        }
        data={[
          { value: '', label: 'as in this run' },
          ...precisions.map(({ id, label }) => ({ value: id, label })),
        ]}
      />
      <WhatIfResult tried={tried} changed={changed} />
      {changed && (
        <div className={styles.actions}>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() =>
              setKept(
                keepChange(studio, run, change) ??
                  'Kept in the recipe; the run shown is without it until you quantize again.',
              )
            }
          >
            Keep
          </Button>
          <Button
            size="compact-xs"
            disabled={busy || !tried.result || tried.busy}
            onClick={() => {
              if (tried.result) void quantizeWith(studio, run, row.id, tried.result);
            }}
          >
            Quantize with it
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={() => put(noDraft)}>
            Reset
          </Button>
        </div>
      )}
      {kept && (
        <p role="status" className={`${textStyles.muted} ${textStyles.small}`}>
          {kept}
        </p>
      )}
    </section>
  );
}

interface FieldProps {
  label: string;
  value: number;
  onCommit: (value: number) => void;
}

/** A number that is taken when the field is left, or with Enter. */
function Field({ label, value, onCommit }: FieldProps) {
  const [text, setText] = useState<string>();
  const shown = String(Number(value.toPrecision(5)));
  const commit = () => {
    const given = Number((text ?? '').replace('−', '-'));
    if (text !== undefined && text.trim() !== '' && Number.isFinite(given)) onCommit(given);
    setText(undefined);
  };
  return (
    <TextInput
      size="xs"
      label={label}
      inputMode="decimal"
      value={text ?? shown}
      title={number(value, 5)}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={({ key }) => {
        if (key === 'Enter') commit();
      }}
    />
  );
}
