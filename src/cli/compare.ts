/** `compare`: reports in, a comparison in words, and as HTML, CSV and JSON where asked for. */

import {
  compareRuns,
  differencesOf,
  everyTotal,
  labelOfRun,
  measureText,
  mostCompared,
  realityOf,
  across,
  comparisonMarks,
  totalText,
  wholeLines,
  worstFirst,
  differenceText,
  type Comparison,
} from '../analysis/compareRuns';
import { IntactError } from '../model/error';
import { comparisonCsv } from '../report/compareCsv';
import { comparisonHtml } from '../report/html';
import { comparisonData } from '../report/html/data';
import { toJson } from '../report/json';
import { readReport } from '../report/readReport';
import type { Arguments } from './arguments';
import { readText, statOf } from './files';
import { writeWhole } from './outputs';

export function compare(args: Arguments, print: (text: string) => void): void {
  if (args.files.length < 2 || args.files.length > mostCompared)
    throw new IntactError(
      'usage',
      `compare takes two to ${mostCompared} reports, not ${args.files.length}: intact compare A.json B.json … [--html FILE] [--csv FILE] [--json]`,
    );
  const reports = args.files.map((file) => readReport(textOf(file), file));
  const comparison = compareRuns(
    reports.map(({ run }) => ({
      run,
      label: labelOfRun(run),
      state: run.pending.length > 0 ? ('stopped' as const) : ('finished' as const),
    })),
  );
  const verifications = Object.fromEntries(
    reports.flatMap(({ run, verification }) => (verification ? [[run.id, verification]] : [])),
  );
  if (args.html !== undefined) writeWhole(args.html, comparisonHtml(comparison, { verifications }));
  if (args.csv !== undefined) writeWhole(args.csv, comparisonCsv(comparison));
  print(args.json ? toJson(comparisonData(comparison, verifications)) : comparisonText(comparison));
}

function textOf(path: string): string {
  if (!statOf(path)?.isFile()) throw new IntactError('unrecognised', `There is no file "${path}".`);
  return readText(path);
}

/** Layers that are named in the shell; --csv and --html have them all. */
const named = 10;

export function comparisonText(comparison: Comparison): string {
  const { runs, baseline } = comparison;
  const lines = [`Baseline: ${runs[baseline]!.label}`, ''];
  const whole = wholeLines(comparison).filter(({ figure }) => figure.table);
  for (const [at, { label }] of runs.entries()) {
    lines.push(label);
    for (const { figure, cells } of whole) {
      const { measure, difference } = cells[at]!;
      if (!measure) continue;
      const change = difference === undefined ? '' : `  ${differenceText(figure, difference)}`;
      const marks = comparisonMarks(comparison, at, figure).map((mark) => mark.label);
      const said = marks.length > 0 ? `  [${marks.join(', ')}]` : '';
      lines.push(`  ${figure.label.padEnd(12)} ${measureText(figure, measure)}${change}${said}`);
    }
    if (at === baseline) continue;
    const { settings, alone } = differencesOf(runs, baseline, at);
    lines.push(`  In all: ${totalText(comparison, baseline, at, everyTotal)}`);
    for (const { words, measured } of settings) {
      const own = alone
        ? ''
        : measured
          ? `: ${totalText(comparison, ...measured)}`
          : ': not separated';
      lines.push(`  · ${words}${own}`);
    }
    lines.push(`  ${realityOf(comparison, at).sentence}`);
  }
  const { figure, lines: all, parting } = across(comparison, 'accumulated');
  if (parting !== undefined)
    lines.push('', `${figure.label}: the runs part at ${all[parting]!.layer.layer}.`);
  const worst = worstFirst(all).filter(({ worst: by }) => (by ?? 0) > 0);
  if (worst.length > 0) lines.push('', 'Worst against the baseline:');
  for (const { layer, cells } of worst.slice(0, named))
    lines.push(
      `  ${layer.layer}: ${cells.flatMap(({ difference }, at) => (difference === undefined ? [] : [`${runs[at]!.label} ${differenceText(figure, difference)}`])).join(', ')}`,
    );
  return `${lines.join('\n')}\n`;
}
