/** Numbers as people read them: true minus signs, units, as many digits as mean something. */

const minus = '−';
export const none = '–';

function digits(value: number, significant: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return '0';
  const whole = Math.floor(Math.log10(magnitude)) + 1;
  return magnitude.toFixed(Math.min(6, Math.max(0, significant - whole)));
}

/** Three significant digits, more before the point when they are there: 0.0123, 1.23, 1234. */
export function number(value: number, significant = 3): string {
  if (Number.isNaN(value)) return none;
  if (!Number.isFinite(value)) return value < 0 ? `${minus}∞` : '∞';
  return (value < 0 ? minus : '') + digits(value, significant);
}

/** With its sign: +0.4, −37.9, ±0. */
export function signed(value: number, decimals = 1): string {
  if (!Number.isFinite(value)) return number(value);
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return `±${(0).toFixed(decimals)}`;
  return (value < 0 ? minus : '+') + text;
}

const steps = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
] as const;

/** 4.81 M, 412 k, 12. */
export function count(value: number): string {
  const [size, unit] = steps.find(([limit]) => Math.abs(value) >= limit) ?? [1, ''];
  if (unit === '') return Number.isInteger(value) ? String(value) : number(value, 3);
  return `${number(value / size, 3)} ${unit}`;
}

/** Decimal units: 412 kB is 412,000 bytes. */
export function bytes(value: number): string {
  if (value < 1000) return `${Math.round(value)} B`;
  const [size, unit] = steps.find(([limit]) => value >= limit) ?? [1, ''];
  return `${number(value / size, 3)} ${unit}B`;
}

/** Under a microsecond only what the clock's 5 µs steps, averaged over many runs, still tell. */
export function milliseconds(value: number): string {
  if (value < 0.001) return `${(value * 1000).toFixed(2)} µs`;
  if (value < 1) return `${number(value * 1000, 3)} µs`;
  return value < 1000 ? `${number(value, 3)} ms` : `${number(value / 1000, 3)} s`;
}

/** From picojoules. */
export function energy(picojoules: number): string {
  const units = [
    [1e9, 'mJ'],
    [1e6, 'µJ'],
    [1e3, 'nJ'],
    [1, 'pJ'],
  ] as const;
  const [size, unit] = units.find(([limit]) => picojoules >= limit) ?? [1, 'pJ'];
  return `${number(picojoules / size, 3)} ${unit}`;
}

/** Of an axis: no zeros that say nothing. "60.0 dB" is "60 dB", "±0.00" is "0". */
export function tick(text: string): string {
  return text
    .replace('±', '')
    .replace(/\.(\d*?)0+(?!\d)/, (_, kept: string) => (kept ? `.${kept}` : ''));
}

/** How many times smaller: ÷3.9; ×1.2 when it grew; ≈1 when neither. */
export function ratio(before: number, after: number): string {
  if (!(before > 0) || !(after > 0)) return none;
  return ratioText(before / after);
}

/** Of a ratio that is known already. */
export function ratioText(times: number): string {
  if (!(times > 0) || times === Infinity) return none;
  if (times > 0.95 && times < 1.05) return '≈1';
  return times >= 1 ? `÷${number(times, 2)}` : `×${number(1 / times, 2)}`;
}

export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** "1 sample", "1,200 samples". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "N × 28 × 28 × 1": N is a batch of any size. */
export function shape(dimensions: readonly number[]): string {
  if (dimensions.length === 0) return 'scalar';
  return dimensions.map((size) => (size < 0 ? 'N' : size)).join(' × ');
}

/** "about 40 s left" */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `about ${seconds} s left`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`;
}

/** With a true minus sign. */
export function integer(value: number): string {
  return value < 0 ? `${minus}${-value}` : String(value);
}

/** "fixed by SOFTMAX" → "Fixed by SOFTMAX." */
export function sentence(text: string): string {
  if (text === '') return '';
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
