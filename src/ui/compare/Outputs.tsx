import type { Comparison } from '../../analysis/compareRuns';
import type { SampleActivations } from '../../jobs/types';
import { number } from '../../analysis/format';
import styles from './compare.module.css';
import { Plot } from './Plot';
import { RunMark } from './RunMark';

interface OutputsProps {
  comparison: Comparison;
  results: readonly (SampleActivations | undefined)[];
}

/** Outputs of every run beside each other, on one scale for each output. */
export function Outputs({ comparison, results }: OutputsProps) {
  const names = results.find((one) => one)?.outputs.map(({ name }) => name) ?? [];
  return names.map((name, output) => {
    const all = results.map((one) => one?.outputs[output]?.values);
    return (
      <div key={name}>
        <h3>Output {name}</h3>
        <div className={styles.outputs}>
          {comparison.runs.map(({ id, label }, at) => {
            const values = all[at];
            if (!values) return null;
            return (
              <figure key={id}>
                <RunMark position={at} /> {label}: <b>{largest(values)}</b>
                <Plot
                  name={`Output ${name} of ${label}`}
                  values={values}
                  among={all}
                  position={at}
                  numbered
                />
              </figure>
            );
          })}
        </div>
      </div>
    );
  });
}

/** "3 with 0.981": the largest of several, or the number itself. */
function largest(values: Float32Array): string {
  if (values.length === 1) return number(values[0]!);
  const at = values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
  return `${at} with ${number(values[at]!)}`;
}
