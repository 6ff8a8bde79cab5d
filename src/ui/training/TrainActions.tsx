/** Starts a training on the recipe chosen above it, and says before that whether it has anything to gain. */
import { Button } from '@mantine/core';
import { train } from '../../state/actions/train';
import { activationsOf } from '../../quant/stockSchemes';
import { RunsBoundary } from '../boundary/Boundary';
import { useRecipe, useStudio } from '../studio';
import { TrainingNeedNote } from './TrainingNeedNote';

export function TrainActions({ blocked }: { blocked: boolean }) {
  const studio = useStudio();
  const { scheme } = useRecipe();
  const fits = activationsOf(scheme) === 'int8';
  return (
    <>
      {fits && (
        <RunsBoundary card="Whether training would gain" as="bare">
          <TrainingNeedNote />
        </RunsBoundary>
      )}
      <Button
        size="xs"
        variant="default"
        disabled={blocked || !fits}
        title={
          fits
            ? 'Quantization-aware training of this model, on the training samples'
            : 'Training adapts a model to integers: choose a scheme with int8 activations'
        }
        onClick={() => void train(studio)}
      >
        Train (QAT)
      </Button>
    </>
  );
}
