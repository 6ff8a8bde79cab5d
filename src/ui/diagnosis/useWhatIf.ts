import { useEffect, useRef, useState } from 'react';
import type { RecipeChange } from '../../quant/change';
import type { Run } from '../../run/types';
import { tryChanges, type Tried, type Trying } from '../../state/actions/whatIf';
import { useStudio } from '../studio';

/** Changes that are tried as they are asked for; the latest answer. */
export function useWhatIf(run: Run): Tried & { readonly ask: (change: RecipeChange) => void } {
  const studio = useStudio();
  const [tried, setTried] = useState<Tried>({ busy: false });
  const trying = useRef<Trying>(undefined);
  // Figures of a run may still grow; what it was made of stays.
  const { id, made } = run;
  useEffect(() => {
    const begun = tryChanges(studio, { id, made }, setTried);
    trying.current = begun;
    return () => begun.end();
  }, [studio, id, made]);
  return { ...tried, ask: (change) => trying.current?.ask(change) };
}
