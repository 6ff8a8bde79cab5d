/** What the bench says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { median } from './turns.mjs';

const milliseconds = (ms) => (ms === undefined ? '–' : ms.toFixed(ms < 1 ? 3 : 2));

const peerNames = {
  litert: 'LiteRT.js',
  ort: 'onnxruntime-web',
  tfjs: 'TF.js wasm',
  webgpu: 'WebGPU, batches of 32',
};

/** `timed`: with milliseconds; else ratios only, which a busy machine disturbs less. */
export function table(found, asked, timed) {
  const spread = (ratios) => `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const one = new Map(found.map((row) => [`${row.model} ${row.scheme} ${row.threads}`, row.ours]));
  const named = asked.map((side) => peerNames[side]);
  const difference =
    asked.length > 1 ? named.map((name) => `difference to ${name}`) : ['largest difference'];
  const head = [
    ...['model', 'scheme', 'threads'],
    ...(timed ? ['ours, ms', ...named.map((name) => `${name}, ms`)] : []),
    ...named.map((name) => `${name} / ours`),
    'ours against one thread',
    ...(asked.length > 0 ? difference : []),
  ];
  const lines = found.map(({ model, scheme, threads, ours, peers }) => {
    const alone = one.get(`${model} ${scheme} 1`);
    const each = asked.map((side) => peers[side]);
    const same = (value) => (value === 0 ? 'identical' : (value?.toExponential(0) ?? '–'));
    return [
      ...[model, scheme, threads],
      ...(timed ? [milliseconds(ours), ...each.map(({ ms }) => milliseconds(ms))] : []),
      ...each.map(({ ratios }) =>
        ratios.length > 0 ? `${median(ratios).toFixed(2)} (${spread(ratios)})` : '–',
      ),
      threads > 1 && alone ? (alone / ours).toFixed(2) : '–',
      ...each.map((peer) => same(peer.difference)),
    ];
  });
  const all = [head, head.map(() => '---'), ...lines];
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What has no figure, and why: each sentence once. */
export function refusals(found) {
  const sentences = new Map();
  for (const { model, scheme, threads, peers } of found)
    for (const [side, { refusal }] of Object.entries(peers)) {
      if (refusal === undefined) continue;
      const said = `${peerNames[side]}: ${refusal.split('\n')[0].replace(/^Error: /, '')}`;
      sentences.set(said, [...(sentences.get(said) ?? []), `${model} ${scheme} ${threads}`]);
    }
  return [...sentences].map(([said, where]) => `${said} (${where.join(', ')})`);
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
