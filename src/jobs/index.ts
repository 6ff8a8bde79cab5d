/** The jobs as one object: exposed by workers/jobs.ts in the page, called directly in node. */
import { readData } from '../data/read';
import { synthetic } from '../data/synthetic';
import { elementCount } from '../model/graph';
import { choosePreprocessing } from './choose';
import { evaluateModel } from './evaluate';
import { exportTflite } from './export';
import { openModel } from './open';
import { quantize } from './quantize';
import type { Jobs } from './types';
import { verify } from './verify';

/** @param litertBase URL of the folder with LiteRT.js' wasm files, for `verify` */
export function createLocalJobs(litertBase: string): Jobs {
  return {
    openModel,
    async readData(files, inputShape, events) {
      events.progress({ label: 'Reading the samples', fraction: 0.1 });
      return readData(files, { inputShape });
    },
    syntheticData: (inputShape, count, seed) =>
      Promise.resolve(synthetic(boundedShape(inputShape), count, seed)),
    choosePreprocessing,
    quantize,
    evaluate: evaluateModel,
    exportTflite: (model, run, io) => Promise.resolve(exportTflite(model, run, io)),
    verify: (model, run, samples, events) => verify(model, run, samples, events, litertBase),
  };
}

const boundedShape = (shape: readonly number[]) =>
  elementCount(shape) > 0 ? shape : shape.map((size) => Math.max(1, size));
