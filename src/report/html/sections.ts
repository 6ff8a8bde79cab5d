/** The report's sections, each from the comparison alone. */
import {
  across,
  comparisonMarks,
  differencesOf,
  differenceText,
  everyTotal,
  markedLabel,
  measureText,
  realityOf,
  totalMarks,
  totalText,
  wholeLines,
  type Comparison,
} from '../../analysis/compareRuns';
import { layerChart, layerChartSvg } from '../charts/layers';
import { escaped } from '../charts/svg';
import { costs, tradeOff, tradeOffSvg } from '../charts/tradeOff';
import { list, mark, paragraph, runName, table } from './parts';

const none = '–';
const others = ({ runs, baseline }: Comparison) =>
  runs.map((_, at) => at).filter((at) => at !== baseline);

export function differencesSection(comparison: Comparison): string {
  const { runs, baseline } = comparison;
  return others(comparison)
    .map((at) => {
      const { settings, alone } = differencesOf(runs, baseline, at);
      const total = totalText(comparison, baseline, at, everyTotal);
      const marks = totalMarks(comparison, at).map(({ label, sentence }) => mark(label, sentence));
      const items = settings.map(({ words, measured }) => {
        if (alone) return escaped(words);
        if (!measured) return escaped(`${words}: not separated`);
        const [from, to] = measured;
        return escaped(
          `${words}: ${totalText(comparison, from, to)} (measured between ${runs[from]!.label} and ${runs[to]!.label})`,
        );
      });
      return `<h3>${runName(runs[at]!.label, at)} against ${runName(runs[baseline]!.label, baseline)}</h3><p>In all: <b>${escaped(total || 'nothing measured of both yet')}</b>.${marks.join('')}</p>${items.length > 0 ? list(items) : paragraph('The same settings.', true)}`;
    })
    .join('');
}

export const realitySection = (comparison: Comparison): string =>
  list(
    others(comparison).map(
      (at) =>
        `${runName(comparison.runs[at]!.label, at)}: ${escaped(realityOf(comparison, at).sentence)}`,
    ),
  );

export function runsSection(comparison: Comparison): string {
  const { runs, baseline } = comparison;
  const lines = wholeLines(comparison);
  const alarms = runs.flatMap(({ label, runs: own }) =>
    own.flatMap(({ figures }) =>
      figures.alarms.map(({ sentence }) => escaped(`${label}: ${sentence}`)),
    ),
  );
  return (
    table(
      'Runs',
      [{ head: 'Run' }, ...lines.map(({ figure }) => ({ head: figure.label, numeric: true }))],
      runs.map(({ label }, at) => [
        runName(label, at) + (at === baseline && runs.length > 1 ? ' (baseline)' : ''),
        ...lines.map(({ figure, cells }) => {
          const { measure, difference, worse } = cells[at]!;
          if (!measure) return none;
          const marks = comparisonMarks(comparison, at, figure);
          const change =
            difference === undefined
              ? ''
              : `<br><span class="${(worse ?? 0) > 0 ? 'worse' : 'muted'}">${escaped(differenceText(figure, difference))}</span>`;
          return (
            escaped(measureText(figure, measure)) +
            change +
            marks.map(({ label: said, sentence }) => mark(said, sentence)).join('')
          );
        }),
      ]),
    ) + list(alarms)
  );
}

export function tradeOffSection({ runs }: Comparison): string {
  const points = runs.map(({ runs: [run], label }, position) => ({ run: run!, label, position }));
  const drawn = costs.flatMap(({ id }) => tradeOff(points, id) ?? []);
  return drawn.length === 0
    ? paragraph('Fewer than two runs have a score and a cost in the same terms.')
    : drawn.map(tradeOffSvg).join('');
}

/** Rows of one picture: what fits on a page of paper, since no printer breaks a picture in two. */
const rowsOfPicture = 40;

export function chartsSection(comparison: Comparison, figures: readonly string[]): string {
  return figures
    .map((id) => layerChart(comparison, id))
    .filter(({ rows }) => rows.some(({ marks }) => marks.length > 0))
    .map((chart) => {
      const pictures = Math.ceil(chart.rows.length / rowsOfPicture);
      const drawn = Array.from({ length: pictures }, (_, at) =>
        layerChartSvg(chart, at * rowsOfPicture, (at + 1) * rowsOfPicture),
      );
      return drawn.join('') + paragraph(chart.figure.definition, true);
    })
    .join('');
}

export function layersSection(comparison: Comparison, figures: readonly string[]): string {
  const { runs, layers } = comparison;
  return figures
    .map((id) => across(comparison, id))
    .filter(({ range }) => range)
    .map(
      ({ figure, lines }) =>
        `<h3>${escaped(figure.label)}</h3>${table(
          `${figure.label} by layer`,
          [
            { head: 'Layer' },
            { head: 'Type' },
            ...runs.map((_, at) => ({ head: markedLabel(comparison, at, figure), numeric: true })),
          ],
          lines.map(({ cells }, index) => [
            `${index + 1}. ${escaped(layers[index]!.layer)}`,
            escaped(layers[index]!.type),
            ...cells.map(({ measure, difference, absent }) =>
              absent
                ? 'no such layer'
                : measure
                  ? escaped(measureText(figure, measure)) +
                    (difference === undefined
                      ? ''
                      : ` <span class="muted">${escaped(differenceText(figure, difference))}</span>`)
                  : none,
            ),
          ]),
        )}`,
    )
    .join('');
}
