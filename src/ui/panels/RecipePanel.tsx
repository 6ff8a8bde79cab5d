import { Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { activationsOf, comparedSchemes, schemeLabel } from '../../quant/stockSchemes';
import { targetOf, targets, type TargetId } from '../../quant/targets';
import type { Border, SchemeId } from '../../quant/types';
import { compareAll, quantize } from '../../state/actions/quantize';
import { refusal } from '../../state/stores/model';
import { quantizesActivations, schemes, type RecipeSettings } from '../../state/stores/recipe';
import { useBusy, useData, useModel, useRecipe, useStudio } from '../studio';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';
import { TrainActions } from '../training/TrainActions';
import { TrainingSettings } from '../training/TrainingSettings';
import { CalibrationControls } from './CalibrationControls';
import { EngineControls } from './EngineControls';
import { RepairSteps } from './RepairSteps';

export function RecipePanel() {
  const studio = useStudio();
  const recipe = useRecipe();
  const { model } = useModel();
  const { source } = useData();
  const integer = quantizesActivations(recipe.scheme);
  return (
    <section className={panelStyles.panel} aria-label="Recipe">
      <div className={panelStyles.panelHead}>
        <h2 className={panelStyles.eyebrow}>Recipe</h2>
      </div>
      <div className={panelStyles.stack}>
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
        <NativeSelect
          size="xs"
          label="Target"
          description={targetOf(recipe.target).note}
          data={targets.map(({ id, label }) => ({ value: id, label }))}
          value={recipe.target}
          onChange={(event) =>
            studio.recipe.setState({ target: event.currentTarget.value as TargetId })
          }
        />
        {integer && <CalibrationControls />}
        {integer && <BorderControl />}
        <EngineControls />
        <Overrides />
        <Kept />
        {integer && <RepairSteps />}
        {integer && <TrainingSettings />}
        {model && !source && !refusal(model) && (
          <p className={`${textStyles.muted} ${textStyles.small}`}>
            No data is loaded: synthetic samples will be used.
          </p>
        )}
      </div>
    </section>
  );
}

function BorderControl() {
  const studio = useStudio();
  const { io, scheme } = useRecipe();
  return (
    <div>
      <div
        className={panelStyles.label}
        id="border-label"
        title="Type of the model’s input and output tensors in the exported file"
      >
        Border tensors
      </div>
      <SegmentedControl
        size="xs"
        fullWidth
        className={panelStyles.segments}
        aria-labelledby="border-label"
        data={[activationsOf(scheme) ?? 'int8', 'float32']}
        value={io === 'float32' ? io : (activationsOf(scheme) ?? 'int8')}
        onChange={(chosen) => studio.recipe.setState({ io: chosen as Border })}
      />
    </div>
  );
}

/** Ranges of single layers, and samples that calibration leaves out: set elsewhere, taken back here. */
function Kept() {
  const studio = useStudio();
  const { ranges = {}, leaveOut = [] } = useRecipe();
  const rows = [
    {
      count: Object.keys(ranges).length,
      text: (count: number) => `${count} layer ${count === 1 ? 'range' : 'ranges'}`,
      clear: { ranges: undefined },
      name: 'Clear the ranges of layers',
    },
    {
      count: leaveOut.length,
      text: (count: number) => `${count} ${count === 1 ? 'sample' : 'samples'} left out`,
      clear: { leaveOut: undefined },
      name: 'Take the samples back',
    },
  ].filter(({ count }) => count > 0);
  return rows.map(({ count, text, clear, name }) => (
    <div key={name} className={panelStyles.row}>
      <span className={textStyles.small}>{text(count)}</span>
      <Button
        size="compact-xs"
        variant="subtle"
        aria-label={name}
        onClick={() => studio.recipe.setState(clear as Partial<RecipeSettings>)}
      >
        Clear
      </Button>
    </div>
  ));
}

function Overrides() {
  const studio = useStudio();
  const count = Object.keys(useRecipe().overrides).length;
  if (count === 0) return null;
  return (
    <div className={panelStyles.row}>
      <span className={textStyles.small}>
        {count} layer {count === 1 ? 'override' : 'overrides'}
      </span>
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => studio.recipe.setState({ overrides: {} })}
      >
        Clear
      </Button>
    </div>
  );
}

/** Always in sight at the column's foot. */
export function RecipeActions() {
  const studio = useStudio();
  // What is being opened is waited for; a field that is left starts a reading just as the button is pressed.
  const busy = useBusy('long');
  const { model } = useModel();
  const blocked = !model || busy || refusal(model) !== undefined;
  return (
    <div className={`${panelStyles.stack} ${panelStyles.actions}`}>
      <Button size="sm" disabled={blocked} onClick={() => void quantize(studio)}>
        Quantize
      </Button>
      <TrainActions blocked={blocked} />
      <Button
        size="xs"
        variant="default"
        disabled={blocked}
        title={`Makes ${comparedSchemes.length} runs with these settings: ${comparedSchemes.map(schemeLabel).join(', ')}`}
        onClick={() => void compareAll(studio)}
      >
        Compare all schemes
      </Button>
    </div>
  );
}
