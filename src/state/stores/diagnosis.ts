/** What was examined on request; a reload forgets it, the runs that came of it stay. */
import { createStore } from 'zustand/vanilla';
import type { Doctor } from '../../run/doctor';

export interface DiagnosisState {
  /** By run id. */
  readonly doctors: Readonly<Record<string, Doctor>>;
}

export const createDiagnosisStore = () => createStore<DiagnosisState>()(() => ({ doctors: {} }));
