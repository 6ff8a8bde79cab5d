import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { Lane } from '../jobs/types';
import { selectedEntry, type RunEntry } from '../state/stores/runs';
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
export const useEngine = () => useStore(useStudio().engine);
export const useDiagnosis = () => useStore(useStudio().diagnosis);
export const useStorage = () => useStore(useStudio().storage);

/** A job of one of these lanes runs or waits: what would only wait behind it is not offered meanwhile. */
export const useBusy = (...busy: readonly Lane[]): boolean =>
  useStore(useStudio().job, ({ running }) => running.some(({ lane }) => busy.includes(lane)));

/** The run that charts and tables show. */
export const useEntry = (): RunEntry | undefined => useStore(useStudio().runs, selectedEntry);
