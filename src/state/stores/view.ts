/** What is looked at: one selection shared by every view. */
import { createStore } from 'zustand/vanilla';

export type LayersView = 'table' | 'graph';

export interface ViewState {
  /** Layer id. */
  readonly layer?: string;
  readonly layersView: LayersView;
  /** Figure id: colours of the graph. */
  readonly overlay: string;
  /** Figure id: the bar chart. */
  readonly chart: string;
}

export const createViewStore = () =>
  createStore<ViewState>()(() => ({
    layersView: 'table',
    overlay: 'accumulated',
    chart: 'accumulated',
  }));
