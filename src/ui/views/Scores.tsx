import { Button } from '@mantine/core';
import { useState } from 'react';
import { kindsOfScore } from '../../analysis/score';
import type { Run } from '../../run/types';
import { confusionTable } from '../figures/confusion';
import {
  changeText,
  floatScoreText,
  likenessText,
  moreText,
  scoreDefinition,
  scoreTitle,
} from '../figures/score';
import { scoreText } from '../../analysis/figures/text';
import { grouped } from '../../analysis/format';
import { SampleMarks } from '../parts/Marks';
import styles from '../styles/scores.module.css';
import textStyles from '../styles/text.module.css';
import { ConfusionMatrix } from './ConfusionMatrix';

/** Every output's score with what stands beside it; a matrix of answers where there are classes. */
export function Scores({ run, name }: { run: Run; name: string }) {
  const [open, setOpen] = useState<number>();
  const { whole, float, likeness } = run.figures;
  const several = whole.scores.length > 1;
  const matrices = whole.scores.map((score, at) =>
    confusionTable(
      run.made.recipe
        ? [
            { name: 'float', confusion: float.scores[at]?.confusion },
            { name: 'quantized', confusion: score.confusion },
          ]
        : [{ name: 'the model', confusion: score.confusion }],
    ),
  );
  const shown = open === undefined ? undefined : matrices[open];
  if (whole.scores.length === 0) return null;
  return (
    <section aria-label={`Scores of ${name}`} className={styles.scores}>
      <ul className={styles.list}>
        {whole.scores.map((score, at) => {
          const like = likeness[at];
          const other = like && like.kind !== score.kind && run.made.recipe;
          const before = run.made.recipe ? floatScoreText(float.scores[at]) : undefined;
          return (
            <li key={at} className={styles.score}>
              <span title={scoreDefinition(score)}>
                {several && <b>{score.output}: </b>}
                {scoreTitle(score)} <strong>{scoreText(score)}</strong>
                {before !== undefined && !kindsOfScore[score.kind].toFloat && (
                  <span className={textStyles.muted}>
                    {' '}
                    float {before}, {changeText(score, float.scores[at])}
                  </span>
                )}
                {score.more.length > 0 && (
                  <span className={textStyles.muted}>; {moreText(score)}</span>
                )}
                <span className={textStyles.muted}>
                  ; {other ? `${likenessText(like)}; ` : ''}on {grouped(score.samples)} evaluation{' '}
                  {score.samples === 1 ? 'sample' : 'samples'}
                </span>{' '}
                <SampleMarks samples={run.made.samples} />
              </span>
              {matrices[at] && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-expanded={open === at}
                  onClick={() => setOpen(open === at ? undefined : at)}
                >
                  {several ? `Confusion matrix of ${score.output}` : 'Confusion matrix'}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {shown && (
        <ConfusionMatrix table={shown} about={`${name}, ${whole.scores[open!]!.output}.`} />
      )}
    </section>
  );
}
