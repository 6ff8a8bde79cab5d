/** All cases judged, and what they come to: hits, false alarms, what fixes restored, predictions. */
import { cases } from './cases';
import { judge, type Judged } from './measure';

export async function judgeAll(only: readonly string[] = []) {
  const rows: Judged[] = [];
  for (const one of cases) {
    if (only.length > 0 && !only.includes(one.rule)) continue;
    const row = await judge(one);
    rows.push(row);
    console.log(line(row));
  }
  return { versions: {}, summary: summaryOf(rows), rows };
}

function line({
  rule,
  architecture,
  kind,
  found,
  right,
  before,
  unit,
  float,
  sqnr,
  fixes,
}: Judged): string {
  const said = found.map(({ rule: own, chance }) => own + (chance ? ' (chance)' : '')).join(', ');
  const tried = fixes
    .map(
      ({ fix, predicted, measured, restored, unit: own, failed }) =>
        `${fix} ${predicted?.toFixed(1)}→${failed?.slice(0, 60) ?? measured.toFixed(1)}${own} [${restored?.toFixed(0) ?? '–'} %]`,
    )
    .join('; ');
  return `${right === undefined ? ' ' : right ? '✓' : '✗'} ${rule} ${kind} ${architecture}: float ${float.toFixed(1)}, ${before.toFixed(1)} ${unit}, ${sqnr.toFixed(1)} dB | ${said || '–'} | ${tried}`;
}

export function summaryOf(rows: readonly Judged[]) {
  const rules = [...new Set(rows.map(({ rule }) => rule))].filter((rule) => rule !== 'healthy');
  const of = (kind: Judged['kind'], half?: Judged['half']) =>
    rows.filter((row) => row.kind === kind && (half === undefined || row.half === half));
  const faults = (half?: Judged['half']) => of('fault', half);
  const firstFixes = rows.flatMap(({ fixes, half }) =>
    fixes
      .filter(({ first, restored }) => first && restored !== undefined)
      .map((fix) => ({ ...fix, half })),
  );
  const predictions = rows.flatMap(({ fixes }) =>
    fixes.filter(({ predicted, measured }) => predicted !== undefined && Number.isFinite(measured)),
  );
  return {
    table: rules.map((rule) => {
      const own = rows.filter((row) => row.rule === rule);
      return {
        rule,
        hits: own.filter(({ kind, hit }) => kind === 'fault' && hit).length,
        faults: own.filter(({ kind }) => kind === 'fault').length,
        falseAlarms: rows.filter(
          ({ kind, found, alsoRight }) =>
            kind !== 'fault' &&
            !alsoRight.includes(rule) &&
            found.some(({ rule: said, chance }) => said === rule && !chance),
        ).length,
        others: rows.filter(({ kind }) => kind !== 'fault').length,
      };
    }),
    right: (['set', 'judged'] as const).map((half) => ({
      half,
      first: faults(half).filter(({ right }) => right).length,
      of: faults(half).length,
    })),
    restored: (['set', 'judged'] as const).map((half) => ({
      half,
      well: firstFixes.filter((fix) => fix.half === half && fix.restored! >= 80).length,
      of: firstFixes.filter((fix) => fix.half === half).length,
    })),
    healthy: {
      nets: of('healthy').length,
      aboveChance: of('healthy').filter(({ found }) => found.some(({ chance }) => !chance)).length,
    },
    predictions: {
      fixes: predictions.length,
      spearman: spearman(
        predictions.map(({ predicted }) => predicted!),
        predictions.map(({ measured }) => measured),
      ),
    },
  };
}

/** Of equal numbers the mean rank (Spearman 1904). */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  const sum = (f: (at: number) => number) => x.reduce((all, _, at) => all + f(at), 0);
  const covariance = sum((at) => (x[at]! - mean) * (y[at]! - mean));
  const spread = (r: readonly number[]) => Math.sqrt(sum((at) => (r[at]! - mean) ** 2));
  return covariance / (spread(x) * spread(y));
}

function ranks(numbers: readonly number[]): number[] {
  const order = numbers.map((x, at) => [x, at] as const).sort(([p], [q]) => p - q);
  const result = new Array<number>(numbers.length).fill(0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && order[to + 1]![0] === order[from]![0]) to++;
    for (let at = from; at <= to; at++) result[order[at]![1]] = (from + to) / 2;
    from = to + 1;
  }
  return result;
}
