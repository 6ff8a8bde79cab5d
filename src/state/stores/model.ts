/** The open model, and the models of the runs that are here. A model's `key` identifies its bytes. */
import { createStore } from 'zustand/vanilla';
import type { OpenedModel } from '../../jobs/types';

export interface ModelState {
  readonly model?: OpenedModel;
  /** By key: models of this session and of the kept runs, so that they can be opened again. */
  readonly library: Readonly<Record<string, OpenedModel>>;
}

export const createModelStore = () => createStore<ModelState>()(() => ({ library: {} }));

/** How many names a refusal lists before it counts the rest. */
const namesShown = 4;

/** Why this model cannot be quantized, in a sentence; undefined: it can. */
export function refusal(model: OpenedModel): string | undefined {
  const { unsupported, quantized } = model.summary;
  if (unsupported.length > 0) {
    const shown = unsupported.slice(0, namesShown).join(', ');
    const more = unsupported.length - namesShown;
    const names = more > 0 ? `${shown} and ${more} more` : shown;
    if (model.summary.byTensors)
      return `Intact computes such operators, but not with the tensors that ${names} ${unsupported.length === 1 ? 'has' : 'have'} here (each reason stands below), so this model can be looked at but not quantized. Open the float model that it was made from, or export it with float32 or int8 tensors of a fixed size.`;
    const it = unsupported.length === 1 ? 'it' : 'them';
    return `Intact cannot compute ${names}, so this model can be looked at but not quantized. Remove or replace ${it}, or open a part of the model without ${it}.`;
  }
  if (quantized) {
    return 'This model is quantized already, and rounding twice only loses more. Look at its layers, scales and zero points here; to try another scheme, open the float model that it was made from.';
  }
  return undefined;
}
