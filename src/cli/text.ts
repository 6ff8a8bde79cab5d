/** What the shell prints for people. */
import {
  fakeQuantScores,
  figuresOf,
  rowsOf,
  unitNames,
  type LayerFigure,
  type Unit,
} from '../analysis/figures';
import { plural } from '../analysis/format';
import { marksOf, type Mark } from '../analysis/marks';
import { listed } from '../data/raw';
import type { Check } from '../data/samples';
import type { OpenedModel } from '../jobs/types';
import type { Score } from '../run/figures';
import type { Run } from '../run/types';

const grouped = (value: number) => value.toLocaleString('en-US');
const fixed = (value: number | undefined, digits: number) =>
  value === undefined || Number.isNaN(value)
    ? '–'
    : Number.isFinite(value)
      ? value.toFixed(digits)
      : '∞';

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const NAME_WIDTH = 56;
/** The end of a name tells layers apart; the whole name is in --json and in the report. */
const short = (name: string) =>
  name.length <= NAME_WIDTH ? name : `${name.slice(0, 12)}…${name.slice(13 - NAME_WIDTH)}`;

const border = (items: OpenedModel['summary']['inputs']) =>
  items
    .map(
      ({ name, shape, dtype }) =>
        `${name} ${dtype}[${shape.map((n) => (n < 0 ? '?' : n)).join(', ')}]`,
    )
    .join('; ');

/** What `inspect --json` prints. */
export function inspection(model: OpenedModel) {
  const { graph, optimized, summary, signatures } = model;
  const describe = (index: number) => {
    const value = graph.values[index];
    if (!value) return null;
    const { name, shape, dtype, quant } = value;
    return {
      name,
      shape,
      dtype,
      ...(quant
        ? { scale: [...quant.scale], zeroPoint: [...quant.zeroPoint], axis: quant.axis }
        : {}),
    };
  };
  return {
    name: model.name,
    format: model.format,
    description: model.description,
    fileBytes: model.fileBytes,
    ...(signatures ? { signatures: { read: signatures.read, all: signatures.all } } : {}),
    ...summary,
    issues: model.issues,
    layerList: graph.layers,
    nodes: graph.nodes.map((node) => ({
      name: node.name,
      op: node.op,
      layer: graph.layers[node.layer]?.name,
      attributes: node.attrs,
      inputs: node.inputs.map(describe),
      outputs: node.outputs.map(describe),
    })),
    optimizedNodes: optimized.nodes.length,
  };
}

/** What was assumed or left out of the model's file, a line each. */
export const issuesText = ({ issues }: Pick<OpenedModel, 'issues'>): string =>
  issues
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, message }) => `${severity}: ${message}\n`)
    .join('');

/** What the recipe's steps changed, a line each. */
export const repairedText = ({ repaired = [] }: Pick<Run['made'], 'repaired'>): string =>
  repaired
    .flatMap(({ kind, sentences }) => sentences.map((sentence) => `${kind}: ${sentence}\n`))
    .join('');

export function modelText(model: OpenedModel): string {
  const { summary, graph } = model;
  const head = [
    `${model.name}: ${model.description}, ${grouped(model.fileBytes)} bytes`,
    `${summary.layers} layers, ${grouped(summary.params)} parameters, ${grouped(summary.macs)} MACs${summary.quantized ? ', quantized' : ''}`,
    `in:  ${border(summary.inputs)}`,
    `out: ${border(summary.outputs)}`,
  ];
  const rows = [
    ['layer', 'op', 'output'],
    ...graph.nodes.map((node) => {
      const output = graph.values[node.outputs[0]!];
      return [
        short(node.name),
        node.op,
        output ? `${output.dtype}[${output.shape.join(', ')}]` : '',
      ];
    }),
  ];
  const issues = model.issues.map((issue) => `${issue.severity}: ${issue.message}`);
  return [...head, '', table(rows), ...(issues.length > 0 ? ['', ...issues] : []), ''].join('\n');
}

const amount = ({ value, unit }: Pick<Score, 'value' | 'unit'>): string =>
  `${fixed(value, unit === '%' ? 2 : 3)}${unit && ` ${unit}`}`;
/** Counts stand among what is said beside a score. */
const beside = ({ label, value, unit }: Score['more'][number]): string =>
  `${label} ${unit === '' && Number.isInteger(value) ? grouped(value) : amount({ value, unit })}`;

/** "accuracy 97.33 % on 150 samples (AUC 0.981) [assumed: Value range]": what stands beside it, and what it stands on. */
function score(one: Score, marks: readonly Mark[]): string {
  const more = one.more.map(beside).join('; ');
  const assumed = marks.filter(({ id }) => id === 'assumed').map(({ short }) => ` [${short}]`);
  return `${one.label} ${amount(one)} on ${grouped(one.samples)} ${one.synthetic ? 'synthetic ' : ''}samples${more && ` (${more})`}${assumed.join('')}`;
}

/** Every output's score; named where there are several. */
function scores(all: readonly Score[], marks: readonly Mark[]): string {
  return all.map((one) => (all.length > 1 ? `${one.output}: ` : '') + score(one, marks)).join('; ');
}

