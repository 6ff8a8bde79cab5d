import { Scorer, taskOfGraph } from '../analysis/score';
import { preprocessingOf, suggestPreprocessing, type presets } from '../data/preprocess';
import { shuffled } from '../data/random';
import type { Dataset, Preprocessing } from '../data/types';
import type { Graph } from '../model/graph';
import { engine } from './engine';
import { feedsOf, sampleShapeOf } from './feeds';
import { prepare } from './prepared';
import type { ChosenPreprocessing, JobEvents, OpenedModel } from './types';

/** Labelled samples that each value range is tried on. */
const TRIED_SAMPLES = 100;
/** Points of accuracy by which another range must win over the usual one. */
const MARGIN = 5;
const SEED = 1;

type Preset = keyof typeof presets;

/**
 * How samples most likely become the input tensor. Bytes with class labels are tried in every usual
 * value range: the one in which the model is right most often is the one it was trained with. A wrong
 * range is the commonest reason for bad calibration (tensorflow#44289), and nothing in a model file
 * names the right one.
 */
export async function choosePreprocessing(
  model: OpenedModel,
  dataset: Dataset,
  events: JobEvents,
): Promise<ChosenPreprocessing> {
  const { graph } = model;
  const shape = sampleShapeOf(graph);
  const rescales = graph.layers.slice(0, 4).some(({ type }) => type === 'Rescaling');
  const usual = suggestPreprocessing(dataset, shape, rescales && !dataset.synthetic);
  const candidates = candidatesFor(dataset, graph, usual);
  if (candidates.length < 2 || model.summary.unsupported.length > 0)
    return { preprocessing: usual, tried: [] };
  const chosen = shuffled(dataset.count, SEED).slice(0, TRIED_SAMPLES);
  const tried: { preset: Preset; accuracy: number }[] = [];
  for (const [position, preset] of candidates.entries()) {
    events.progress({
      label: `Trying the value range ${preset}`,
      fraction: position / candidates.length,
    });
    const preprocessing = preprocessingOf(preset, usual.resize);
    tried.push({ preset, accuracy: await accuracy(model, dataset, preprocessing, chosen) });
  }
  const best = tried.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const own = tried.find(({ preset }) => preset === usual.preset)?.accuracy ?? 0;
  return {
    preprocessing:
      best.accuracy >= own + MARGIN ? preprocessingOf(best.preset, usual.resize) : usual,
    tried,
    samples: chosen.length,
  };
}

function candidatesFor(dataset: Dataset, graph: Graph, usual: Preprocessing): readonly Preset[] {
  if (graph.outputs.length === 0) return [];
  const task = taskOfGraph(dataset, graph);
  const bytes = dataset.samples instanceof Uint8Array;
  if (!bytes || graph.inputs.length !== 1 || (task !== 'classes' && task !== 'binary')) return [];
  const colour = sampleShapeOf(graph).at(-1) === 3;
  const all: readonly Preset[] = [
    'zero-one',
    'minus-one-one',
    'raw-255',
    ...(colour ? (['imagenet'] as const) : []),
  ];
  return all.includes(usual.preset as Preset) ? all : [];
}

async function accuracy(
  model: OpenedModel,
  dataset: Dataset,
  preprocessing: Preprocessing,
  samples: readonly number[],
): Promise<number> {
  const { graph } = model;
  const split = { calibration: [], evaluation: samples, seed: SEED };
  const task = taskOfGraph(dataset, graph);
  const prepared = await prepare(
    await engine(),
    model.optimized,
    feedsOf({ dataset, preprocessing, split }, graph),
  );
  try {
    const scorer = new Scorer(task, dataset);
    for (const sample of samples) {
      const output = await prepared.run(sample);
      scorer.add(sample, output, output);
    }
    return scorer.score().value;
  } finally {
    prepared.dispose();
  }
}
