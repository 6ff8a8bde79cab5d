/**
 * Samples for jobs: opened in the worker by what the request says, with the roles that it asks for.
 * The set that was opened last stays open for the next job; it is made anew from any other arguments.
 */
import { openSamples } from '../../data/open';
import { rolesOf } from '../../data/roles';
import type { ModelNeeds, RoleOptions, Roles, Samples } from '../../data/samples';
import { createWatch, type Reading } from '../../data/watch';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { canonical } from '../../run/keys';
import { needsOf } from '../needs';
import type { SamplesRequest } from '../types';
import { lookAt } from './look';
import { remembering, type Trials } from './trials';
import { tryOut } from './tryOut';

export interface OpenedSamples {
  readonly samples: Samples;
  readonly roles: Roles;
  readonly needs: ModelNeeds;
  /** For the same request in another worker. */
  readonly trials?: Trials;
}

/** The model that samples are opened for. */
export interface SampledModel {
  /** As it was imported: what it says of its inputs. */
  readonly graph: Graph;
  /** As it is run: what ranges are tried on. */
  readonly optimized: Graph;
}

/** @param reading hears what is read, from now on until samples are opened anew */
export type OpenSamples = (
  request: SamplesRequest,
  model: SampledModel,
  reading?: Reading,
) => Promise<OpenedSamples>;

export function samplesOpener(backend: () => Promise<Backend>): OpenSamples {
  let last: { readonly trials: Trials; readonly samples: Promise<Samples> } | undefined;
  let told: Reading | undefined;
  const watch = createWatch((what) => told?.(what));
  return async ({ source, roles, trials }, { graph, optimized }, reading) => {
    told = reading;
    const needs = needsOf(graph);
    const key = canonical([source.key, source.choices, needs]);
    if (last?.trials.key !== key) {
      const asks = remembering(
        {
          tryOut: tryOut(backend, optimized, needs),
          lookAt: lookAt(backend, { graph, optimized }, needs),
        },
        trials?.key === key ? trials.answers : [],
      );
      const runs = optimized.nodes.every(({ op }) => op !== 'UNSUPPORTED');
      const [tries, looks] = runs ? [asks.tryOut, asks.lookAt] : [];
      last = {
        trials: { key, answers: asks.answers },
        samples: openSamples(source, needs, tries, looks, watch),
      };
    }
    try {
      const samples = await last.samples;
      return { samples, needs, roles: rolesFor(samples, roles), trials: last.trials };
    } catch (thrown) {
      last = undefined;
      throw thrown;
    }
  };
}

/** Where nothing is to be calibrated or trained, everything that isn't kept apart is evaluated. */
function rolesFor(samples: Samples, options: RoleOptions): Roles {
  if (options.calibration > 0 || samples.parts || options.evaluation !== undefined)
    return rolesOf(samples, { ...options, calibration: Math.max(1, options.calibration) });
  const { tried = [], count } = samples;
  const all = Array.from({ length: count }, (_, index) => index);
  const chosenOn = new Set(tried);
  return {
    training: [...tried],
    calibration: [],
    selection: [],
    evaluation: all.filter((index) => !chosenOn.has(index)),
    seed: options.seed,
  };
}
