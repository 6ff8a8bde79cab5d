/** Table of docs/results.md from docs/reference/findings.json: node scripts/reference/findings/table.mjs */
import { readFileSync } from 'node:fs';

const { summary, rows } = JSON.parse(
  readFileSync(new URL('../../../docs/reference/findings.json', import.meta.url), 'utf8'),
);
const nets = (rule, kind, half) =>
  rows.find((row) => row.rule === rule && row.kind === kind && row.half === half);
const cell = (row) => (row.right ? 'first' : row.hit ? 'found, not first' : 'missed');
const costs = new Set(['float-islands', 'slower', 'more-than-needed']);
const fix = ({ rule, fixes }) => {
  if (costs.has(rule)) return '–';
  const first = fixes.find(
    (one) => one.first && one.restored !== null && one.restored !== undefined,
  );
  return first ? `${Math.round(first.restored)} %` : '–';
};
console.log('| rule | set on | | fix restores | judged on | | fix restores | false alarms |');
console.log('|---|---|---|---:|---|---|---:|---:|');
for (const { rule, falseAlarms, others } of summary.table) {
  const [set, judged] = ['set', 'judged'].map((half) => nets(rule, 'fault', half));
  console.log(
    `| ${rule} | ${set.architecture} | ${cell(set)} | ${fix(set)} | ${judged.architecture} | ${cell(judged)} | ${fix(judged)} | ${falseAlarms} of ${others} |`,
  );
}
console.log(JSON.stringify({ ...summary, table: undefined }));
