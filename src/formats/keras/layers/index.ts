/** Keras config and weights → Graph with TFLite operators. */
import { IntactError } from '../../../model/error';
import type { Graph, Issue } from '../../../model/graph';
import type { KerasSource } from '../source';
import { applyLayer } from './apply';
import type { Context } from './context';
import type { KerasVersion } from './layer';
import { applyModel } from './network';
import { readSpec } from './spec';
import { refuseToolkits } from './toolkits';
import { createWriter } from '../../build/writer';

/** Look-ups while calls are put in order; a call of a layer counts as many (40,000 calls in all). */
const mostWork = 4_000_000;

function readVersion(text: string): KerasVersion {
  const tfjs = /tfjs|tensor_?flow\.?js/i.test(text);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  // Where a file says nothing, it is of the years before Keras 3.
  return {
    major: tfjs ? 2 : Number(major ?? 2),
    minor: Number(minor ?? 15),
    tfjs,
    text,
  };
}

/**
 * Builds the graph of a Keras model. Unknown or custom layers become UNSUPPORTED nodes, with an issue
 * of severity `error` each. Throws IntactError `malformed` where config and weights contradict each
 * other, `unsupported` where there is no structure to build (subclassed models), `limit`.
 */
export function buildKerasGraph(source: KerasSource): {
  graph: Graph;
  issues: readonly Issue[];
} {
  const version = readVersion(source.kerasVersion);
  refuseToolkits(source.config);
  const writer = createWriter({ batchFirst: true });
  const context: Context = {
    source,
    version,
    writer,
    calls: new Map(),
    doubtful: new Set(),
    masked: new Set(),
    budget: { left: mostWork },
    applyLayer,
  };
  try {
    const outputs = applyModel(context, readSpec(source.config, version), []);
    return { graph: writer.finish(source.name, outputs), issues: writer.issues };
  } catch (thrown) {
    if (thrown instanceof RangeError)
      throw new IntactError('malformed', 'The model config is nested too deeply or too large.');
    throw thrown;
  }
}
