import { expect, test } from 'vitest';
import { useFixture } from './fixture-page.ts';

/** Where the links to dead letters lead while files are shown. */
const fixture = useFixture();

test('S13 a click opens the letters of files, the right button the menu of the browser', async () => {
  const page = await fixture.open('scene=letters');
  const link = page.getByRole('link', { name: /dead letters/ });
  const dialog = page.getByRole('dialog', { name: 'Dead letters' });
  const seen = page.evaluate(
    () => new Promise<boolean>((done) => addEventListener('auxclick', (event) => done(event.defaultPrevented))),
  );
  await link.click({ button: 'right' });
  expect(await seen).toBe(false);
  expect(await dialog.isVisible()).toBe(false);
  await link.click();
  await dialog.waitFor();
  expect(await dialog.textContent()).toContain('shift');
  await dialog.getByRole('button', { name: 'Download 1' }).click();
  await dialog.getByText('They could not be read: there is no room for them.').waitFor();
  await page.close();
});

test('S13 letters that cannot be read say why where they were asked for, and nothing of the engine', async () => {
  const page = await fixture.open('scene=lettersFailed');
  await page.getByRole('link', { name: /dead letters/ }).click();
  const problem = page.getByRole('dialog', { name: 'Dead letters' }).getByRole('alert');
  await problem.waitFor();
  expect(await problem.textContent()).toContain('They could not be read: a letter is not as it was written.');
  expect(await page.locator('[data-notice]').count()).toBe(0);
  await page.close();
});
