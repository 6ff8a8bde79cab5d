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
import { tryOut } from './tryOut';

export interface OpenedSamples {
  readonly samples: Samples;
  readonly roles: Roles;
  readonly needs: ModelNeeds;
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
  let last: { readonly key: string; readonly samples: Promise<Samples> } | undefined;
  let told: Reading | undefined;
  const watch = createWatch((what) => told?.(what));
  return async ({ source, roles }, { graph, optimized }, reading) => {
    told = reading;
    const needs = needsOf(graph);
    const key = canonical([source.key, source.choices, needs]);
    if (last?.key !== key) {
      const runs = optimized.nodes.every(({ op }) => op !== 'UNSUPPORTED');
      const trials = runs
        ? {
            tryOut: tryOut(backend, optimized, needs),
            lookAt: lookAt(backend, { graph, optimized }, needs),
          }
        : {};
      last = { key, samples: openSamples(source, needs, trials.tryOut, trials.lookAt, watch) };
    }
    try {
      const samples = await last.samples;
      return { samples, needs, roles: rolesFor(samples, roles) };
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
