import { expect, test } from 'vitest';
import { isTheme, nextTheme, THEMES, themeFor } from './themes.ts';

const calm = { dark: false, contrast: false, forced: false };

test('V21 the control goes through all themes and comes back', () => {
  const seen = THEMES.map((_, turns) => THEMES.slice(0, turns).reduce((now) => nextTheme(now), THEMES[0]));
  expect(seen).toEqual([...THEMES]);
  expect(nextTheme('contrast')).toBe('light');
});

test('V21 more contrast is shown to who prefers it and has chosen nothing', () => {
  expect(themeFor(null, calm)).toBeNull();
  expect(themeFor(null, { ...calm, contrast: true })).toBe('contrast');
  expect(themeFor('light', { ...calm, contrast: true })).toBe('light');
  expect(isTheme('contrast')).toBe(true);
  expect(isTheme('pink')).toBe(false);
});

test('V21 where colours are forced, ink suits the ground of the system and not the theme that was chosen', () => {
  for (const chosen of [null, ...THEMES]) {
    expect(themeFor(chosen, { ...calm, forced: true })).toBe('light');
    expect(themeFor(chosen, { dark: true, contrast: true, forced: true })).toBe('contrast');
  }
});
