import { useEffect, useState } from 'react';
import type { SamplePreview } from '../../data/samples';
import type { Doctor } from '../../run/doctor';
import type { Run } from '../../run/types';
import { previewOfRun } from '../../state/actions/preview';
import { useStudio } from '../studio';

/** The samples that the doctor names, as the network sees them, by index; drawn when they come. */
export function usePictures(run: Run, found: Doctor): Readonly<Record<number, SamplePreview>> {
  const studio = useStudio();
  const [drawn, setDrawn] = useState<Readonly<Record<number, SamplePreview>>>({});
  useEffect(() => {
    let current = true;
    const indices = found.suspects.map(({ index }) => index);
    void previewOfRun(studio, run, indices).then((previews) => {
      if (current && previews)
        setDrawn(Object.fromEntries(indices.map((index, at) => [index, previews[at]!])));
    });
    return () => {
      current = false;
    };
  }, [studio, run, found]);
  return drawn;
}
