/** Two sets of one form as one, the second for evaluation alone. */
import { IntactError } from '../model/error';
import { shapeText, type FeatureColumn, type LabelColumn, type RawSet } from './raw';

/** @throws IntactError `bad-data` where they differ in form */
export function joinSets(first: RawSet, second: RawSet): RawSet {
  if (first.features.length !== second.features.length) throw differ('have different inputs');
  const features = first.features.map((column, at) =>
    joinFeatures(column, second.features[at]!, first.count),
  );
  const labels = first.labels.flatMap((label): LabelColumn[] => {
    const other =
      second.labels.find(({ name }) => name === label.name) ??
      (second.labels.length === 1 && first.labels.length === 1 ? second.labels[0] : undefined);
    return other ? [joinLabels(label, other, first.count)] : [];
  });
  const range = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => from + index);
  const seen = new Set(first.checks.map(({ id, sentence }) => `${id} ${sentence}`));
  return {
    name: `${first.name}, evaluated on ${second.name}`,
    description:
      first.description === second.description
        ? first.description
        : `${first.description}; ${second.description}`,
    count: first.count + second.count,
    features,
    labels,
    parts: { training: range(0, first.count), evaluation: range(first.count, second.count) },
    checks: [
      ...first.checks,
      ...second.checks
        .filter(({ id, sentence }) => !seen.has(`${id} ${sentence}`))
        .map((check) => ({ ...check, sentence: `Evaluation: ${check.sentence}` })),
    ],
    sampleName: (index) =>
      index < first.count ? first.sampleName(index) : second.sampleName(index - first.count),
    orderAssumed: first.orderAssumed,
  };
}

const differ = (what: string) =>
  new IntactError(
    'bad-data',
    `The evaluation samples and the others ${what}. Give both in one form.`,
  );

function joinFeatures(a: FeatureColumn, b: FeatureColumn, count: number): FeatureColumn {
  const total = count + b.count;
  if (a.kind === 'pictures' && b.kind === 'pictures')
    return {
      ...a,
      count: total,
      head: (index) => (index < count ? a.head(index) : b.head(index - count)),
      picture: (index) => (index < count ? a.picture(index) : b.picture(index - count)),
    };
  if (a.kind !== 'numbers' || b.kind !== 'numbers') throw differ('are of different kinds');
  if (a.shape.join() !== b.shape.join())
    throw differ(`differ in form (${shapeText(b.shape)} and ${shapeText(a.shape)})`);
  return {
    ...a,
    count: total,
    row: (index) => (index < count ? a.row(index) : b.row(index - count)),
  };
}

/** Labels of both; texts keep their meaning though the two sets number them differently. */
function joinLabels(a: LabelColumn, b: LabelColumn, count: number): LabelColumn {
  let names = a.names;
  let second = b.values;
  if (a.names && b.names && a.names.join('\u0000') !== b.names.join('\u0000')) {
    const all = [...a.names, ...b.names.filter((name) => !a.names!.includes(name))];
    const places = b.names.map((name) => all.indexOf(name));
    second = b.values?.map((value) => (Number.isNaN(value) ? value : places[value]!));
    names = all;
  }
  const values =
    a.values && second
      ? Float64Array.from({ length: a.values.length + second.length }, (_, at) =>
          at < a.values!.length ? a.values![at]! : second[at - a.values!.length]!,
        )
      : undefined;
  return {
    ...a,
    ...(names ? { names } : {}),
    ...(values ? { values } : {}),
    storage: a.storage === b.storage ? a.storage : 'floats',
    row: (index) => (index < count ? a.row(index) : b.row(index - count)),
    ...(a.picture && b.picture
      ? {
          picture: (index: number) =>
            index < count ? a.picture!(index) : b.picture!(index - count),
        }
      : {}),
  };
}
