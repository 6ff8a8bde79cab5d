import { createStore } from 'zustand/vanilla';
import { sampleShapeOf } from '../jobs/feeds';
import type { Evaluation, OpenedModel } from '../jobs/types';

/** The open model. `key` identifies its bytes: results made from other bytes are stale. */
export interface ModelState {
  readonly key?: string;
  readonly model?: OpenedModel;
  /** Score of the open file as it is, and of which samples. */
  readonly evaluation?: { readonly samplesKey: string; readonly result: Evaluation };
  /** By key: the models of this session and of the kept runs. */
  readonly library: Readonly<Record<string, OpenedModel>>;
}

export const createModelStore = () => createStore<ModelState>()(() => ({ library: {} }));

/** Shape that a sample must have, with the batch; [] without a model. */
export function inputShape(model: OpenedModel | undefined): readonly number[] {
  return model ? sampleShapeOf(model.graph) : [];
}

/** Why this model cannot be quantized, in a sentence; undefined: it can. */
export function refusal(model: OpenedModel): string | undefined {
  if (model.summary.unsupported.length > 0) {
    const names = model.summary.unsupported;
    const shown = names.slice(0, 4).join(', ');
    const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
    return `Intact cannot compute ${shown}${more}, so this model can be looked at but not quantized. Remove or replace ${names.length === 1 ? 'it' : 'them'}, or open a part of the model without ${names.length === 1 ? 'it' : 'them'}.`;
  }
  if (model.summary.quantized) {
    return 'This model is quantized already, and rounding twice only loses more. Look at its layers, scales and zero points here; to try another scheme, open the float model that it was made from.';
  }
  return undefined;
}
