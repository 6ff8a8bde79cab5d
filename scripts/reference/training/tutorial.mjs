/** The tutorial network: three epochs of labels and Adam in tfmot and here, the same batches; the control. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SEEDS = [1, 2, 3, 4, 5];
const EPOCHS = 3;
const BATCH = 32;

export async function measure({ root, folder, python, job }) {
  const model = join(root, 'public/samples/mnist-dense.h5');
  const data = join(root, 'public/samples/mnist.npz');
  const made = [];
  const orders = {};
  // All 8,000 calibrate and train: none is left for selection, and the last epoch is taken, as in tfmot.
  const asked = (seed, step) => ({
    ...{ model, data, choices: { range: 'zero-one' }, scheme: 'int8' },
    ...{ roles: { calibration: 8000, evaluation: 2000, seed }, step },
  });
  for (const seed of SEEDS) {
    const options = { epochs: EPOCHS, batch: BATCH, loss: 'labels', optimizer: 'adam' };
    const request = await job.requestOf(asked(seed, { seed, options }));
    const order = await job.trainingOrder(request, EPOCHS);
    orders[seed] = join(folder, `order.${seed}.i32`);
    writeFileSync(orders[seed], order);
    const constant = { ...options, schedule: 'constant', warmup: 0 };
    const carriedOut = async (step) => {
      const { run } = await job.carryOut(await job.requestOf(asked(seed, step)));
      return { ...job.figuresOf(run), mcnemar: job.againstFloat(run) };
    };
    made.push({
      seed,
      alone: await carriedOut(undefined),
      constant: await carriedOut({ seed, options: constant }),
      schedule: await carriedOut({ seed, options }),
      control: await carriedOut({ seed, options: constant, control: true }),
    });
    console.error('tutorial', seed, made.at(-1).constant.integer, made.at(-1).schedule.integer);
  }
  const about = { model, data, epochs: EPOCHS, batch: BATCH, orders };
  writeFileSync(join(folder, 'tutorial.json'), JSON.stringify(about));
  python([join(root, 'scripts/reference/training/tutorial.py'), folder]);
  const theirs = JSON.parse(readFileSync(join(folder, 'tutorial.result.json'), 'utf8'));
  return {
    versions: theirs.versions,
    conditions:
      'mnist-dense.h5, all 8,000 training digits, 3 epochs of 32, sparse cross-entropy from logits, Adam 1e-3; evaluated on the 2,000 others. tfmot: quantize_model, train_on_batch on our very batches, TFLiteConverter, ai-edge-litert. `constant`: Adam at a constant rate, as there; `schedule`: with warm-up and cosine, as the studio recommends; `control`: the float model trained on the same batches at the constant rate, then quantized.',
    float: theirs.float,
    rows: made.map((row, at) => ({ ...row, tfmot: theirs.rows[at] })),
  };
}
