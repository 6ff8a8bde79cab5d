import { useMemo } from 'react';
import type { Dataset } from '../../data/types';
import { samplesKey } from '../../state/data';
import type { RunEntry } from '../../state/runs';
import { presetLabels } from '../../state/presets';
import { useData } from '../studio';
import styles from '../styles/app.module.css';

/** A trained model this near to guessing gets inputs that it was not trained with. */
const nearChance = 1.6;

/** Agreement on made-up samples below this says nothing about the model on real ones. */
const hollow = 90;

/** Says so when the float model does no better than guessing: the preprocessing is the usual cause. */
export function ChanceHint({ entry }: { entry: RunEntry }) {
  const data = useData();
  const classes = useMemo(() => classesOf(data.dataset), [data.dataset]);
  const { floatScore, score } = entry.run;
  if (score.synthetic && score.kind === 'agreement' && score.value < hollow)
    return (
      <div className={styles.stale} role="note">
        These samples are made up, and on such inputs a model often answers almost at random: the
        agreement says little. Sizes, latencies and SQNR hold. Load samples of your own to see what
        quantizing costs.
      </div>
    );
  const current = samplesKey(data) === entry.samplesKey;
  if (!current || classes < 3 || floatScore.kind !== 'accuracy') return null;
  if (floatScore.value > (100 / classes) * nearChance) return null;
  const used = data.preprocessing?.preset ?? 'none';
  const others = (['raw-255', 'zero-one', 'minus-one-one', 'imagenet'] as const)
    .filter((preset) => preset !== used && !(preset === 'raw-255' && used === 'none'))
    .map((preset) => presetLabels[preset]);
  return (
    <div className={styles.stale} role="note">
      The float model is right in {floatScore.value.toFixed(1)} % of the samples, about as often as
      guessing among {classes} classes. It was probably trained with another value range: try{' '}
      {others.slice(0, -1).join(', ')} or {others.at(-1)} in the data panel.
    </div>
  );
}

function classesOf(dataset: Dataset | undefined): number {
  if (!(dataset?.labels instanceof Int32Array) || dataset.labels.length !== dataset.count) return 0;
  return dataset.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
}
