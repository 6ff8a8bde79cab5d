/** Diagnosis one level deeper: a sample that spoils calibration is found and left out; a layer changed by hand. */
import {
  button,
  choose,
  expect,
  go,
  heading,
  layers,
  openStudio,
  quantize,
  runCount,
  settled,
  test,
} from './studio';
import { poisoned } from './smallModels';

test('the doctor names a poisoned sample and leaves it out; a change of a layer follows the hand', async ({
  page,
}) => {
  const { model, data, row } = poisoned();
  await openStudio(page);
  await choose(page, 'Model files', model);
  await expect(heading(page)).toHaveText('poisoned');
  await choose(page, 'Data files', data);
  await expect(page.getByText('200 for calibration')).toBeVisible();
  await settled(page);
  await quantize(page);
  await go(page, 'Layers');

  const doctor = page.getByRole('region', { name: 'Calibration doctor' });
  await button(page, 'Examine calibration').click();
  const suspect = doctor.getByRole('listitem', { name: /^Suspicious sample/ });
  await expect(suspect).toHaveCount(1);
  await expect(suspect).toContainText(`row ${row}`);
  await expect(suspect).toContainText(/Without it: accuracy [\d.]+ % → (9\d|100)/);
  await suspect.getByRole('button', { name: /^Leave out/ }).click();
  await settled(page);
  // The new run is shown, and none of its samples stands out.
  await button(page, 'Examine calibration').click();
  await expect(doctor).toContainText('No calibration sample stands out');
  await expect(doctor).toContainText('none of the 199');

  await layers(page)
    .getByRole('row', { name: /hidden/ })
    .click();
  const whatIf = page.getByRole('region', { name: 'What if' });
  const upper = whatIf.getByRole('slider', { name: 'Upper end of the range' });
  await upper.focus();
  // To the lower end: everything is clipped to nothing.
  await upper.press('Home');
  const result = whatIf.getByRole('table', { name: 'Score with the change' });
  await expect(result.getByRole('row', { name: /^accuracy/ })).toContainText('−');
  await expect(whatIf).toContainText(/Subset: \d+ of \d+ samples/);
  await expect(whatIf).toContainText(/[1-9] of \d+ operations run again/);
  await button(page, 'Reset').click();
  await whatIf.getByLabel('Quantize as').selectOption('float');
  await expect(result.getByRole('row', { name: /^output SQNR/ })).toContainText('+');
  await button(page, 'Keep').click();
  await expect(whatIf.getByRole('status')).toContainText('Kept in the recipe');
  await expect(page.getByText('1 layer override')).toBeVisible();
  await expect(page.getByText('1 sample left out')).toBeVisible();
  await go(page, 'Overview');
  await expect(page.getByRole('note').filter({ hasText: 'recipe changed' })).toBeVisible();
  expect(await runCount(page)).toBe(2);
});
