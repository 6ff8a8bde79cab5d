import { Button } from '@mantine/core';
import { evaluate } from '../../state/actions/evaluate';
import { samplesKey } from '../../state/data';
import { grouped, milliseconds } from '../format';
import { scoreText, scoreTitle } from '../score';
import { useBusy, useData, useModel, useStudio } from '../studio';
import styles from '../styles/app.module.css';

/** A quantized file is run as it is: its score on the evaluation samples. */
export function EvaluateBar() {
  const studio = useStudio();
  const busy = useBusy();
  const data = useData();
  const { model, evaluation } = useModel();
  if (!model?.summary.quantized || model.summary.unsupported.length > 0) return null;
  const ready = data.dataset !== undefined && !data.dataset.synthetic;
  const current = evaluation?.samplesKey === samplesKey(data) ? evaluation?.result : undefined;
  return (
    <div className={styles.exportBar}>
      <span>
        <strong>This file as it is</strong>
        {!ready && ': load labelled samples to see its score'}
      </span>
      <Button
        size="xs"
        variant="default"
        disabled={busy || !ready}
        onClick={() => void evaluate(studio)}
      >
        Evaluate
      </Button>
      {current && (
        <p role="status" aria-label="Evaluation">
          {scoreTitle(current.score.kind)} <strong>{scoreText(current.score)}</strong> on{' '}
          {grouped(current.score.samples)} samples, {milliseconds(current.ms)} each with
          preprocessing
        </p>
      )}
    </div>
  );
}
