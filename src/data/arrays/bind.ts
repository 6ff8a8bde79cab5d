/**
 * Named arrays → inputs and labels: by name, then by shape, else asked. What is bound to what is a
 * check whenever there is more than one way.
 */
import { IntactError } from '../../model/error';
import { listed, product, shapeText, type ArrayColumn, type RawSet } from '../raw';
import type { Check, Choices, InputNeed, ModelNeeds } from '../samples';
import { bindingCheck, isNumeric, unbound, waysToBind } from './bindingCheck';
import { bare, labelNames, labelsOf } from './labels';
import { joinParts } from './parts';
import type { NumberArray } from './types';

const sampleNames = [
  'x',
  'images',
  'image',
  'data',
  'inputs',
  'input',
  'features',
  'samples',
  'arr_0',
];
/** @throws IntactError `bad-data` naming what was found */
export async function setOfArrays(
  found: ReadonlyMap<string, NumberArray>,
  name: string,
  what: string,
  needs: ModelNeeds,
  choices: Choices,
): Promise<RawSet> {
  const joined = joinParts(found);
  const { arrays } = joined;
  const list = [...found]
    .map(([key, { shape, type }]) => `${key} ${shapeText(shape)} ${type}`)
    .join(', ');
  const bound = bind(arrays, needs, choices, name);
  const offered = waysToBind(arrays, needs, bound.used);
  const count = bound.features[0]!.count;
  if (count === 0) throw new IntactError('bad-data', `"${name}" holds no samples.`);
  const checks: Check[] = [...bound.checks];
  if (joined.sentence)
    checks.push({
      id: 'parts',
      label: 'Parts',
      status: 'told',
      value: 'kept',
      sentence: joined.sentence,
      choices: [],
    });
  const rest = [...arrays].filter(([key]) => !bound.used.has(key));
  const { labels, check } = await labelsOf(rest, count, choices, needs);
  if (check) checks.push(check);
  const first = [...bound.used][0]!;
  return {
    name,
    description: `${what} (${list})`,
    count,
    features: bound.features,
    labels,
    ...(joined.parts && joined.parts.training.length + joined.parts.evaluation.length === count
      ? { parts: joined.parts }
      : {}),
    checks,
    sampleName: (index) => `${joined.rowName(index)} of "${first}"`,
    orderAssumed: labels.some(({ names }) => names !== undefined),
    ...(offered && !checks.some(({ id }) => id === 'binding') ? { ifRefused: [offered] } : {}),
  };
}

function columnOf(array: NumberArray): ArrayColumn {
  const storage = array.storage === 'texts' ? 'floats' : array.storage;
  return {
    kind: 'numbers',
    name: array.name,
    shape: array.shape.slice(1),
    storage,
    count: array.shape[0] ?? 0,
    row: (index) => array.row(index),
  };
}

/** An array that is one sample, without an axis of samples, as a set of one. */
function oneSample(array: NumberArray): ArrayColumn {
  const storage = array.storage === 'texts' ? 'floats' : array.storage;
  return {
    kind: 'numbers',
    name: array.name,
    shape: array.shape,
    storage,
    count: 1,
    row: async () => Float32Array.from((await array.all()) as Float64Array),
  };
}

interface Bound {
  readonly features: readonly ArrayColumn[];
  readonly used: ReadonlySet<string>;
  readonly checks: readonly Check[];
}

function bind(
  arrays: ReadonlyMap<string, NumberArray>,
  needs: ModelNeeds,
  choices: Choices,
  file: string,
): Bound {
  const usable = new Map(
    [...arrays].filter(([, array]) => isNumeric(array) && array.shape.length > 0),
  );
  if (usable.size === 0)
    throw new IntactError(
      'bad-data',
      `"${file}" holds no array of samples (found: ${[...arrays.keys()].join(', ') || 'nothing'}). Name the samples x and their labels y.`,
    );
  const chosen = chosenBinding(usable, needs, choices.binding, file);
  if (chosen) return chosen;
  return needs.inputs.length === 1
    ? bindOne(usable, needs.inputs[0]!, file)
    : bindSeveral(usable, needs.inputs, file);
}

/** `binding`: "input=array,input=array". */
function chosenBinding(
  arrays: ReadonlyMap<string, NumberArray>,
  { inputs }: ModelNeeds,
  choice: string | undefined,
  file: string,
): Bound | undefined {
  if (choice === undefined) return undefined;
  const pairs = new Map(
    choice.split(',').map((pair) => pair.split('=').map((text) => text.trim()) as [string, string]),
  );
  const names = inputs.map(({ name }) => pairs.get(name) ?? '');
  const missing = names.findIndex((name) => !arrays.has(name));
  if (missing >= 0)
    throw new IntactError(
      'usage',
      `The input "${inputs[missing]!.name}" is bound to ${names[missing] ? `"${names[missing]}", which is no array` : 'no array'} of "${file}". It holds ${[...arrays.keys()].join(', ')}.`,
    );
  return {
    features: names.map((name) => columnOf(arrays.get(name)!)),
    used: new Set(names),
    checks: [bindingCheck('chosen', inputs, names, 'The arrays are bound as chosen.', arrays)],
  };
}

