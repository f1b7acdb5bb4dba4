import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { THEMES, type Theme } from '../../web/board/themes.ts';
import { contrastRatio, distance, mixed, VISIONS, type Vision } from './color-vision.ts';

/** The colours as the page has them: read from web/tokens.css itself. */

const CSS = readFileSync(resolve(import.meta.dirname, '../../web/tokens.css'), 'utf8');
const LIGHT = tokensOf(/^:root \{([^}]*)\}/m);
const TOKENS: Record<Theme, Record<string, string>> = {
  light: LIGHT,
  dark: { ...LIGHT, ...tokensOf(/^:root\[data-theme="dark"\] \{([^}]*)\}/m) },
  contrast: { ...LIGHT, ...tokensOf(/^:root\[data-theme="contrast"\] \{([^}]*)\}/m) },
};
const STATES = ['live', 'late', 'stale', 'down', 'replay', 'accent'];
const SERIES = Array.from({ length: 8 }, (_, index) => `series-${index + 1}`);
const visions = Object.keys(VISIONS) as Vision[];

/** Least distance of any two, 100 × Oklab. */
const APART: Record<Theme, number> = { light: 8, dark: 9, contrast: 12 };

describe.each([...THEMES])('theme %s', (theme) => {
  const tokens = TOKENS[theme];
  const color = (name: string) => tokens[name] ?? expect.fail(`no --${name} in ${theme}`);
  const tooLittle = (inks: readonly string[], grounds: readonly string[], least: number) =>
    inks.flatMap((ink) =>
      grounds
        .map((ground) => ({ ground, ratio: contrastRatio(color(ink), color(ground)) }))
        .filter(({ ratio }) => ratio < least)
        .map(({ ground, ratio }) => `--${ink} on --${ground}: ${ratio.toFixed(2)} < ${least}`),
    );
  const isContrast = theme === 'contrast';

  test('V21 text is read on every ground', () => {
    const grounds = ['surface', 'bg', 'hover', 'grid'];
    expect(tooLittle(['text', 'muted', 'faint'], grounds, isContrast ? 7 : 4.5)).toEqual([]);
    expect(tooLittle(STATES, ['surface', 'bg'], isContrast ? 7 : 4.5)).toEqual([]);
    expect(tooLittle(STATES, ['hover', 'grid'], 4.5)).toEqual([]);
    expect(tooLittle(['accent'], ['accent-soft'], 4.5)).toEqual([]);
    for (const tone of ['down', 'late'])
      expect(contrastRatio(color(tone), mixed(0.07, color(tone), color('surface'))), tone).toBeGreaterThanOrEqual(4.5);
  });

  test('V21 series are seen on the surface, and in high contrast lines too', () => {
    expect(tooLittle(SERIES, ['surface'], isContrast ? 4.5 : 3)).toEqual([]);
    if (isContrast) expect(tooLittle(['line'], ['surface', 'bg'], 4.5)).toEqual([]);
  });

  test.each(visions)('V22 %s tells the first six series apart, and good, warn and alarm', (vision) => {
    const near = (names: readonly string[]) =>
      names.flatMap((one, at) =>
        names
          .slice(at + 1)
          .map((other) => ({ one, other, apart: distance(vision, color(one), color(other)) }))
          .filter(({ apart }) => apart < APART[theme])
          .map(({ one, other, apart }) => `--${one} and --${other}: ${apart.toFixed(1)}`),
      );
    expect(near(SERIES.slice(0, 6))).toEqual([]);
    expect(near(['live', 'late', 'down'])).toEqual([]);
  });
});

test('V21 the system’s dark is the dark theme, token by token', () => {
  const media = /prefers-color-scheme: dark\) \{\s*:root:not\(\[data-theme\]\) \{([^}]*)\}/;
  expect({ ...LIGHT, ...tokensOf(media) }).toEqual(TOKENS.dark);
});

test('V21 every theme has all colours of the light one', () => {
  const names = (pattern: RegExp) => Object.keys(tokensOf(pattern)).sort();
  expect(names(/^:root\[data-theme="dark"\] \{([^}]*)\}/m)).toEqual(Object.keys(LIGHT).sort());
  expect(names(/^:root\[data-theme="contrast"\] \{([^}]*)\}/m)).toEqual(Object.keys(LIGHT).sort());
});

test('the measures are those of the papers: known contrasts and confusions', () => {
  expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrastRatio('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  expect(distance('usual', '#000000', '#ffffff')).toBeCloseTo(100, 1);
  // Greys stay grey whatever the eye.
  for (const vision of visions) expect(distance(vision, '#000000', '#ffffff')).toBeCloseTo(100, 1);
  // Red and green of one lightness: the textbook pair.
  expect(distance('deuteranopia', '#c0322b', '#7b6d00')).toBeLessThan(distance('usual', '#c0322b', '#7b6d00') / 2);
});

/** The colours of a rule, `--x` without its dashes. */
function tokensOf(rule: RegExp): Record<string, string> {
  const body = rule.exec(CSS)?.[1];
  if (body === undefined) throw new Error(`tokens.css has no rule like ${rule}`);
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}
