/**
 * Which models a .tflite holds, and which of them is read. Signatures name them; a file without any may
 * still hold several subgraphs that none of the others calls.
 */
import { IntactError } from '../../model/error';
import type { CheckedBuffer } from './checked';
import * as fb from './generated/tflite';
import { builtinName } from './ops';

export interface OneModel {
  /** The signature's key, or the subgraph's name. */
  readonly key: string;
  readonly subgraph: number;
  readonly signed: boolean;
  /** How large it is, as far as its head tells. */
  readonly operators: number;
}

export interface Models {
  readonly chosen: OneModel;
  readonly all: readonly OneModel[];
  /** Why it was chosen: "as chosen", "the default one", "the largest". */
  readonly why: string;
}

/**
 * The one that was asked for, else the default signature, else the largest.
 * @throws IntactError `malformed` without any subgraph, `usage` for a name that the file doesn't have
 */
export function modelsIn(bytes: CheckedBuffer, model: fb.Model, wanted?: string): Models {
  const count = model.subgraphsLength();
  if (count < 1)
    throw new IntactError(
      'malformed',
      'This .tflite file holds no model: it has no subgraph. Export it again.',
    );
  const signed = signaturesOf(bytes, model, count);
  const all = signed.length > 0 ? signed : callable(bytes, model, count);
  if (wanted !== undefined) {
    const chosen = all.find(({ key }) => key === wanted);
    if (chosen) return { chosen, all, why: 'as chosen' };
    const keys = all.map(({ key }) => `"${key}"`).join(', ');
    throw new IntactError(
      'usage',
      signed.length > 0
        ? `This .tflite file has no signature "${wanted}"; it has ${keys}.`
        : `This .tflite file has no signatures, and no subgraph "${wanted}"; it has ${keys}.`,
    );
  }
  const usual = signed.find(({ key }) => key === 'serving_default');
  if (usual) return { chosen: usual, all, why: 'the default one' };
  const chosen = all.reduce((best, one) => (one.operators > best.operators ? one : best));
  return { chosen, all, why: 'the largest' };
}

const operatorsOf = (model: fb.Model, subgraph: number) =>
  model.subgraphs(subgraph)?.operatorsLength() ?? 0;

function signaturesOf(bytes: CheckedBuffer, model: fb.Model, count: number): OneModel[] {
  return bytes
    .list(model.signatureDefsLength(), (index) => model.signatureDefs(index))
    .map((def) => ({ key: def.signatureKey() ?? '', subgraph: def.subgraphIndex() }))
    .filter(({ subgraph }) => subgraph < count)
    .map((one) => ({ ...one, signed: true, operators: operatorsOf(model, one.subgraph) }));
}

/** Operators whose bodies are subgraphs; which ones, their tables say that Intact doesn't read. */
const calls =
  /^(WHILE|IF|CALL|CALL_ONCE|STABLEHLO_(WHILE|CASE|REDUCE|REDUCE_WINDOW|SORT|SCATTER))$/;

/** Subgraphs of a file without signatures that are no bodies of operators; the first is always one. */
function callable(bytes: CheckedBuffer, model: fb.Model, count: number): OneModel[] {
  const bodies = new Set<number>();
  let hidden = false;
  const codes = bytes.list(model.operatorCodesLength(), (index) => {
    const code = model.operatorCodes(index)!;
    return builtinName(Math.max(code.deprecatedBuiltinCode(), code.builtinCode())) ?? '';
  });
  if (codes.some((name) => calls.test(name))) hidden = true;
  const subgraphs = bytes.list(count, (index) => model.subgraphs(index));
  for (const subgraph of hidden ? [] : subgraphs)
    for (const operator of bytes.list(subgraph.operatorsLength(), (at) => subgraph.operators(at))) {
      if (operator.builtinOptions2Type() !== fb.BuiltinOptions2.StableHLOCompositeOptions) continue;
      const options = operator.builtinOptions2(
        new fb.StableHLOCompositeOptions(),
      ) as fb.StableHLOCompositeOptions | null;
      if (options) bodies.add(options.decompositionSubgraphIndex());
    }
  const names = subgraphs.map((subgraph) => subgraph.name() ?? '');
  return subgraphs.flatMap((subgraph, index) => {
    if (index > 0 && (hidden || bodies.has(index))) return [];
    const name = names[index]!;
    const key =
      name && names.indexOf(name) === names.lastIndexOf(name) ? name : `subgraph ${index}`;
    return [{ key, subgraph: index, signed: false, operators: subgraph.operatorsLength() }];
  });
}
