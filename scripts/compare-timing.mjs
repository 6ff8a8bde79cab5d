/**
 * How long the comparison of six runs of a 150-layer model keeps the main thread, in fresh Chromiums:
 * from the press on Compare to the rows on the screen, and the longest task while the rows are scrolled
 * and hovered over.
 *   npm run build && node scripts/compare-timing.mjs [LAUNCHES]
 */
import { chromium as browser } from '@playwright/test';
import { chromium } from './chromium.mjs';
import { serve } from './serve.mjs';

const [launches = '3'] = process.argv.slice(2);
const layers = 150;
const { server, address } = await serve(0);
const times = { draw: [], scroll: [], hover: [] };
for (let launch = 0; launch < Number(launches); launch++) {
  const instance = await browser.launch({
    executablePath: chromium(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  const page = await instance.newPage({ viewport: { width: 1280, height: 800 } });
  await sixRuns(page);
  // Once before it counts: the code is there and compiled, as it is for whoever looks twice.
  times.draw.push(await tasksDuring(page, drawn, 'sum'));
  const rows = page.locator('[data-layer]');
  const box = await rows.nth(3).boundingBox();
  await page.mouse.move(box.x + 320, box.y);
  times.scroll.push(
    await tasksDuring(page, async () => {
      for (let step = 0; step < 30; step++) {
        await page.mouse.wheel(0, 110);
        await page.waitForTimeout(30);
      }
    }),
  );
  times.hover.push(
    await tasksDuring(page, async () => {
      for (let step = 0; step < 40; step++) {
        await page.mouse.move(box.x + 200 + 8 * step, box.y + (step % 12) * 20);
        await page.waitForTimeout(20);
      }
    }),
  );
  await instance.close();
}
server.close();
server.closeAllConnections();
const text = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1].toFixed(0)} ms (${sorted[0].toFixed(0)}–${sorted.at(-1).toFixed(0)})`;
};
console.log(`${layers} layers, 6 runs; median of ${launches} launches (least–most)`);
console.log(`draw, main thread in all: ${text(times.draw)}`);
console.log(`scroll, longest task:     ${text(times.scroll)}`);
console.log(`hover, longest task:      ${text(times.hover)}`);

/** Small Dense layers after each other, quantized by every scheme on made-up samples; six rows chosen. */
async function sixRuns(page) {
  await page.goto(address);
  await page.getByRole('button', { name: 'Try sample: MNIST dense' }).waitFor();
  await page.getByLabel('Model files', { exact: true }).setInputFiles(manyLayers());
  await page.getByRole('button', { name: 'Compare all schemes' }).click();
  const boxes = page.getByRole('checkbox', { name: /^Compare / });
  await boxes.nth(5).waitFor({ timeout: 200_000 });
  await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 200_000 });
  for (let at = 0; at < 6; at++) await boxes.nth(at).check();
  await page.waitForTimeout(1000);
}

async function drawn(page) {
  const places = page.getByRole('navigation', { name: 'Places' });
  await places.getByRole('link', { name: 'Compare' }).click();
  await page.locator('[data-layer]').first().waitFor();
  await page.waitForTimeout(1500);
}

/** Milliseconds of the renderer's main thread's tasks while `work` is done, from a trace: all, or the longest. */
async function tasksDuring(page, work, how = 'longest') {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline'] },
    transferMode: 'ReportEvents',
  });
  await work(page);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  // The page's own main thread: where its scripts run (workers have threads of their own).
  const main = events
    .filter(
      ({ ph, name, args }) =>
        ph === 'M' && name === 'thread_name' && args.name === 'CrRendererMain',
    )
    .map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = events.filter(
    ({ name, ph, pid, tid }) =>
      ph === 'X' && /RunTask$/.test(name) && main.includes(`${pid} ${tid}`),
  );
  const took = tasks.map(({ dur }) => dur / 1000);
  if (took.length === 0) throw new Error('The trace holds no tasks of the main thread.');
  return how === 'sum' ? took.reduce((sum, one) => sum + one, 0) : Math.max(...took);
}

/** A TF.js layers model: 8 → 8, near the identity, names as deep networks have them. */
function manyLayers() {
  const width = 8;
  const name = (at) => `stage_${Math.floor(at / 10)}/block_${at % 10}/dense_${at}`;
  const list = Array.from({ length: layers }, (_, at) => ({
    class_name: 'Dense',
    config: {
      name: name(at),
      trainable: true,
      dtype: 'float32',
      units: width,
      activation: at === layers - 1 ? 'softmax' : 'linear',
      use_bias: true,
      ...(at === 0 ? { batch_input_shape: [null, width] } : {}),
    },
  }));
  const weights = list.flatMap(({ config }) => [
    { name: `${config.name}/kernel`, shape: [width, width], dtype: 'float32' },
    { name: `${config.name}/bias`, shape: [width], dtype: 'float32' },
  ]);
  const size = width * width + width;
  const values = Float32Array.from({ length: layers * size }, (_, i) => {
    const at = i % size;
    const diagonal = at < width * width && at % (width + 1) === 0;
    return (diagonal ? 1 : 0) + 0.02 * Math.sin(i + 1);
  });
  const json = {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'many', layers: list },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  const file = (named, buffer) => ({ name: named, mimeType: 'application/octet-stream', buffer });
  return [
    file('model.json', Buffer.from(JSON.stringify(json))),
    file('weights.bin', Buffer.from(values.buffer)),
  ];
}
