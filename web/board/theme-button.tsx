import type { JSX } from 'solid-js';
import { ThemeGlyph } from './icons.tsx';
import { nextTheme, THEME_WORDS, type Theme } from './themes.ts';

/** Says which theme is shown, and turns to the next: light, dark, high contrast. */
export function ThemeButton(props: { shown: Theme; onTurn: () => void }): JSX.Element {
  const words = () => `Colours: ${THEME_WORDS[props.shown]}. Turn to ${THEME_WORDS[nextTheme(props.shown)]}`;
  return (
    <button type="button" class="control" aria-label={words()} title={words()} onClick={() => props.onTurn()}>
      <ThemeGlyph />
    </button>
  );
}
