import { useMemo, useState } from 'react';
import type { Comparison } from '../../analysis/compareRuns';
import type { SampleActivations } from '../../jobs/types';
import { number } from '../../analysis/format';
import chartStyles from '../styles/chart.module.css';
import styles from './compare.module.css';
import { channelsOf, differenceImage, greyImage, liveliestChannel } from './image';
import { Picture } from './Picture';
import { Plot, range } from './Plot';
import { RunMark } from './RunMark';

interface ActivationsProps {
  comparison: Comparison;
  results: readonly (SampleActivations | undefined)[];
  /** Of the layer. */
  name: string;
}

/** What one layer makes of the sample in each run, and its difference to the baseline's. */
export function Activations({ comparison, results, name }: ActivationsProps) {
  const { runs, baseline } = comparison;
  const [chosen, setChannel] = useState<number>();
  const liveliest = useMemo(() => {
    const from = results[baseline]?.activation;
    const other = results.find((one, at) => at !== baseline && one?.activation)?.activation;
    return other ? liveliestChannel(from, other) : 0;
  }, [results, baseline]);
  const wanted = chosen ?? liveliest;
  const all = results.map((one) => one?.activation);
  const shape = all.find((one) => one)?.shape ?? [];
  const base = all[baseline];
  const channels = channelsOf(shape);
  const channel = Math.min(wanted, Math.max(0, channels - 1));
  if (all.every((one) => one === undefined))
    return (
      <p className={chartStyles.missing}>
        No run computes {name} on its own: it is fused into another operator.
      </p>
    );
  const values = all.map((one) => one?.values);
  const ends = values.flatMap((one) => (one ? range(one) : []));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const apart = all.map((one, at) =>
    channels > 0 || at === baseline || !one || one.values.length !== base?.values.length
      ? undefined
      : one.values.map((value, index) => value - base.values[index]!),
  );
  return (
    <div>
      <h3>
        Activation of {name}
        {channels > 1 && (
          <label>
            {' '}
            channel{' '}
            <input
              type="number"
              min={1}
              max={channels}
              value={channel + 1}
              aria-label="Channel of the activation"
              onChange={(event) =>
                setChannel(Math.max(0, event.currentTarget.valueAsNumber - 1 || 0))
              }
            />{' '}
            of {channels}
          </label>
        )}
      </h3>
      <div className={styles.pictures}>
        {runs.map(({ id, label }, at) => {
          const one = all[at];
          if (!one)
            return (
              <figure key={id}>
                <RunMark position={at} /> {label}
                <p className={chartStyles.caption}>no activation of this layer</p>
              </figure>
            );
          const difference = apart[at];
          const grey = greyImage(one, channel, low, high);
          const against = at !== baseline && base ? differenceImage(base, one, channel) : undefined;
          return (
            <figure key={id}>
              <RunMark position={at} /> {label}
              {grey ? (
                <Picture {...grey} name={`Activation of ${name} in ${label}`} />
              ) : (
                <Plot
                  name={`Activation of ${name} in ${label}`}
                  values={one.values}
                  among={values}
                  position={at}
                />
              )}
              {difference && (
                <>
                  <p className={chartStyles.caption}>minus the baseline:</p>
                  <Plot
                    name={`Difference of ${name} between ${label} and the baseline`}
                    values={difference}
                    among={apart}
                    position={at}
                  />
                </>
              )}
              {against && (
                <>
                  <Picture
                    {...against.image}
                    name={`Difference of ${name} between ${label} and the baseline`}
                  />
                  <p className={chartStyles.caption}>difference up to {number(against.largest)}</p>
                </>
              )}
            </figure>
          );
        })}
      </div>
      {channels > 0 && (
        <p className={chartStyles.caption}>
          Black {number(low)}, white {number(high)}. Differences: blue is less than the baseline,
          red more, each at full strength where its run differs most.
        </p>
      )}
    </div>
  );
}
