import { createContext, use } from 'react';
import { useStore } from 'zustand';
import { selectedEntry, type RunEntry } from '../state/runs';
import type { Studio } from '../state/studio';

export const StudioContext = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = use(StudioContext);
  if (!studio) throw new Error('No StudioContext above this component');
  return studio;
}

export const useModel = () => useStore(useStudio().model);
export const useData = () => useStore(useStudio().data);
export const useRecipe = () => useStore(useStudio().recipe);
export const useRuns = () => useStore(useStudio().runs);
export const useJob = () => useStore(useStudio().job);
export const useView = () => useStore(useStudio().view);
export const useBusy = (): boolean =>
  useStore(useStudio().job, (state) => state.running !== undefined);

/** The run that charts and tables show. */
export const useEntry = (): RunEntry | undefined => useStore(useStudio().runs, selectedEntry);
