import { Loader } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { ComparedSample, Comparison } from '../../analysis/compareRuns';
import type { SamplePreview } from '../../data/samples';
import type { SampleActivations } from '../../jobs/types';
import { activationsOf } from '../../state/actions/compare';
import { samplesOfRun } from '../../state/actions/leave';
import type { RunEntry } from '../../state/stores/runs';
import { shortName } from '../names';
import { useStudio, useView } from '../studio';
import textStyles from '../styles/text.module.css';
import { Activations } from './Activations';
import styles from './compare.module.css';
import { Outputs } from './Outputs';
import { Picture } from './Picture';

interface ThroughProps {
  comparison: Comparison;
  entries: readonly RunEntry[];
  sample: ComparedSample;
  view: SamplePreview | undefined;
  answers: ReactNode;
}

/** One sample through every run whose samples are here: outputs, and the selected layer's activation. */
export function Through({ comparison, entries, sample, view, answers }: ThroughProps) {
  const studio = useStudio();
  const { layer } = useView();
  const [results, setResults] = useState<readonly (SampleActivations | undefined)[]>();
  const found = comparison.layers.find(({ id }) => id === layer);
  const ids = comparison.runs.map(({ id }) => id).join(',');
  useEffect(() => {
    let current = true;
    const jobs = comparison.runs.map(({ id }, at) => {
      const entry = entries.find(({ run }) => run.id === id);
      const index = sample.indices[at];
      if (!entry || index === undefined) return Promise.resolve(undefined);
      return activationsOf(studio, entry.run, index, found?.rows[at]?.[0]?.id);
    });
    void Promise.all(jobs).then((all) => {
      if (current) setResults(all);
    });
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the runs by their ids: figures that grow change no activation
  }, [studio, ids, sample.key, found?.id]);
  const gone = comparison.runs.filter(
    ({ runs: [run] }, at) =>
      sample.indices[at] !== undefined && samplesOfRun(studio, run!) === undefined,
  );
  return (
    <div>
      <div className={styles.chosen}>
        {view?.image && (
          <Picture
            {...view.image}
            name={`Sample ${sample.index + 1}, ${view.label ?? view.name}`}
          />
        )}
        <div>
          <h3>
            {view ? view.name : `Sample ${sample.index + 1}`}
            {view?.label !== undefined && `, label ${view.label}`}
          </h3>
          <p>{answers}</p>
        </div>
      </div>
      {gone.length > 0 && (
        <p className={styles.gone} role="note">
          {gone.map(({ label }) => label).join(', ')}: measured on{' '}
          {[...new Set(gone.map(({ runs: [run] }) => run!.made.samples.name))].join(', ')}, which is
          no longer here. Open the same samples again, with the same choices, to run this one.
        </p>
      )}
      {!results ? (
        <Loader size="xs" aria-label="Running the sample" />
      ) : results.every((one) => one === undefined) ? null : (
        <>
          <Outputs comparison={comparison} results={results} />
          {found ? (
            <Activations
              comparison={comparison}
              results={results}
              name={shortName(found.layer, 60)}
            />
          ) : (
            <p className={textStyles.muted}>Select a layer to see what it makes of this sample.</p>
          )}
        </>
      )}
    </div>
  );
}
