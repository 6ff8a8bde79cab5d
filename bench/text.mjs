/** What the bench says. */
import { readFileSync, writeFileSync } from 'node:fs';

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const milliseconds = (ms) => (ms === undefined ? '–' : ms.toFixed(ms < 1 ? 3 : 2));

/** `timed`: with milliseconds; else ratios only, which a busy machine disturbs less. */
export function table(found, timed) {
  const spread = (ratios) => `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const one = new Map(found.map((row) => [`${row.model} ${row.scheme} ${row.threads}`, row.ours]));
  const head = ['model', 'scheme', 'threads'];
  if (timed) head.push('ours, ms', 'LiteRT.js, ms');
  head.push('LiteRT.js / ours', 'ours against one thread', 'largest difference');
  const lines = found.map(({ model, scheme, threads, ours, theirs, ratios, difference }) => {
    const alone = one.get(`${model} ${scheme} 1`);
    const same = difference === 0 ? 'identical' : difference?.toExponential(0);
    return [
      model,
      scheme,
      threads,
      ...(timed ? [milliseconds(ours), milliseconds(theirs)] : []),
      ratios.length > 0 ? `${median(ratios).toFixed(2)} (${spread(ratios)})` : '–',
      threads > 1 && alone ? (alone / ours).toFixed(2) : '–',
      same ?? '–',
    ];
  });
  const all = [head, head.map(() => '---'), ...lines];
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Every layer, with what it reaches of the peak of the same run. */
export function layerText({ model, scheme, threads, layers, peak }) {
  const total = layers.reduce((sum, { ms }) => sum + ms, 0);
  const most = peak[scheme === 'float32' ? 'float32' : 'int8'] * threads;
  const lines = layers.map(({ node, op, ms, ops, shape }) => {
    const gops = ops / ms / 1e6;
    const speed =
      ops > 0
        ? `${gops.toFixed(0).padStart(5)} GOPS ${((100 * gops) / most).toFixed(0).padStart(3)} %`
        : ''.padStart(16);
    return `${(1000 * ms).toFixed(1).padStart(10)} µs ${((100 * ms) / total).toFixed(1).padStart(5)} %  ${speed}  ${op} ${shape ?? ''} ${node.slice(-40)}`;
  });
  return `\n${model}, ${scheme}, ${threads} threads: ${milliseconds(total)} ms in layers; peak ${most.toFixed(0)} GOPS\n${lines.join('\n')}`;
}

/** Puts `text` between the marks of `name`. */
export function write(path, text, name = 'bench') {
  const marks = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const page = readFileSync(path, 'utf8');
  const [from, to] = marks.map((mark) => page.indexOf(mark));
  writeFileSync(path, `${page.slice(0, from + marks[0].length)}\n\n${text}\n\n${page.slice(to)}`);
}
