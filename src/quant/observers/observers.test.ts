/** What is derived from the list of observers, and that nothing in this folder is missing from it. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  calibrationForms,
  calibrationLabel,
  calibrationOf,
  calibrationProblem,
  createObserver,
  defaultCalibration,
  describeCalibration,
  observers,
  parseCalibration,
  readCalibration,
} from '.';

const shared = ['index.ts', 'magnitudes.ts', 'observer.ts'];
const files = readdirSync(new URL('.', import.meta.url)).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !shared.includes(name),
);

describe('the list of observers', () => {
  it.each(files)('%s is in index.ts', async (file) => {
    const module = (await import(`./${file.slice(0, -3)}.ts`)) as Record<string, unknown>;
    const found = Object.values(module).filter((value) =>
      (observers as readonly unknown[]).includes(value),
    );
    expect(found, `${file} has no line in src/quant/observers/index.ts`).toHaveLength(1);
  });

  it('has one file and one id per member', () => {
    expect(observers).toHaveLength(files.length);
    expect(new Set(observers.map(({ id }) => id)).size).toBe(files.length);
  });
});

describe.each(observers)('$id', (descriptor) => {
  const { id, parameter } = descriptor;

  it('goes through shell and JSON with its default and both limits', () => {
    const numbers = parameter ? [undefined, parameter.min, parameter.max] : [undefined];
    for (const number of numbers) {
      const calibration = calibrationOf(id, number);
      expect(calibrationProblem(calibration)).toBeUndefined();
      expect(readCalibration(JSON.parse(JSON.stringify(calibration)))).toEqual(calibration);
      expect(parseCalibration(number === undefined ? id : `${id}:${number}`)).toEqual(calibration);
      expect(calibrationLabel(calibration).startsWith(descriptor.label)).toBe(true);
      expect(describeCalibration(calibration, 1)).toMatch(/ of 1 sample$/);
    }
    expect(calibrationForms).toContain(id);
  });

  it('holds 0, 1 and 2 within what was seen', () => {
    const observer = createObserver(defaultCalibration(id));
    observer.add({ min: 0, max: 2 });
    const range = observer.range({
      seenMin: 0,
      seenMax: 2,
      quantile: (fraction) => 2 * fraction,
      histogram: (bins) => new Float64Array(bins).fill(1),
    });
    expect(range.min).toBeGreaterThanOrEqual(0);
    expect(range.max).toBeLessThanOrEqual(2);
    expect(range.max).toBeGreaterThan(range.min);
  });

  it('refuses what is no number of its own, in a sentence', () => {
    if (!parameter) {
      expect(() => parseCalibration(`${id}:1`)).toThrow('forms are');
      return;
    }
    for (const number of [NaN, Infinity, -1]) {
      const calibration = calibrationOf(id, number);
      expect(calibrationProblem(calibration)).toContain(`needs ${parameter.needs}, not ${number}`);
      expect(() => createObserver(calibration)).toThrow(String(parameter.default));
      expect(() => parseCalibration(`${id}:${number}`)).toThrow(parameter.needs);
    }
    expect(() => parseCalibration(`${id}:`)).toThrow(parameter.needs);
    expect(() => readCalibration({ method: id })).toThrow('not a calibration');
  });
});

describe('limits', () => {
  it.each([
    ['percentile:50', /above 50/],
    ['percentile:100.1', /up to 100/],
    ['moving-average:0', /between 0 and 1/],
    ['moving-average:1', /between 0 and 1/],
    ['minmax:3', /forms are/],
    ['percentile:99:9', /forms are/],
    ['entropyish', /no calibration method "entropyish".*minmax/],
  ])('%s is refused', (text, message) => {
    expect(() => parseCalibration(text)).toThrow(message);
  });

  it('labels and sentences', () => {
    expect(calibrationLabel({ method: 'minmax' })).toBe('Min-max');
    expect(calibrationLabel({ method: 'percentile', percentile: 99.99 })).toBe('Percentile 99.99');
    expect(describeCalibration({ method: 'moving-average', decay: 0.9 }, 200)).toBe(
      'moving average (decay 0.9) of 200 samples',
    );
    expect(defaultCalibration()).toEqual({ method: 'minmax' });
    expect(defaultCalibration('percentile')).toEqual({ method: 'percentile', percentile: 99.99 });
    expect(calibrationForms).toContain('minmax | moving-average[:decay] | percentile[:percentile]');
    for (const json of [
      null,
      3,
      'minmax',
      {},
      { method: 'x' },
      { method: 'percentile', percentile: '9' },
    ])
      expect(() => readCalibration(json)).toThrow('not a calibration');
  });
});
