/** Samples as their own run's set holds them, whatever is loaded now: found by the run's samples key. */
import { useEffect, useState } from 'react';
import type { ComparedSample, Comparison } from '../../analysis/compareRuns';
import type { SamplePreview } from '../../data/samples';
import { samplesOfRun } from '../../state/actions/leave';
import { previewOfRun } from '../../state/actions/preview';
import type { RunEntry } from '../../state/stores/runs';
import { useStudio } from '../studio';

/** Read at a time: the first pictures are there before the last ones are read. */
const part = 12;

export type SampleViews = ReadonlyMap<string, SamplePreview>;

/** By sample key; empty while they are read, and where no compared run's samples are here any more. */
export function useSampleViews(
  comparison: Comparison,
  entries: readonly RunEntry[],
  samples: readonly ComparedSample[],
): SampleViews {
  const studio = useStudio();
  const [views, setViews] = useState<SampleViews>(new Map());
  const { runs, baseline } = comparison;
  const order = [baseline, ...runs.map((_, at) => at).filter((at) => at !== baseline)];
  const position = order.find((at) => samplesOfRun(studio, runs[at]!.runs[0]!) !== undefined);
  const entry = entries.find(({ run }) => position !== undefined && run.id === runs[position]!.id);
  const wanted = samples
    .map(({ key, indices }) => `${indices[position ?? 0] ?? -1} ${key}`)
    .join('\n');
  const run = entry?.run.id;
  useEffect(() => {
    let current = true;
    const listed = wanted === '' ? [] : wanted.split('\n').map((line) => line.split(/ (.*)/s));
    const here = listed.filter(([index]) => Number(index) >= 0);
    const readAll = async () => {
      const found = new Map<string, SamplePreview>();
      for (let from = 0; current && entry && from < here.length; from += part) {
        const some = here.slice(from, from + part);
        const previews = await previewOfRun(
          studio,
          entry.run,
          some.map(([index]) => Number(index)),
        );
        if (!previews || !current) return;
        for (const [at, view] of previews.entries()) found.set(some[at]![1]!, view);
        setViews(new Map(found));
      }
    };
    void readAll();
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the run by its id: figures that grow change no sample
  }, [studio, run, wanted]);
  return views;
}
