/** A run as it grows: figures are added, measurements are ticked off, and it is sent now and then. */
import type { Evidence, LayerEvidence } from '../../run/findings';
import type { Figures, LayerFigures, PendingFigure, Run, RunUpdate } from '../../run/types';
import type { JobEvents } from '../types';

/** Partial runs are sent at most this often. */
const PARTIAL_EVERY_MS = 700;

export interface GrowingRun {
  readonly run: Run;
  set(figures: Partial<Figures>): void;
  /** Adds to the figures of the layers that are named. */
  setLayers(layers: ReadonlyMap<string, LayerFigures>): void;
  /** Adds to what findings stand on, of layers to what is there of each. */
  setEvidence(evidence: Partial<Evidence>): void;
  /** Measured, or given up. */
  done(...measured: readonly PendingFigure[]): void;
  /** Sends the run; `soon` only where the last time is long enough ago. */
  publish(when: 'now' | 'soon'): void;
}

export function growing(start: Run, events: JobEvents<RunUpdate>): GrowingRun {
  let run = start;
  let last = -Infinity;
  const set = (figures: Partial<Figures>) => {
    run = { ...run, figures: { ...run.figures, ...figures } };
  };
  return {
    get run() {
      return run;
    },
    set,
    setLayers(layers) {
      const all = { ...run.figures.layers };
      for (const [id, figures] of layers) all[id] = { ...all[id], ...figures };
      set({ layers: all });
    },
    setEvidence({ layers, ...rest }) {
      const before = run.figures.evidence;
      const all: Record<string, LayerEvidence> = { ...before?.layers };
      for (const [id, one] of Object.entries(layers ?? {})) all[id] = { ...all[id], ...one };
      set({ evidence: { ...before, ...rest, layers: all } });
    },
    done(...measured) {
      run = { ...run, pending: run.pending.filter((figure) => !measured.includes(figure)) };
    },
    publish(when) {
      const now = performance.now();
      if (when === 'soon' && now - last < PARTIAL_EVERY_MS) return;
      last = now;
      events.partial?.(run);
    },
  };
}
