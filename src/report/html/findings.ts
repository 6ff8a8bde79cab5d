/** Section of the findings: of each run that was looked at, why layers are bad, what that costs, what to do. */
import type { Comparison } from '../../analysis/compareRuns';
import { number } from '../../analysis/format';
import type { Finding, Fix, Gain } from '../../run/findings';
import { escaped } from '../charts/svg';
import { list, paragraph, runName } from './parts';

const amount = ({ unit, value }: Gain): string =>
  `${value > 0 ? '+' : ''}${number(value)}${unit === '' ? '' : ` ${unit === '%' ? 'points' : unit}`}`;

const fixText = ({ label, predicted, note }: Fix): string =>
  label +
  (predicted ? ` (predicted ${amount(predicted)})` : '') +
  (note === undefined ? '' : `. ${note}`);

function findingHtml({ title, layers, reason, cost, couldBeChance, fixes }: Finding): string {
  const where = layers.length > 0 ? `: ${layers.join(', ')}` : '';
  const price = cost ? ` ${cost.label}: ${amount(cost)} on ${cost.samples} samples.` : '';
  const chance = couldBeChance ? ' Could be chance.' : '';
  return `<b>${escaped(title + where)}</b><br>${escaped(reason + price + chance)}${list(fixes.map((fix) => escaped(fixText(fix))))}`;
}

/** Empty where no run was looked at. */
export function findingsSection({ runs }: Comparison): string {
  return runs
    .flatMap(({ label, runs: own }, at) => {
      const { findings } = own[0]!.figures;
      if (!findings) return [];
      const found =
        findings.length === 0 ? paragraph('Nothing to repair.') : list(findings.map(findingHtml));
      return [(runs.length > 1 ? `<h3>${runName(label, at)}</h3>` : '') + found];
    })
    .join('');
}
