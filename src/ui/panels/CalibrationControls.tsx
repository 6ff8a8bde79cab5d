import { Button, NativeSelect, NumberInput } from '@mantine/core';
import { useState } from 'react';
import {
  calibrationLabel,
  calibrationOf,
  calibrationProblem,
  defaultCalibration,
  observerOf,
  observers,
  parameterOf,
  type CalibrationMethod,
} from '../../quant/observers';
import { compareCalibrations } from '../../state/actions/quantize';
import { refusal } from '../../state/stores/model';
import { useBusy, useModel, useRecipe, useStudio } from '../studio';
import panelStyles from '../styles/panel.module.css';

const methods = observers.map(({ id, label }) => ({ value: id, label }));

/** The observers by their descriptors: what one refuses, its control refuses in the same words. */
export function CalibrationControls() {
  const studio = useStudio();
  const { calibration } = useRecipe();
  const { model } = useModel();
  const busy = useBusy('long');
  const blocked = !model || busy || refusal(model) !== undefined;
  const [refused, setRefused] = useState<{ readonly typed: number; readonly why: string }>();
  const { id, parameter } = observerOf(calibration.method);
  return (
    <>
      <div className={panelStyles.pair}>
        <NativeSelect
          size="xs"
          label="Calibration"
          data={methods}
          value={calibration.method}
          onChange={(event) => {
            setRefused(undefined);
            const method = event.currentTarget.value as CalibrationMethod;
            studio.recipe.setState({ calibration: defaultCalibration(method) });
          }}
        />
        {parameter && (
          <NumberInput
            key={id}
            size="xs"
            label={parameter.label}
            min={parameter.min}
            max={parameter.max}
            step={parameter.step}
            decimalScale={4}
            clampBehavior="none"
            value={refused?.typed ?? parameterOf(calibration)}
            error={refused && `${refused.why} Until then: ${calibrationLabel(calibration)}.`}
            onChange={(typed) => {
              if (typeof typed !== 'number') return;
              const next = calibrationOf(id, typed);
              const why = calibrationProblem(next);
              setRefused(why === undefined ? undefined : { typed, why });
              if (why === undefined) studio.recipe.setState({ calibration: next });
            }}
          />
        )}
      </div>
      <Button
        size="compact-xs"
        variant="subtle"
        disabled={blocked}
        title="One run for each calibration method, with its default: the activations are the same, only the ranges differ"
        onClick={() => void compareCalibrations(studio)}
      >
        Try all methods
      </Button>
    </>
  );
}
