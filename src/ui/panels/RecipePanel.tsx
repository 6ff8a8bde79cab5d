import { Button, NativeSelect, NumberInput, SegmentedControl } from '@mantine/core';
import { compareAll, quantize } from '../../state/actions/quantize';
import { refusal } from '../../state/model';
import { quantizesActivations, schemes } from '../../state/recipe';
import type { Calibration, SchemeId } from '../../quant/types';
import { useBusy, useData, useModel, useRecipe, useStudio } from '../studio';
import styles from '../styles/app.module.css';

const methods = [
  { value: 'minmax', label: 'Min-max' },
  { value: 'moving-average', label: 'Moving average' },
  { value: 'percentile', label: 'Percentile' },
];
/** arXiv 1712.05877 §3 for the decay; LiteRT's guide for the percentile. */
const defaults = {
  minmax: { method: 'minmax' },
  'moving-average': { method: 'moving-average', decay: 0.9 },
  percentile: { method: 'percentile', percentile: 99.99 },
} as const satisfies Record<Calibration['method'], Calibration>;

export function RecipePanel() {
  const studio = useStudio();
  const recipe = useRecipe();
  const { model } = useModel();
  const { dataset } = useData();
  const integer = quantizesActivations(recipe.scheme);
  const overrides = Object.keys(recipe.overrides).length;
  return (
    <section className={styles.panel} aria-label="Recipe">
      <div className={styles.panelHead}>
        <h2 className={styles.eyebrow}>Recipe</h2>
      </div>
      <div className={styles.stack}>
        <NativeSelect
          size="xs"
          label="Scheme"
          description={schemes.find(({ id }) => id === recipe.scheme)?.note}
          data={schemes.map(({ id, label }) => ({ value: id, label }))}
          value={recipe.scheme}
          onChange={(event) =>
            studio.recipe.setState({ scheme: event.currentTarget.value as SchemeId })
          }
        />
        {integer && <CalibrationControls />}
        <div className={styles.pair}>
          {integer && (
            <div>
              <div
                className={styles.label}
                id="border-label"
                title="Type of the model’s input and output tensors in the exported file"
              >
                Border tensors
              </div>
              <SegmentedControl
                size="xs"
                fullWidth
                className={styles.segments}
                aria-labelledby="border-label"
                data={['int8', 'float32']}
                value={recipe.io}
                onChange={(io) => studio.recipe.setState({ io: io as 'int8' | 'float32' })}
              />
            </div>
          )}
          <NumberInput
            size="xs"
            label="Seed"
            min={0}
            value={recipe.seed}
            onChange={(seed) => typeof seed === 'number' && studio.recipe.setState({ seed })}
          />
        </div>
        {overrides > 0 && (
          <div className={styles.row}>
            <span className={styles.small}>
              {overrides} layer {overrides === 1 ? 'override' : 'overrides'}
            </span>
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => studio.recipe.setState({ overrides: {} })}
            >
              Clear
            </Button>
          </div>
        )}
        {model && !dataset && !refusal(model) && (
          <p className={`${styles.muted} ${styles.small}`}>
            No data is loaded: synthetic samples will be used.
          </p>
        )}
      </div>
    </section>
  );
}

/** Always in sight at the column's foot. */
export function RecipeActions() {
  const studio = useStudio();
  const busy = useBusy();
  const { model } = useModel();
  const blocked = !model || busy || refusal(model) !== undefined;
  return (
    <div className={`${styles.stack} ${styles.actions}`}>
      <Button size="sm" disabled={blocked} onClick={() => void quantize(studio)}>
        Quantize
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={blocked}
        onClick={() => void compareAll(studio)}
      >
        Compare all schemes
      </Button>
    </div>
  );
}

function CalibrationControls() {
  const studio = useStudio();
  const { calibration } = useRecipe();
  const set = (next: Calibration) => studio.recipe.setState({ calibration: next });
  return (
    <div className={styles.pair}>
      <NativeSelect
        size="xs"
        label="Calibration"
        data={methods}
        value={calibration.method}
        onChange={(event) => set(defaults[event.currentTarget.value as Calibration['method']])}
      />
      {calibration.method === 'percentile' && (
        <NumberInput
          size="xs"
          label="Percentile, %"
          min={50}
          max={100}
          step={0.01}
          decimalScale={4}
          value={calibration.percentile}
          onChange={(percentile) =>
            typeof percentile === 'number' &&
            percentile >= 50 &&
            percentile <= 100 &&
            set({ method: 'percentile', percentile })
          }
        />
      )}
      {calibration.method === 'moving-average' && (
        <NumberInput
          size="xs"
          label="Decay"
          min={0}
          max={0.9999}
          step={0.01}
          decimalScale={4}
          value={calibration.decay}
          onChange={(decay) =>
            typeof decay === 'number' &&
            decay >= 0 &&
            decay < 1 &&
            set({ method: 'moving-average', decay })
          }
        />
      )}
    </div>
  );
}
