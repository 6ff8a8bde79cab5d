/**
 * What a layer can't do becomes an UNSUPPORTED node and an issue; damage is refused by name. The shapes
 * behind such a node are guesses, so what follows from them is named too rather than called damage.
 */
import { IntactError } from '../../model/error';
import type { Site } from './emit';

interface Guarded extends Site {
  readonly inputs: readonly number[];
}

/**
 * Runs `body`, which writes the site's nodes and gives its outputs. Where it throws `unsupported`, what
 * it wrote is taken back and a node of the shapes `shapes()` stands for it. `doubtful` holds the values
 * whose shape is a guess, and grows. Other errors pass, with the layer's name in front.
 */
export function guarded(
  site: Guarded,
  doubtful: Set<number>,
  shapes: () => readonly (readonly number[])[],
  body: () => readonly number[],
): readonly number[] {
  const { writer } = site;
  const unsure = site.inputs.some((input) => doubtful.has(input));
  const mark = writer.mark();
  try {
    const outputs = body();
    if (unsure) for (const output of outputs) doubtful.add(output);
    return outputs;
  } catch (thrown) {
    if (!(thrown instanceof IntactError)) throw thrown;
    const passes = thrown.code !== 'unsupported' && !(unsure && thrown.code === 'malformed');
    if (passes) throw located(site, thrown);
    writer.rollback(mark);
    const reason = unsure
      ? 'it follows a layer that cannot be run, so the shape of its input is not known.'
      : thrown.message;
    const outputs = refuse(site, shapes(), reason);
    for (const output of outputs) doubtful.add(output);
    return outputs;
  }
}

function located({ path, type }: Site, error: IntactError): IntactError {
  if (error.data['layer'] !== undefined || error.code === 'limit') return error;
  const message = `Layer "${path.slice(0, 200)}" (${type}): ${error.message}`;
  return new IntactError(error.code, message, { ...error.data, layer: path });
}

function refuse(
  site: Guarded,
  shapes: readonly (readonly number[])[],
  reason: string,
): readonly number[] {
  const { writer, path, type, inputs } = site;
  writer.issues.push({
    severity: 'error',
    layer: path,
    message: `Layer "${path}" (${type}) cannot be run or quantized: ${reason}`,
  });
  return writer.node(site, site.scope, 'UNSUPPORTED', { kind: type, reason }, inputs, shapes);
}
