/** The report's sections, each from the comparison alone. */
import {
  across,
  comparisonMarks,
  differencesOf,
  differenceText,
  everyTotal,
  measureText,
  realityOf,
  totalText,
  wholeLines,
  type Comparison,
} from '../../analysis/compareRuns';
import type { Verification } from '../../run/verification';
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
      const items = settings.map(({ words, measured }) => {
        if (alone || !measured) return escaped(words) + (alone ? '' : escaped(': not separated'));
        const [from, to] = measured;
        return escaped(
          `${words}: ${totalText(comparison, from, to)} (measured between ${runs[from]!.label} and ${runs[to]!.label})`,
        );
      });
      return `<h3>${runName(runs[at]!.label, at)} against ${runName(runs[baseline]!.label, baseline)}</h3>${paragraph(`In all: ${total || 'nothing measured of both yet'}.`)}${items.length > 0 ? list(items) : paragraph('The same settings.', true)}`;
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
  return table(
    'Runs',
    [{ head: 'Run' }, ...lines.map(({ figure }) => ({ head: figure.label, numeric: true }))],
    runs.map(({ label }, at) => [
      runName(label, at) + (at === baseline ? ' (baseline)' : ''),
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
  );
}

export function tradeOffSection({ runs }: Comparison): string {
  const points = runs.map(({ runs: [run], label }, position) => ({ run: run!, label, position }));
  const drawn = costs.flatMap(({ id }) => tradeOff(points, id) ?? []);
  return drawn.length === 0
    ? paragraph('Fewer than two runs have a score and a cost in the same terms.')
    : drawn.map(tradeOffSvg).join('');
}

export function chartsSection(comparison: Comparison, figures: readonly string[]): string {
  return figures
    .map((id) => layerChart(comparison, id))
    .filter(({ rows }) => rows.some(({ marks }) => marks.length > 0))
    .map((chart) => layerChartSvg(chart) + paragraph(chart.figure.definition, true))
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
            ...runs.map(({ label }) => ({ head: label, numeric: true })),
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

export function madeSection(
  { runs }: Comparison,
  verifications: Readonly<Record<string, Verification>>,
): string {
  return runs
    .flatMap(({ label, runs: own }, position) =>
      own.map(({ id, made }) => {
        const { subject, samples, engine, createdAt, recipe, from } = made;
        const roles = samples.roles.map(
          ({ role, count }) => `${count.toLocaleString('en-US')} ${role}`,
        );
        const facts: readonly (readonly [string, string])[] = [
          ['Model', `${subject.name} (${subject.format}), SHA-256 ${subject.key}`],
          [
            'Samples',
            `${samples.name}${samples.synthetic ? ' (synthetic)' : ''}: ${roles.join(', ')}`,
          ],
          ['Seeds', seedWords(recipe)],
          ['Engine', engine],
          ['Made', new Date(createdAt).toISOString()],
          ['Verified', verified(verifications[id])],
          ...(from === undefined ? [] : [['Started from', `run ${from}`] as const]),
        ];
        const text = recipe ? JSON.stringify(recipe, null, 1) : 'The model as it is: no recipe.';
        return `<h3>${runName(label, position)}</h3>${table(
          `How ${label} was made`,
          [{ head: 'What' }, { head: 'Value' }],
          facts.map(([name, value]) => [escaped(name), escaped(value)]),
        )}<pre>${escaped(text)}</pre>`;
      }),
    )
    .join('');
}

function seedWords(recipe: Comparison['runs'][number]['runs'][number]['made']['recipe']): string {
  const seeds = (recipe?.steps ?? []).flatMap((step) =>
    'seed' in step ? [`${step.kind} ${step.seed}`] : [],
  );
  return seeds.length === 0 ? 'none beside that of the samples' : seeds.join(', ');
}

const verified = (verification: Verification | undefined): string =>
  verification
    ? `${verification.runtime}: ${verification.identical.toLocaleString('en-US')} of ${verification.samples.toLocaleString('en-US')} samples identical, largest difference ${verification.largestDifference}`
    : 'not in this report';
