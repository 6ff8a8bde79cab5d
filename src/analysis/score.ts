import type { Dataset } from '../data/types';
import { elementCount, type Graph } from '../model/graph';
import { ErrorAccumulator } from './compare';
import type { Score } from './types';

export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** How a model is judged on a data set. */
export type Task = 'classes' | 'binary' | 'regression' | 'agreement' | 'reconstruction';

/**
 * Class labels and several outputs: accuracy. Class labels 0 and 1 and one output: accuracy at 0.5.
 * Other labels: mean absolute error. No labels: top-1 agreement with float where the output looks
 * like class scores (2 to 10,000 of them, not as many as inputs), else SQNR of the output. An output
 * with several `positions` (a mask, boxes, a sequence) is never one choice among classes.
 */
export function taskOf(
  dataset: Dataset,
  inputLength: number,
  outputLength: number,
  positions = 1,
): Task {
  const { labels } = dataset;
  if (labels && !dataset.synthetic) {
    if (labels instanceof Int32Array && labels.length === dataset.count && positions === 1) {
      const top = labels.reduce((a, b) => Math.max(a, b), 0);
      if (outputLength > top && outputLength > 1) return 'classes';
      if (outputLength === 1 && top <= 1) return 'binary';
    }
    if (labels.length === dataset.count * outputLength) return 'regression';
  }
  const classLike = outputLength > 1 && outputLength <= 10_000 && outputLength !== inputLength;
  return classLike && positions === 1 ? 'agreement' : 'reconstruction';
}

/** How this graph's first output is judged on a data set. */
export function taskOfGraph(dataset: Dataset, graph: Graph): Task {
  const inputs = graph.inputs.reduce((sum, i) => sum + elementCount(graph.values[i]!.shape), 0);
  const { shape } = graph.values[graph.outputs[0]!]!;
  return taskOf(dataset, inputs, elementCount(shape), elementCount(shape.slice(1, -1)));
}

/** Gathers the score of one model; feed it every evaluation sample's real-valued output. */
export class Scorer {
  private hits = 0;
  private total = 0;
  private absolute = 0;
  private values = 0;
  private readonly error = new ErrorAccumulator();

  constructor(
    private readonly task: Task,
    private readonly dataset: Dataset,
  ) {}

  /** `float`: the float model's output on the same sample. */
  add(sample: number, output: Float32Array, float: Float32Array): void {
    this.total++;
    const labels = this.dataset.labels;
    switch (this.task) {
      case 'classes':
        if (argMax(output) === labels![sample]) this.hits++;
        break;
      case 'binary':
        if ((output[0]! > 0.5 ? 1 : 0) === labels![sample]) this.hits++;
        break;
      case 'regression':
        for (let i = 0; i < output.length; i++)
          this.absolute += Math.abs(output[i]! - labels![sample * output.length + i]!);
        this.values += output.length;
        break;
      case 'agreement':
        if (argMax(output) === argMax(float)) this.hits++;
        break;
      case 'reconstruction':
        this.error.add(float, output);
        break;
      default:
        this.task satisfies never;
    }
  }

  score(): Score {
    const common = { samples: this.total, synthetic: this.dataset.synthetic };
    const share = this.total === 0 ? NaN : (100 * this.hits) / this.total;
    switch (this.task) {
      case 'classes':
      case 'binary':
        return { kind: 'accuracy', value: share, unit: '%', ...common };
      case 'agreement':
        return { kind: 'agreement', value: share, unit: '%', ...common };
      case 'regression':
        return {
          kind: 'mean absolute error',
          value: this.absolute / Math.max(1, this.values),
          unit: '',
          ...common,
        };
      case 'reconstruction':
        return {
          kind: 'SQNR to float',
          value: this.error.result()?.sqnr ?? Infinity,
          unit: 'dB',
          ...common,
        };
      default:
        return this.task satisfies never;
    }
  }
}
