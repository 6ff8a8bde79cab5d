/**
 * What is loaded as samples: where they come from, what the worker found in them for the open model,
 * and how many serve which purpose. The samples themselves stay in the worker.
 */
import { createStore } from 'zustand/vanilla';
import type { Check, DataSource, RoleOptions } from '../../data/samples';
import { calibrationSamples, samplesSeed } from '../../jobs/data/defaults';
import type { DataReport, OpenedModel, SamplesRequest } from '../../jobs/types';
import { samplesKey } from '../../run/keys';

export interface DataState {
  /** Undefined: no data. Its `choices` are what the user has decided of the report's checks. */
  readonly source?: DataSource;
  /** Of the source, for the open model; undefined while it waits for a model. */
  readonly report?: DataReport;
  /** The source doesn't fit as it was read, and what could be chosen otherwise; never beside `report`. */
  readonly refusal?: { readonly message: string; readonly checks: readonly Check[] } | undefined;
  /** A choice or a number was changed, and `report` is still of before it. */
  readonly reading: boolean;
  /** The seed that counts: it draws the roles, and the samples of a synthetic set. */
  readonly roles: RoleOptions;
  /** Key that a session stored by an earlier version gave to these very samples. */
  readonly formerKey?: string;
  /** By samples key: what runs were made on, so that each can be verified on its own samples. */
  readonly known: Readonly<Record<string, SamplesRequest>>;
}

/** Multiply-accumulates that one pass over the evaluation samples may cost by default: seconds. */
const evaluationMacs = 2e10;
const evaluationMost = 2000;
const evaluationLeast = 100;

export const createDataStore = () =>
  createStore<DataState>()(() => ({
    roles: { calibration: calibrationSamples, evaluation: evaluationMost, seed: samplesSeed },
    reading: false,
    known: {},
  }));

/** Default numbers of samples: as many for evaluation as take seconds. What the set holds bounds them further. */
export function defaultRoles(model: OpenedModel, seed: number): RoleOptions {
  const affordable = Math.floor(evaluationMacs / Math.max(1, model.summary.macs));
  return {
    calibration: calibrationSamples,
    evaluation: Math.min(evaluationMost, Math.max(evaluationLeast, affordable)),
    seed,
  };
}

/** Arguments of a job on what is loaded; undefined while nothing is, or no model has read it yet. */
export function samplesRequest({ source, report, roles }: DataState): SamplesRequest | undefined {
  if (!source || !report) return undefined;
  const { trials } = report;
  return { source, roles, ...(trials && { trials }) };
}

/** Key of what is loaded, to compare with a run's; undefined while nothing is, or it is being read. */
export function loadedKey({
  report,
  reading,
}: Pick<DataState, 'report' | 'reading'>): string | undefined {
  return report && !reading ? samplesKey(report) : undefined;
}
