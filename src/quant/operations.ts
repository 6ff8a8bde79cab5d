/** LiteRT Quantizer's names of ops that differ from TFLite's, in both directions. */
import type { OpName } from '../model/ops';

const aliases: Readonly<Record<string, OpName>> = { CONV_2D_TRANSPOSE: 'TRANSPOSE_CONV' };

/** TFLite's name of a rule's operation. */
export const tfliteName = (operation: string): string => aliases[operation] ?? operation;

/** The name of an op in a rule. */
export function quantizerName(op: OpName): string {
  return Object.keys(aliases).find((alias) => aliases[alias] === op) ?? op;
}
