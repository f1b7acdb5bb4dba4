import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { useFixture } from './fixture-page.ts';

/** Words within drawings on a wall, each panel as large as on a board that ships. */
const fixture = useFixture();

const PANELS = ['only=Oven&w=5&h=8&rows=27', 'only=Oven&w=4&h=7&rows=28', 'only=Revenue&w=5&h=6&rows=28'];

test.each([1080, 2160])(
  'K1 words within drawings are as large as others on a wall of %i lines, whole, apart',
  async (lines) => {
    for (const panel of PANELS) {
      const page = await fixture.open(`scene=panels&kiosk&${panel}`, { width: (lines * 16) / 9, height: lines });
      const words = await wordsIn(page);
      expect(words.length, panel).toBeGreaterThan(0);
      expect(
        words.filter(({ px, outside }) => outside || px < lines / 54 - 0.5),
        panel,
      ).toEqual([]);
      const upon = words.flatMap((one, at) => words.slice(at + 1).filter((other) => meet(one.box, other.box)));
      expect(upon, panel).toEqual([]);
      await page.close();
    }
  },
);

/** Every piece of text in a drawing: where it is, and how high its letters are on the screen. */
async function wordsIn(page: Page) {
  return page.locator('.panel-body svg :is(text, tspan)').evaluateAll((all) =>
    all.map((one) => {
      const text = one as SVGTextContentElement;
      // What of it is not a part of its own.
      const own = [...text.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      const range = document.createRange();
      if (own[0]) range.selectNode(own[0]);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const room = text.ownerSVGElement?.getBoundingClientRect() ?? new DOMRect();
      return {
        words: own.map((node) => node.textContent).join(''),
        px: Number.parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM()?.a ?? 0),
        box: { left, right, top, bottom },
        outside: left < room.left || right > room.right || top < room.top - 1 || bottom > room.bottom + 1,
      };
    }),
  );
}

type Box = Awaited<ReturnType<typeof wordsIn>>[number]['box'];

/** Letters do not reach to the ends of their box. */
function meet(one: Box, other: Box): boolean {
  const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return wide > 1 && high > 0.2 * (one.bottom - one.top);
}
