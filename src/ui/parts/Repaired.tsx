import { stepWord } from '../../quant/stepWords';
import type { Run } from '../../run/types';
import styles from '../styles/repaired.module.css';

/** What the repairing steps of the run changed, each in its own words. */
export function Repaired({ run, name }: { run: Run; name: string }) {
  const { repaired = [], recipe } = run.made;
  if (repaired.length === 0) return null;
  return (
    <section aria-label={`Repairs of ${name}`} className={styles.repaired}>
      <dl>
        {repaired.map(({ kind, sentences }, at) => {
          const step = recipe?.steps.filter((one) => one.kind !== 'train')[at];
          return (
            <div key={`${at} ${kind}`}>
              <dt>{step?.kind === kind ? capital(stepWord(step)) : kind}</dt>
              {sentences.map((sentence) => (
                <dd key={sentence}>{sentence}</dd>
              ))}
            </div>
          );
        })}
      </dl>
    </section>
  );
}

const capital = (words: string): string => `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`;