/** One line per calibration method, under the float model's. */
export function calibrationsText(
  rows: readonly { readonly calibration: string; readonly run: Run }[],
): string {
  const [first] = rows;
  if (!first) return '';
  const width = Math.max(...rows.map(({ calibration }) => calibration.length), 5);
  const lines = rows.map(({ calibration, run: { made, figures } }) => {
    const { whole, likeness } = figures;
    const own = likeness.filter(({ kind }) => whole.scores.every((one) => one.kind !== kind));
    const marks = marksOf(made.samples);
    const said = [scores(whole.scores, marks), ...own.map((one) => score(one, marks))];
    return `${calibration.padEnd(width)}  ${said.join('; ')}`;
  });
  const { made, figures } = first.run;
  return [
    `${'float'.padEnd(width)}  ${scores(figures.float.scores, marksOf(made.samples))}`,
    ...lines,
    '',
  ].join('\n');
}

export function scoreText({ made, figures }: Run, msPerSample: number): string {
  return `${made.subject.name}: ${scores(figures.whole.scores, marksOf(made.samples))}; ${fixed(msPerSample, 3)} ms a sample (${made.engine})\n`;
}

/** What the files don't say, and how it was decided. */
export function checksText(checks: readonly Check[]): string {
  return checks
    .map(({ label, value, status, sentence }) => `${label}: ${value} (${status}). ${sentence}\n`)
    .join('');
}

/** Decimals by unit; other units are whole numbers. */
const decimals: Readonly<Partial<Record<Unit, number>>> = {
  dB: 1,
  points: 2,
  ms: 3,
  target: 4,
  number: 4,
};
/** Columns of the shell's table, by figure; more stands in the report. */
const shown = ['isolated', 'accumulated', 'drift', 'sensitivity', 'size', 'latency'];

const head = ({ label, unit }: LayerFigure) =>
  [label, unit === 'bytes' ? unit : unitNames[unit]].filter(Boolean).join(', ');

function layerTable(run: Run): string {
  const columns = figuresOf(run).filter(({ id }) => shown.includes(id));
  const cell = (unit: Unit, value: number | undefined) =>
    value !== undefined && decimals[unit] === undefined
      ? grouped(value)
      : fixed(value, decimals[unit] ?? 0);
  return table([
    [
      'layer',
      'scheme',
      ...columns.flatMap((figure) => (figure.float ? [head(figure), '→'] : [head(figure)])),
    ],
    ...rowsOf(run).map((row) => [
      short(row.id),
      row.scheme,
      ...columns.flatMap(({ unit, value, float }) =>
        float ? [cell(unit, float(row)), cell(unit, value(row))] : [cell(unit, value(row))],
      ),
    ]),
  ]);
}

export function runText(run: Run, out: string): string {
  const { made, figures } = run;
  const { whole, float, likeness, alarms, counts } = figures;
  const { recipe, engine, subject } = made;
  const own = likeness.filter(({ kind }) => whole.scores.every((one) => one.kind !== kind));
  const marks = marksOf(made.samples);
  const on = (what: string, count: number | undefined) =>
    count === undefined ? '' : `, ${what} on ${plural(count, 'sample')}`;
  const alone =
    on('layers compared', counts.accumulated) +
    on('each alone', counts.isolated) +
    on('score change', counts.sensitivity) +
    (counts.sensitivityLayers === undefined
      ? ''
      : ` of the ${counts.sensitivityLayers} layers that lose most by themselves`);
  return [
    `${subject.name}, ${recipe?.name ?? 'as it is'} for ${recipe?.target ?? 'no target'}: ${out}, ${grouped(whole.fileBytes)} bytes (float ${grouped(float.fileBytes)})`,
    ...alarms.map(({ sentence }) => `alarm:     ${sentence}`),
    `float:     ${scores(float.scores, marks)}`,
    `quantized: ${[scores(whole.scores, marks), ...own.map((one) => score(one, marks))].join('; ')}`,
    ...fakeQuantText(figures.fakeQuant, marks),
    ...(whole.ms === undefined
      ? []
      : [`latency:   ${fixed(float.ms, 3)} → ${fixed(whole.ms, 3)} ms (${engine})`]),
    ...(figures.computed ? [`backend:   ${figures.computed.why}`] : []),
    `energy:    ${fixed(float.energy / 1e6, 2)} → ${fixed(whole.energy / 1e6, 2)} µJ (a model of 45 nm silicon, not a measurement)`,
    `samples:   ${roles(run)}${alone}`,
    '',
    ...marks.map(({ short }) => `Scores and errors by layer stand on samples that are ${short}.`),
    layerTable(run),
    '',
  ].join('\n');
}

/** What training saw, beside what the integer model gives on the same samples. */
function fakeQuantText(
  fakeQuant: Run['figures']['fakeQuant'],
  marks: readonly Mark[],
): readonly string[] {
  const both = fakeQuant && fakeQuantScores(fakeQuant);
  if (!both) return [];
  const least = Object.entries(fakeQuant.drift).sort(([, a], [, b]) => a - b)[0];
  const drift = least
    ? `; most drift at ${short(least[0])}: ${fixed(least[1], 1)} dB on ${fakeQuant.driftSamples} samples`
    : '';
  return [
    `simulated: ${score(both.fake, marks)} with fake quantization, ${score(both.integer, marks)} in integers${drift}`,
  ];
}

function roles({ made }: Run): string {
  return made.samples.roles.map(({ role, count }) => `${count} ${role}`).join(', ');
}

/** What a refused data set leaves to choose, as flags: what was taken, and what there is. */
export function choicesText(checks: readonly Check[]): string {
  return checks
    .filter(({ choices }) => choices.length > 1)
    .map(
      ({ id, value, choices }) =>
        `  --choose ${id}=${value}  (of ${listed(
          choices.map((choice) => choice.value),
          20,
        )})\n`,
    )
    .join('');
}
