/**
 * A comparison as one HTML file: charts as SVG, tables, recipes, seeds, engines, the runtime that
 * verified, and the data as JSON inside (id "comparison"). It asks for nothing from anywhere.
 */
import { comparedFigures, type Comparison } from '../../analysis/compareRuns';
import type { Verification } from '../../run/verification';
import { comparisonData } from './data';
import { findingsSection } from './findings';
import { madeSection } from './made';
import { jsonIsland, paragraph, section } from './parts';
import {
  chartsSection,
  differencesSection,
  layersSection,
  realitySection,
  runsSection,
  tradeOffSection,
} from './sections';
import { VERSION } from '../../model/version';
import { toJson } from '../json';
import { escaped } from '../charts/svg';
import { style } from './style';

export interface HtmlExtras {
  /** By run id. */
  readonly verifications?: Readonly<Record<string, Verification>>;
  readonly at?: Date;
}

export function comparisonHtml(comparison: Comparison, extras: HtmlExtras = {}): string {
  const { runs } = comparison;
  const models = [...new Set(runs.map(({ runs: [run] }) => run!.made.subject.name))];
  const title = `Intact: ${runs.map(({ label }) => label).join(' · ')}`;
  const figures = comparedFigures(comparison).map(({ id }) => id);
  const findings = findingsSection(comparison);
  const body = [
    `<h1>${escaped(models.join(', '))}</h1>`,
    paragraph(
      `${runs.length === 1 ? 'Report of one run' : `Comparison of ${runs.length} runs`}, written by Intact ${VERSION} on ${(extras.at ?? new Date()).toISOString().slice(0, 16).replace('T', ' ')} UTC. Latency is measured on the machine that made the run; energy is a model of 45 nm silicon (Horowitz 2014), not a measurement; size is the bytes of the exported .tflite.`,
      true,
    ),
    ...(runs.length > 1
      ? [
          section('What differs', differencesSection(comparison)),
          section('Is it real?', realitySection(comparison)),
        ]
      : []),
    section('Runs', runsSection(comparison)),
    ...(findings ? [section('Findings', findings)] : []),
    ...(runs.length > 1 ? [section('Trade-off', tradeOffSection(comparison))] : []),
    section('Per layer', chartsSection(comparison, figures)),
    section('Comparison by layer', layersSection(comparison, figures)),
    section('How the runs were made', madeSection(comparison, extras.verifications ?? {})),
  ].join('');
  const data = toJson(comparisonData(comparison, extras.verifications ?? {}));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escaped(title)}</title><style>${style}</style></head>
<body>${body}${jsonIsland('comparison', data)}</body></html>
`;
}
