/**
 * Samples for jobs: opened in the worker by what the request says, with the roles that it asks for.
 * The set that was opened last stays open for the next job; it is made anew from any other arguments.
 */
import { scoringOf } from '../../analysis/score';
import { openSamples } from '../../data/open';
import { rolesOf } from '../../data/roles';
import type { ModelNeeds, RoleOptions, Roles, Samples, TryOut } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { canonical } from '../../run/keys';
import { needsOf } from '../needs';
import { prepare } from '../prepared';
import { withInputShapes } from '../resized';
import type { SamplesRequest } from '../types';

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

export type OpenSamples = (request: SamplesRequest, model: SampledModel) => Promise<OpenedSamples>;

export function samplesOpener(backend: () => Promise<Backend>): OpenSamples {
  let last: { readonly key: string; readonly samples: Promise<Samples> } | undefined;
  return async ({ source, roles }, { graph, optimized }) => {
    const needs = needsOf(graph);
    const key = canonical([source.key, source.choices, needs]);
    if (last?.key !== key) {
      const runs = optimized.nodes.every(({ op }) => op !== 'UNSUPPORTED');
      const trying = runs ? tryOut(backend, optimized, needs) : undefined;
      last = { key, samples: openSamples(source, needs, trying) };
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

/** How right the float model is with each candidate's samples: per cent, or the negative of an error. */
export function tryOut(backend: () => Promise<Backend>, graph: Graph, needs: ModelNeeds): TryOut {
  return async (candidates, indices, targets, inputShapes) => {
    const [scoring] = scoringOf(targets, needs, false);
    if (!scoring) return candidates.map(() => 0);
    const target = targets.findIndex(({ output }) => output === scoring.output);
    const prepared = await prepare(await backend(), withInputShapes(graph, inputShapes));
    try {
      const scores: number[] = [];
      for (const { read } of candidates) {
        const scorer = scoring.create();
        for (const index of indices) {
          const sample = await read(index);
          const output = (await prepared.run(sample))[scoring.output]!;
          scorer.add({
            output,
            float: output,
            target: sample.targets[target],
            input: sample.inputs[0]!,
          });
        }
        const { value, better } = scorer.score();
        scores.push(better === 'higher' ? value : -value);
      }
      return scores;
    } finally {
      prepared.dispose();
    }
  };
}
