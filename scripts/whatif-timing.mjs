/**
 * What-if in the inspector on the MNIST MobileNet sample: milliseconds from a key press on the range's handle, or
 * the choice of a precision, until the answer is on the screen; the rest that the hand needs (40 ms) included.
 *   npm run build && node scripts/whatif-timing.mjs [PRESSES]
 */
/* global document, addEventListener, MutationObserver, requestAnimationFrame */
import { chromium as browser } from '@playwright/test';
import { chromium } from './chromium.mjs';
import { serve } from './serve.mjs';

const [presses = '10'] = process.argv.slice(2);
const { server, address } = await serve(0);
const instance = await browser.launch({
  executablePath: chromium(),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const page = await instance.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(address);
const named = (role, name) => page.getByRole(role, { name, exact: true });
await page
  .getByLabel('Model files', { exact: true })
  .setInputFiles('public/samples/mnist-mobilenet.keras');
await page.getByText('mnist_mobilenet').first().waitFor();
await page.getByLabel('Data files', { exact: true }).setInputFiles('public/samples/mnist.npz');
await page.getByText('200 for calibration').waitFor();
const settled = () =>
  page.waitForFunction(() => !document.querySelector('[role=progressbar]'), undefined, {
    timeout: 90_000,
  });
await settled();
await named('button', 'Quantize').click();
await page.waitForTimeout(500);
await settled();
await page
  .getByRole('navigation', { name: 'Places' })
  .getByRole('link', { name: 'Layers' })
  .click();

const region = page.getByRole('region', { name: 'What if' });
const answered = async (act) => {
  const elapsed = await region.evaluateHandle((element) => {
    const live = element.querySelector('[aria-live]');
    return {
      done: new Promise((resolve) => {
        let start;
        const from = () => (start ??= performance.now());
        addEventListener('keydown', from, { capture: true, once: true });
        addEventListener('change', from, { capture: true, once: true });
        new MutationObserver(() => {
          if (start === undefined || live.getAttribute('aria-busy') !== 'false') return;
          requestAnimationFrame(() => resolve(performance.now() - start));
        }).observe(live, { attributes: true });
      }),
    };
  });
  await act();
  return elapsed.evaluate(({ done }) => done);
};
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
console.log('layer | range: median, longest | float: median | operations run');
let first;
for (const layer of ['stem', 'block2_dw', 'head/block4_pw', 'digits']) {
  await named('table', 'Layers').getByRole('row', { name: layer }).first().click();
  const handle = region.getByRole('slider', { name: 'Upper end of the range' });
  const began = performance.now();
  await handle.focus();
  await region.getByText(/operations run again/).waitFor();
  first ??= performance.now() - began;
  const range = [];
  for (let at = 0; at < Number(presses); at++)
    range.push(await answered(() => handle.press(at % 2 ? 'ArrowRight' : 'PageDown')));
  const said = await region.innerText();
  const nodes = /(\d+ of \d+) operations/.exec(said)[1];
  const float = [];
  for (let at = 0; at < Number(presses); at++)
    float.push(
      await answered(() => region.getByLabel('Quantize as').selectOption(at % 2 ? '' : 'float')),
    );
  console.log(
    `${layer} | ${median(range).toFixed(0)}, ${Math.max(...range).toFixed(0)} | ${median(float).toFixed(0)} | ${nodes}`,
  );
}
console.log(`making ready, once a run: ${first.toFixed(0)} ms`);
await instance.close();
server.close();
server.closeAllConnections();
