import { createStore } from 'zustand/vanilla';

export type LayersView = 'table' | 'graph';

/** What is looked at: one selection shared by every view. */
export interface ViewState {
  /** Layer id. */
  readonly layer?: string;
  readonly layersView: LayersView;
  /** Metric id: colours of the graph. */
  readonly overlay: string;
  /** Metric id: the bar chart. */
  readonly chart: string;
}

export const createViewStore = () =>
  createStore<ViewState>()(() => ({
    layersView: 'table',
    overlay: 'accumulated',
    chart: 'accumulated',
  }));
