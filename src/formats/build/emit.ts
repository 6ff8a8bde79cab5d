/** How a rule of a format writes its nodes: names from the layer, constants of the layer, refusals. */
import { IntactError } from '../../model/error';
import type { OpAttrs, OpName } from '../../model/ops';
import type { LayerName, Writer } from './writer';

/** Where a rule writes. */
export interface Site extends LayerName {
  readonly writer: Writer;
  /** Names the nodes: the path, or another name where a layer is called again. */
  readonly scope: string;
}

/** What Intact can't do, as the end of the sentence "Layer … cannot be run or quantized: …". */
export function unsupported(reason: string): never {
  throw new IntactError('unsupported', reason);
}

/** What contradicts itself in the file. */
export function malformed(reason: string): never {
  throw new IntactError('malformed', reason);
}

export function shapeOf(site: Site, value: number): readonly number[] {
  return site.writer.value(value).shape;
}

/** Emits one node and gives its first output. The suffix goes behind the layer's name. */
export function emit<K extends OpName>(
  site: Site,
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly number[],
  suffix = '',
): number {
  return emitAll(site, op, attrs, inputs, suffix)[0]!;
}

export function emitAll<K extends OpName>(
  site: Site,
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly number[],
  suffix = '',
): number[] {
  const name = suffix === '' ? site.scope : `${site.scope}/${suffix}`;
  return site.writer.node(site, name, op, attrs, inputs);
}

/** A float constant of the layer, shared between its calls. */
export function floatConstant(
  site: Site,
  name: string,
  shape: readonly number[],
  data: Float32Array | readonly number[],
): number {
  const array = data instanceof Float32Array ? data : Float32Array.from(data);
  return site.writer.constant(`${site.path}/${name}`, shape, array);
}

export function intConstant(
  site: Site,
  name: string,
  data: readonly number[],
  shape: readonly number[] = [data.length],
): number {
  return site.writer.constant(`${site.path}/${name}`, shape, Int32Array.from(data));
}

/** A scalar constant. */
export function scalarConstant(site: Site, name: string, value: number): number {
  return floatConstant(site, name, [], [value]);
}

/** A reshape that leaves the batch open. `shape` without the batch. */
export function reshapeTo(
  site: Site,
  input: number,
  shape: readonly number[],
  suffix = '',
): number {
  const name = suffix === '' ? 'shape' : `${suffix}_shape`;
  return emit(site, 'RESHAPE', {}, [input, intConstant(site, name, [-1, ...shape])], suffix);
}

export function transposeTo(
  site: Site,
  input: number,
  order: readonly number[],
  suffix = '',
): number {
  const name = suffix === '' ? 'order' : `${suffix}_order`;
  return emit(site, 'TRANSPOSE', {}, [input, intConstant(site, name, order)], suffix);
}

/** Axis in 0…rank−1; negative ones count from the end. */
export function axisIn(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(positive) || positive < 0 || positive >= rank)
    return malformed(`axis ${axis} does not exist in a tensor of ${rank} dimensions.`);
  return positive;
}
