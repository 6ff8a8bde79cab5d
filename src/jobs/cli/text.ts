import type { Score } from '../../analysis/types';
import type { OpenedModel, Run } from '../types';

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
  const { graph, optimized, summary } = model;
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

function score({ kind, value, unit, samples, synthetic }: Score): string {
  return `${kind} ${fixed(value, unit === '%' ? 2 : 3)}${unit && ` ${unit}`} on ${samples} ${synthetic ? 'synthetic ' : ''}samples`;
}

export function scoreText(result: {
  model: string;
  score: Score;
  msPerSample: number;
  engine: string;
}): string {
  return `${result.model}: ${score(result.score)}; ${fixed(result.msPerSample, 3)} ms a sample (${result.engine})\n`;
}

export function runText(run: Run, out: string): string {
  const rows = [
    ['layer', 'scheme', 'SQNR alone dB', 'SQNR all dB', 'Δ score', 'bytes', '→', 'ms', '→'],
    ...run.layers.map((layer) => [
      short(layer.id),
      layer.scheme,
      fixed(layer.isolated?.sqnr, 1),
      fixed(layer.accumulated?.sqnr, 1),
      fixed(layer.sensitivity, 2),
      grouped(layer.bytesFloat),
      grouped(layer.bytesQuantized),
      fixed(layer.msFloat, 3),
      fixed(layer.msQuantized, 3),
    ]),
  ];
  return [
    `${run.modelName}, ${run.recipe.name}: ${out}, ${grouped(run.fileBytes)} bytes (float ${grouped(run.floatFileBytes)})`,
    `float:     ${score(run.floatScore)}`,
    `quantized: ${score(run.score)}; ${score(run.agreement)}`,
    ...(run.msFloat === undefined
      ? []
      : [`latency:   ${fixed(run.msFloat, 3)} → ${fixed(run.msQuantized, 3)} ms (${run.engine})`]),
    `energy:    ${fixed(run.energyFloat / 1e6, 2)} → ${fixed(run.energyQuantized / 1e6, 2)} µJ (a model of 45 nm silicon, not a measurement)`,
    '',
    table(rows),
    '',
  ].join('\n');
}
