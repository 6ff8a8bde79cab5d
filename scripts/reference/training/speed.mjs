/** Milliseconds of a training step: TF.js cpu, ours with one and two threads, tfmot, in turn in one run. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** Steps of one turn, and turns; TF.js cpu takes seconds a step. */
const nets = [
  {
    ...{ name: 'dense', model: 'public/samples/mnist-dense.h5', data: 'public/samples/mnist.npz' },
    ...{ choices: { range: 'zero-one' }, steps: 60, cpu: 8, turns: 6 },
  },
  {
    ...{ name: 'mobilenet', model: 'public/samples/mnist-mobilenet.keras' },
    ...{ data: 'public/samples/mnist.npz', choices: { range: 'zero-one' } },
    ...{ steps: 24, cpu: 2, turns: 6 },
  },
  {
    ...{ name: 'resnet8', model: '../shared/models/mlperf-tiny/resnet8.h5' },
    ...{ data: '../shared/data/cifar10/cifar10_1000.npz', choices: { range: 'raw-255' } },
    ...{ steps: 12, cpu: 1, turns: 6 },
  },
];

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const figures = (numbers) => {
  const all = sorted(numbers);
  return { least: all[0], median: all[Math.floor(all.length / 2)], steps: all.length };
};

/** tfmot in a process of its own, asked line by line. */
async function tfmot(root) {
  const script = join(root, 'scripts/reference/training/speed.py');
  const started = spawn(process.env.INTACT_PYTHON ?? 'python3', [script, root], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  return {
    versions: await next(),
    async step(name, steps) {
      started.stdin.write(`${name} ${steps}\n`);
      return (await next()).ms;
    },
    end: () => started.kill(),
  };
}

export async function measure({ root, bundled }) {
  const { standOf } = await import(pathToFileURL(join(bundled, 'speed.mjs')).href);
  const thread = pathToFileURL(join(bundled, 'gradients.mjs'));
  const python = await tfmot(root);
  const rows = [];
  try {
    for (const { name, model, data, steps, cpu, turns, choices } of nets) {
      if (!existsSync(join(root, model))) continue;
      const roles = { calibration: 100, evaluation: 100, seed: 1 };
      const files = { model: join(root, model), data: join(root, data) };
      const stand = await standOf({ ...files, choices, scheme: 'int8', roles }, thread);
      const times = { one: [], two: [], tfmot: [], cpu: [] };
      for (let turn = 0; turn < turns; turn++) {
        times.one.push(...(await stand.steps({ backend: 'wasm', threads: 1, steps })));
        times.two.push(...(await stand.steps({ backend: 'wasm', threads: 2, steps })));
        times.tfmot.push(await python.step(name, Math.min(64, 2 * steps)));
      }
      times.cpu.push(...(await stand.steps({ backend: 'cpu', threads: 1, steps: cpu })));
      rows.push({
        net: name,
        ...Object.fromEntries(Object.entries(times).map(([who, all]) => [who, figures(all)])),
      });
      console.error(JSON.stringify(rows.at(-1)));
    }
  } finally {
    python.end();
  }
  return {
    versions: python.versions,
    conditions: `Batch 32, int8 per channel with fake quantization, cross-entropy to the labels in ours and tfmot's (a distillation asks the float model as well in its first epoch), in node on ${cpus()[0].model}, ${cpus().length} cores; turns of ours with one thread, with two, and tfmot (two threads; an epoch's wall time over its steps), then TF.js' cpu backend with the same layer functions. Milliseconds; \`least\` over all steps (tfmot: over turns).`,
    rows,
  };
}
