/** Mixed precision: the curve as it is measured, the dial, a budget, and the run that a mixture becomes. */
import { button, expect, figures, go, openDense, quantize, runs, settled, test } from './studio';

test('the curve is measured on samples that choose, the dial names layers, and a mixture becomes a run', async ({
  page,
}) => {
  await openDense(page);
  await quantize(page);
  await go(page, 'Layers');
  const region = page.getByRole('region', { name: 'Mixed precision' });
  await region.getByRole('button', { name: 'Measure the curve' }).click();
  await expect(region.getByRole('img', { name: /mixtures, with float/ })).toBeVisible();
  await settled(page);
  await expect(region).toContainText('selection samples');

  // The dial snaps to what was measured and names the layers, by the keyboard too.
  const dial = region.getByRole('slider');
  await expect(dial).toHaveValue('0');
  await dial.press('ArrowRight');
  const named = region.getByRole('list', { name: 'Layers: Above 8 bit' }).getByRole('button');
  await expect(named).not.toHaveCount(0);
  await expect(dial).toHaveAttribute('aria-valuetext', /% of MACs above 8 bit: \d layers? above/);

  // A budget that nothing keeps says how far the nearest is; one that is kept becomes a run of just these bytes.
  await region.getByLabel('Budget', { exact: true }).selectOption('size');
  const amount = region.getByLabel('Amount');
  await amount.fill('10 apples');
  await button(page, 'Find').click();
  await expect(region).toContainText('has no size in "10 apples"');
  await amount.fill('10 B');
  await button(page, 'Find').click();
  await expect(region.getByRole('status')).toContainText('too many');
  await settled(page);
  await region.getByRole('button', { name: 'Mixtures as table' }).click();
  const table = await figures(region.getByRole('table', { name: 'Mixtures of precisions' }));
  const smallest = Math.min(
    ...table.slice(1).map((row) => Number(row['Bytes']!.replace(/,/g, ''))),
  );
  await expect(region.getByRole('status')).toContainText(smallest.toLocaleString('en-US'));
  await button(page, 'Make this run').click();
  await settled(page);
  await go(page, 'Overview');
  const rows = await figures(runs(page));
  expect(rows).toHaveLength(3);
  const kB = Number(/[\d.]+/.exec(rows[2]!['File size']!)![0]);
  expect(kB).toBeCloseTo(smallest / 1000, 0);
});
