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
  /** Run ids, in the order in which they were chosen: a run's colour and shape go by its place. */
  readonly compared: readonly string[];
  /** Run id that differences are against; default: the first compared. */
  readonly baseline?: string;
}

export const createViewStore = () =>
  createStore<ViewState>()(() => ({
    layersView: 'table',
    overlay: 'accumulated',
    chart: 'accumulated',
    compared: [],
  }));