function bindOne(arrays: ReadonlyMap<string, NumberArray>, input: InputNeed, file: string): Bound {
  const wanted = product(input.shape.slice(1));
  const entries = [...arrays];
  const byInput = entries.find(([key]) => bare(key) === bare(input.name));
  const byName = sampleNames
    .map((name) => entries.find(([key]) => bare(key) === name))
    .find((entry) => entry !== undefined);
  const unlabelled = entries.filter(
    ([key]) => !labelNames.includes(bare(key)) || entries.length === 1,
  );
  const fits = ([, array]: (typeof entries)[number]) =>
    product(array.shape.slice(1)) === wanted && array.shape.length > 1;
  const byShape = unlabelled.filter(fits);
  const largest = unlabelled.reduce<(typeof entries)[number] | undefined>(
    (best, entry) => (!best || product(entry[1].shape) > product(best[1].shape) ? entry : best),
    undefined,
  );
  const named = byInput ?? byName;
  const found =
    named && (fits(named) || byShape.length === 0)
      ? named
      : (byShape[0] ?? named ?? largest ?? entries[0]!);
  const [key, array] = found;
  const single =
    array.shape.length === input.shape.length - 1 &&
    array.shape.join() === input.shape.slice(1).join() &&
    product(array.shape.slice(1)) !== wanted;
  const others = entries.filter(([other]) => other !== key && !labelNames.includes(bare(other)));
  const rivals = others.filter((entry) => fits(entry) && entry[1].shape[0] === array.shape[0]);
  const checks =
    rivals.length > 0 && !named
      ? [
          bindingCheck(
            'asked',
            [input],
            [key],
            `"${key}" of "${file}" is taken for the samples; ${rivals.map(([other]) => `"${other}"`).join(', ')} would fit as well.`,
            arrays,
          ),
        ]
      : [];
  return { features: [single ? oneSample(array) : columnOf(array)], used: new Set([key]), checks };
}

const squeezed = (shape: readonly number[]) => shape.filter((size) => size !== 1).join('×');

function bindSeveral(
  arrays: ReadonlyMap<string, NumberArray>,
  inputs: readonly InputNeed[],
  file: string,
): Bound {
  const names = inputs.map(({ name }) =>
    [...arrays.keys()].find((key) => bare(key) === bare(name)),
  );
  if (names.every((name) => name !== undefined))
    return finish(
      arrays,
      inputs,
      names as string[],
      'told',
      'Each input has the array of its name',
    );
  const taken = new Set(names.filter((name) => name !== undefined));
  // np.savez numbers arrays given without names: of several inputs, arr_1 is as likely one of them.
  const free = [...arrays].filter(
    ([key]) => !taken.has(key) && (/^arr_\d+$/.test(key) || !labelNames.includes(bare(key))),
  );
  let doubtful = false;
  const byShape = inputs.map((input, at) => {
    if (names[at] !== undefined) return names[at];
    const wanted = squeezed(input.shape.slice(1));
    const fitting = free.filter(
      ([key, array]) => !taken.has(key) && squeezed(array.shape.slice(1)) === wanted,
    );
    if (fitting.length > 1) doubtful = true;
    const [first] = fitting;
    if (first) taken.add(first[0]);
    return first?.[0];
  });
  if (byShape.every((name) => name !== undefined))
    return doubtful
      ? finish(
          arrays,
          inputs,
          byShape as string[],
          'asked',
          'Arrays of one shape are bound in the order of the file',
        )
      : finish(
          arrays,
          inputs,
          byShape as string[],
          'told',
          'Each input has the array of its shape',
        );
  const sizes = inputs.map(({ shape }) => product(shape.slice(1)));
  const total = sizes.reduce((a, b) => a + b, 0);
  const whole = [...arrays].find(
    ([, array]) => array.shape.length === 2 && array.shape[1] === total,
  );
  if (whole) return cut(whole[0], whole[1], inputs, sizes);
  throw new IntactError(
    'bad-data',
    `The model has ${inputs.length} inputs (${inputs.map(({ name, shape }) => `${name} ${shapeText(shape.slice(1))}`).join(', ')}), and "${file}" holds ${listed([...arrays].map(([key, { shape }]) => `${key} ${shapeText(shape)}`))}. Name one array after each input, samples first.`,
    unbound(arrays, inputs),
  );
}

function finish(
  arrays: ReadonlyMap<string, NumberArray>,
  inputs: readonly InputNeed[],
  names: readonly string[],
  status: Check['status'],
  why: string,
): Bound {
  const features = names.map((name) => columnOf(arrays.get(name)!));
  const rows = new Set(features.map(({ count }) => count));
  if (rows.size > 1)
    throw new IntactError(
      'bad-data',
      `The arrays of the inputs differ in samples: ${names.map((name, at) => `${name} ${features[at]!.count}`).join(', ')}. Give as many rows in each.`,
    );
  const pairs = inputs.map(({ name }, at) => `${name} ← ${names[at]}`).join(', ');
  return {
    features,
    used: new Set(names),
    checks: [bindingCheck(status, inputs, names, `${why}: ${pairs}.`, arrays)],
  };
}

/** One array whose rows are the inputs one after the other. */
function cut(
  key: string,
  array: NumberArray,
  inputs: readonly InputNeed[],
  sizes: readonly number[],
): Bound {
  const whole = columnOf(array);
  let held: { index: number; row: Promise<Float32Array> } | undefined;
  const rowOf = (index: number) => {
    if (held?.index !== index) held = { index, row: array.row(index) };
    return held.row;
  };
  let start = 0;
  const features = inputs.map(({ name }, at) => {
    const from = start;
    const length = sizes[at]!;
    start += length;
    return {
      ...whole,
      name,
      shape: [length],
      row: async (index: number) => (await rowOf(index)).slice(from, from + length),
    };
  });
  return {
    features,
    used: new Set([key]),
    checks: [
      {
        id: 'binding',
        label: 'Arrays and inputs',
        status: 'assumed',
        value: key,
        sentence: `Each row of "${key}" is cut into the inputs one after the other: ${inputs.map(({ name }, at) => `${name} ${sizes[at]}`).join(', ')} numbers.`,
        choices: [],
      },
    ],
  };
}
