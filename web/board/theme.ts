import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { type Ink, readInk } from '../charts/ink.ts';
import { isTheme, type Theme, themeFor } from './themes.ts';

export interface ThemeControl {
  readonly ink: Accessor<Ink>;
  /** The theme now on the screen. */
  readonly shown: Accessor<Theme>;
  /** Null follows the system. */
  readonly set: (theme: Theme | null) => void;
}

/** Puts the theme on the root and keeps the canvases' colours and sizes in step with it, the system and the window. */
export function createTheme(wanted: Theme | null, root: HTMLElement = document.documentElement): ThemeControl {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const forced = matchMedia('(forced-colors: active)');
  let chosen = wanted;
  const put = () => {
    const theme = themeFor(chosen, { dark: dark.matches, contrast: contrast.matches, forced: forced.matches });
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  const onScreen = (): Theme => {
    const theme = root.dataset.theme ?? null;
    if (isTheme(theme)) return theme;
    return dark.matches ? 'dark' : 'light';
  };
  put();
  const [ink, setInk] = createSignal(readInk(root), { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) });
  const [shown, setShown] = createSignal(onScreen());
  const refresh = () => {
    put();
    setShown(onScreen());
    setInk(readInk(root));
  };
  const sources: [EventTarget, string][] = [
    [dark, 'change'],
    [contrast, 'change'],
    [forced, 'change'],
    [window, 'resize'],
  ];
  for (const [target, event] of sources) target.addEventListener(event, refresh);
  // Text on canvases is drawn with whatever face is there; once the real one is, it is drawn again.
  document.fonts.ready.then(
    () => setInk({ ...readInk(root), font: `${readInk(root).font} ` }),
    () => refresh(),
  );
  onCleanup(() => {
    for (const [target, event] of sources) target.removeEventListener(event, refresh);
  });
  return {
    ink,
    shown,
    set(theme) {
      chosen = theme;
      refresh();
    },
  };
}
