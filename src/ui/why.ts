/** The plan's reasons (quant/schemes.ts) as the page says them. */

const byRule = /,? by rule \d+ \((.*) × (.*)\)$/;

/** "int8, per-channel weights, by rule 1 (.* × *)" of an int8 layer is "per-channel weights". */
export function whyText(scheme: string, why: string): string {
  const plain = why
    .replace(byRule, (_, layers: string, op: string) => {
      if (layers !== '.*') return ', as chosen for this layer';
      return op === '*' ? '' : `, as the recipe says for ${op}`;
    })
    .replace(/-(?=\d)/g, '−');
  if (plain === scheme) return '';
  return plain.startsWith(`${scheme}, `) ? plain.slice(scheme.length + 2) : plain;
}
