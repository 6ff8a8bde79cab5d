import { Button } from '@mantine/core';
import { primaryOf } from '../../analysis/score';
import { evaluate } from '../../state/actions/evaluate';
import { isAsItIs, nowOf, staleness } from '../../state/stores/runs';
import { scoreTitle } from '../figures/score';
import { scoreText } from '../../analysis/figures/text';
import { grouped, milliseconds } from '../../analysis/format';
import { SampleMarks } from '../parts/Marks';
import { useBusy, useData, useModel, useRecipe, useRuns, useStudio } from '../studio';
import cardStyles from '../styles/card.module.css';

/** A quantized file is run as it is: its score on the evaluation samples. */
export function EvaluateBar() {
  const studio = useStudio();
  const busy = useBusy('long');
  const data = useData();
  const settings = useRecipe();
  const models = useModel();
  const { entries } = useRuns();
  const { model } = models;
  if (!model?.summary.quantized || model.summary.unsupported.length > 0) return null;
  const ready = data.report !== undefined && !data.report.synthetic;
  const now = nowOf(models, data, settings);
  const current = entries.find((entry) => {
    const stale = staleness(entry, now);
    return isAsItIs(entry) && entry.state === 'finished' && !stale.model && !stale.data;
  })?.run.figures.whole;
  const score = current && primaryOf(current.scores);
  return (
    <div className={cardStyles.exportBar}>
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
      {score && (
        <p role="status" aria-label="Evaluation">
          {scoreTitle(score)} <strong>{scoreText(score)}</strong> on {grouped(score.samples)}{' '}
          samples
          {current.ms !== undefined && `, ${milliseconds(current.ms)} each`}{' '}
          {data.report && <SampleMarks samples={data.report} />}
        </p>
      )}
    </div>
  );
}
