/** Which array goes into which input, as a check with the other ways to bind them. */
import { product, shapeText } from '../raw';
import type { Check, InputNeed, ModelNeeds } from '../samples';
import { bare, labelNames } from './labels';
import type { NumberArray } from './types';

export const isNumeric = (array: NumberArray) => array.storage !== 'texts';

export function bindingCheck(
  status: Check['status'],
  inputs: readonly InputNeed[],
  names: readonly string[],
  sentence: string,
  arrays: ReadonlyMap<string, NumberArray>,
  ways?: readonly (readonly string[])[],
): Check {
  const value = (order: readonly string[]) =>
    inputs.map(({ name }, at) => `${name}=${order[at]}`).join(',');
  const alike = [...arrays].filter(([key]) => !labelNames.includes(bare(key))).map(([key]) => key);
  const orders = ways ?? (inputs.length === 1 ? alike.map((key) => [key]) : orderings(names));
  return {
    id: 'binding',
    label: 'Arrays and inputs',
    status,
    value: value(names),
    sentence,
    choices: orders.slice(0, 24).map((order) => ({
      value: value(order),
      label: value(order),
      effect: order.map((key) => `${key}: ${shapeText(arrays.get(key)!.shape)}`).join(', '),
    })),
  };
}

function orderings(names: readonly string[]): string[][] {
  if (names.length > 4) return [[...names]];
  if (names.length <= 1) return [[...names]];
  return names.flatMap((name, at) =>
    orderings([...names.slice(0, at), ...names.slice(at + 1)]).map((rest) => [name, ...rest]),
  );
}

/** Offered where the samples don't fit: other arrays for the one input. */
export function waysToBind(
  arrays: ReadonlyMap<string, NumberArray>,
  { inputs }: ModelNeeds,
  used: ReadonlySet<string>,
): Check | undefined {
  if (inputs.length !== 1 || used.size !== 1) return undefined;
  const usable = new Map([...arrays].filter(([, array]) => isNumeric(array)));
  if (usable.size < 2) return undefined;
  const [taken] = used;
  return bindingCheck(
    'asked',
    inputs,
    [taken!],
    `"${taken}" is taken for the samples.`,
    usable,
    [...usable.keys()].map((key) => [key]),
  );
}

/** Every way to give each input an array of its own, where there are few. */
export function unbound(
  arrays: ReadonlyMap<string, NumberArray>,
  inputs: readonly InputNeed[],
): { readonly checks?: readonly Check[] } {
  const keys = [...arrays.keys()];
  if (keys.length < inputs.length || keys.length > 6 || inputs.length > 3) return {};
  const ways = inputs.reduce<readonly (readonly string[])[]>(
    (found) =>
      found.flatMap((way) => keys.filter((key) => !way.includes(key)).map((key) => [...way, key])),
    [[]],
  );
  const fits = (way: readonly string[]) =>
    way.filter(
      (key, at) => product(arrays.get(key)!.shape.slice(1)) === product(inputs[at]!.shape.slice(1)),
    ).length;
  const sorted = [...ways].sort((a, b) => fits(b) - fits(a));
  const [best] = sorted;
  return {
    checks: [
      bindingCheck(
        'asked',
        inputs,
        best!,
        'Which array goes into which input is not told by names or shapes.',
        arrays,
        sorted,
      ),
    ],
  };
}
