import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Board } from '../../contract/spec/board.ts';
import { PanelSchema } from '../../contract/spec/panel.ts';
import { CHARTS_BOARD } from './fixture/charts.ts';
import { PANELS_BOARD } from './fixture/panels-board.ts';
import { useFixture } from './fixture-page.ts';
import { galleryPage, pictureName } from './gallery.ts';
import { expectPicture } from './same-picture.ts';

/**
 * Every kind of panel over known data, as committed in docs/pictures/gallery and shown by docs/gallery.md. With
 * HIGHWATER_PICTURES=1 both are made anew.
 */
const DOCS = resolve(import.meta.dirname, '../../docs');
const BOARDS: Readonly<Record<string, Board>> = { panels: PANELS_BOARD, charts: CHARTS_BOARD };
const THEMES = ['light', 'dark'] as const;

const fixture = useFixture();

test('every kind of panel is in the gallery', () => {
  const shown = new Set(Object.values(BOARDS).flatMap(({ panels }) => panels.map(({ kind }) => kind)));
  const kinds = PanelSchema.def.options.map((option) => option.shape.kind.value);
  expect(kinds.filter((kind) => !shown.has(kind))).toEqual([]);
});

test('docs/gallery.md shows them with how they are written', () => {
  const path = join(DOCS, 'gallery.md');
  const page = galleryPage(Object.values(BOARDS));
  if (process.env.HIGHWATER_PICTURES === '1') writeFileSync(path, page);
  expect(readFileSync(path, 'utf8')).toBe(page);
});

for (const theme of THEMES)
  for (const [scene, board] of Object.entries(BOARDS))
    test(`${scene} look as they did, ${theme}`, async () => {
      const page = await fixture.open(`scene=${scene}&theme=${theme}`, { width: 1280, height: 2600 });
      try {
        await page.addStyleTag({
          content: '*, *::before, *::after { animation: none !important; transition: none !important; }',
        });
        for (const panel of board.panels) {
          const element = page.locator(`[data-panel="${panel.title}"]`);
          await element.scrollIntoViewIfNeeded();
          await element.locator('.panel-body > :not(.skeleton)').first().waitFor();
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          expectPicture(await element.screenshot(), join(DOCS, 'pictures/gallery', pictureName(panel, theme)));
        }
      } finally {
        await page.close();
      }
    });
