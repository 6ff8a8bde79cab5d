/** Pieces of the report as text. Everything that comes from a model or a file is escaped here. */
import { colourOf, shapeOf, shapePath } from '../charts/marks';
import { escaped } from '../charts/svg';

export interface Column {
  readonly head: string;
  readonly numeric?: boolean;
}

/** `rows`: cells as HTML, already escaped. */
export function table(
  name: string,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const kind = (at: number) =>
    columns[at]?.numeric ? ' class="n"' : at === 0 ? ' class="name"' : '';
  const head = columns.map(
    ({ head: title }, at) => `<th scope="col"${kind(at)}>${escaped(title)}</th>`,
  );
  const body = rows.map(
    (cells) => `<tr>${cells.map((cell, at) => `<td${kind(at)}>${cell}</td>`).join('')}</tr>`,
  );
  return `<div class="wide"><table aria-label="${escaped(name)}"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

export const section = (title: string, ...content: readonly string[]): string =>
  `<section><h2>${escaped(title)}</h2>${content.join('')}</section>`;

export const paragraph = (text: string, muted = false): string =>
  `<p${muted ? ' class="muted"' : ''}>${escaped(text)}</p>`;

export const list = (items: readonly string[]): string =>
  items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

/** The run's shape and colour before its name: the same as in every chart. */
export const runName = (label: string, position: number): string =>
  `<svg class="key" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d="${shapePath(shapeOf(position), 6, 6, 4.4)}" fill="${colourOf(position)}"/></svg>${escaped(label)}`;

export const mark = (label: string, sentence: string): string =>
  `<span class="mark" title="${escaped(sentence)}">${escaped(label)}</span>`;

/** JSON that may stand within a script element: no "</script>" and no "<!--" whatever the names are. */
export const jsonIsland = (id: string, json: string): string =>
  `<script type="application/json" id="${id}">${json
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')}</script>`;
