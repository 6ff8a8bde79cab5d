import { createStore } from 'zustand/vanilla';
import { sampleShapeOf } from '../jobs/feeds';
import type { OpenedModel } from '../jobs/types';

/** The open model. `key` identifies its bytes: results made from other bytes are stale. */
export interface ModelState {
  readonly key?: string;
  readonly model?: OpenedModel;
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
    return `This model cannot run here, because of ${shown}${more}. Remove or replace them to quantize it.`;
  }
  if (model.summary.quantized) {
    return 'This model is quantized already. Open its float original to quantize it another way.';
  }
  return undefined;
}
