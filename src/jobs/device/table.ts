/** The report of "Measure this device" as a Markdown table, to be pasted anywhere. */
import type { DeviceReport, DeviceRow, Timing } from './types';

const ms = (timing: Timing) =>
  typeof timing === 'number' ? timing.toPrecision(3).replace(/^(\d+)\.$/, '$1') : '–';

/** Theirs over ours: above 1 ours is faster. */
export const ratio = (theirs: Timing, ours: Timing): string =>
  typeof theirs === 'number' && typeof ours === 'number' ? (theirs / ours).toFixed(2) : '–';

export const heads = [
  'Model',
  'Scheme',
  'Threads',
  'Intact, ms',
  'LiteRT.js, ms',
  'LiteRT.js ÷ Intact',
  'WebGPU, ms',
  'Outputs',
] as const;

/** Cells of a row, in the order of `heads`. */
export function cellsOf(row: DeviceRow): readonly string[] {
  const { model, scheme, threads, ours, litert, webgpu, difference } = row;
  const same = difference === 0 ? 'identical' : difference?.toExponential(0);
  return [
    ...[model, scheme, String(threads), ms(ours), ms(litert)],
    ...[ratio(litert, ours), ms(webgpu), same ?? '–'],
  ];
}

/** What stands for a figure that is not there, once each. */
export function reasonsOf({ rows, conditions }: DeviceReport): readonly string[] {
  const reasons = new Set<string>();
  for (const { model, scheme, ours, litert, webgpu } of rows) {
    for (const [engine, timing] of Object.entries({ Intact: ours, 'LiteRT.js': litert }))
      if (typeof timing === 'string')
        reasons.add(`${engine} has no figure of ${model}, ${scheme}: ${timing}`);
    if (typeof webgpu === 'string' && webgpu !== '–')
      reasons.add(`WebGPU has no figure: ${webgpu}`);
  }
  return [...reasons].filter((one) => {
    const why = one.slice(one.indexOf(': ') + 2);
    return !conditions.some((condition) => condition.endsWith(why));
  });
}

export const footnote =
  'Milliseconds a sample, medians of blocks of 60 ms in turn, each engine in a worker of its own; WebGPU in batches of 32 with uploads and readback. Outputs: LiteRT.js’ against Intact’s, as part of the largest.';

export function tableText(report: DeviceReport): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(heads),
    line(heads.map(() => '---')),
    ...report.rows.map((row) => line(cellsOf(row))),
    '',
    ...report.conditions.map((one) => `- ${one}`),
    ...reasonsOf(report).map((one) => `- ${one}`),
    `- ${footnote}`,
    '',
  ].join('\n');
}
