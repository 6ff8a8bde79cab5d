/** The observers, and everything that is derived from the list: whoever names a method reads it here. */
import { IntactError } from '../../model/error';
import { entropy } from './entropy';
import { minMax } from './minmax';
import { movingAverage } from './movingAverage';
import { mse } from './mse';
import type { CalibrationOf, Observer, ObserverDescriptor } from './observer';
import { octav } from './octav';
import { percentile } from './percentile';

/** The first is the default. */
const list = [minMax, movingAverage, percentile, entropy, mse, octav] as const;

/** How ranges of activations are chosen: plain data, as it stands in recipes, reports and storage. */
export type Calibration = CalibrationOf<(typeof list)[number]>;
export type CalibrationMethod = Calibration['method'];

export const observers: readonly (ObserverDescriptor & { readonly id: CalibrationMethod })[] = list;

/** Throws `usage` for a method that isn't in the list. */
export function observerOf(method: string): (typeof observers)[number] {
  const found = observers.find(({ id }) => id === method);
  if (found) return found;
  throw new IntactError(
    'usage',
    `There is no calibration method "${method}". Choose one of ${observers.map(({ id }) => id).join(', ')}.`,
  );
}

/** The method's number; undefined where it takes none. */
export function parameterOf(calibration: Calibration): number | undefined {
  const { parameter } = observerOf(calibration.method);
  return parameter && Number((calibration as Readonly<Record<string, unknown>>)[parameter.name]);
}

/** The calibration of a method, with its default where no number is given (one that it doesn't take is ignored). */
export function calibrationOf(method: CalibrationMethod, number?: number): Calibration {
  const { id, parameter } = observerOf(method);
  return {
    method: id,
    ...(parameter ? { [parameter.name]: number ?? parameter.default } : {}),
  } as Calibration;
}

export const defaultCalibration = (method: CalibrationMethod = list[0].id): Calibration =>
  calibrationOf(method);

/** Why the calibration can't be carried out, in a sentence; undefined when it can. */
export function calibrationProblem(calibration: Calibration): string | undefined {
  const { label, parameter } = observerOf(calibration.method);
  const number = parameterOf(calibration);
  if (!parameter || number === undefined || parameter.accepts(number)) return undefined;
  return `${label} calibration needs ${parameter.needs}, not ${number}. Try ${parameter.default}.`;
}

/** A fresh observer of one value. Throws `usage` on a parameter out of its range. */
export function createObserver(calibration: Calibration): Observer {
  const problem = calibrationProblem(calibration);
  if (problem) throw new IntactError('usage', problem);
  const descriptor = observerOf(calibration.method);
  return descriptor.parameter ? descriptor.create(parameterOf(calibration)!) : descriptor.create();
}

/** "Percentile 99.99" */
export function calibrationLabel(calibration: Calibration): string {
  const number = parameterOf(calibration);
  const { label } = observerOf(calibration.method);
  return number === undefined ? label : `${label} ${number}`;
}

/** How the range was chosen, for people: "min-max of 200 samples". */
export function describeCalibration(calibration: Calibration, samples: number): string {
  const descriptor = observerOf(calibration.method);
  const how = descriptor.parameter
    ? descriptor.describe(parameterOf(calibration)!)
    : descriptor.describe();
  return `${how} of ${samples} sample${samples === 1 ? '' : 's'}`;
}

/** "minmax | moving-average[:decay] | percentile[:percentile]": the shell's forms. */
export const calibrationForms = observers
  .map(({ id, parameter }) => (parameter ? `${id}[:${parameter.name}]` : id))
  .join(' | ');

/** Reads the shell's `method[:number]`. Throws `usage` for another method or a number that it doesn't take. */
export function parseCalibration(text: string): Calibration {
  const [method, ...rest] = text.split(':');
  const { id, parameter } = observerOf(method!);
  if (rest.length > 1 || (rest.length === 1 && !parameter)) {
    throw new IntactError(
      'usage',
      `"${text}" is not a calibration method; the forms are ${calibrationForms}.`,
    );
  }
  const number = rest[0] === undefined ? undefined : rest[0].trim() === '' ? NaN : Number(rest[0]);
  const calibration = calibrationOf(id, number);
  const problem = calibrationProblem(calibration);
  if (problem) throw new IntactError('usage', problem);
  return calibration;
}

/** Reads a calibration from JSON (storage, reports). Throws `malformed` saying what is wrong. */
export function readCalibration(json: unknown): Calibration {
  const record = json as { readonly method?: unknown } | null | undefined;
  const found = observers.find(({ id }) => id === record?.method);
  if (found) {
    const number = (record as Readonly<Record<string, unknown>>)[found.parameter?.name ?? ''];
    const calibration = calibrationOf(found.id, found.parameter ? (number as number) : undefined);
    const whole = !found.parameter || typeof number === 'number';
    if (whole && !calibrationProblem(calibration)) return calibration;
  }
  throw new IntactError(
    'malformed',
    `${JSON.stringify(json)} is not a calibration that Intact knows. Choose one of ${observers.map(({ id }) => id).join(', ')}.`,
  );
}
