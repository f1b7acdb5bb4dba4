/** What `?theme=` and the control may say. `contrast`: dark ground, nothing faint. */
export const THEMES = ['light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_WORDS: Readonly<Record<Theme, string>> = {
  light: 'light',
  dark: 'dark',
  contrast: 'high contrast',
};

export function isTheme(text: string | null): text is Theme {
  return THEMES.some((theme) => theme === text);
}

/** The one the control turns to. */
export function nextTheme(shown: Theme): Theme {
  return THEMES[(THEMES.indexOf(shown) + 1) % THEMES.length] ?? 'light';
}

/** What the person's system asks for. */
export interface SystemLook {
  readonly dark: boolean;
  /** `prefers-contrast: more`. */
  readonly contrast: boolean;
  /** `forced-colors: active`: the system's own few colours are used for all but canvases and marks. */
  readonly forced: boolean;
}

/**
 * The theme to show for the one that was chosen, if any; null: as the system says, light or dark. Where colours are forced,
 * ink must suit the system's ground, whatever was chosen.
 */
export function themeFor(chosen: Theme | null, system: SystemLook): Theme | null {
  if (system.forced) return system.dark ? 'contrast' : 'light';
  return chosen ?? (system.contrast ? 'contrast' : null);
}
