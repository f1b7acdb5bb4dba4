import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { type Ink, readInk } from '../charts/ink.ts';

export type Theme = 'light' | 'dark';

export interface ThemeControl {
  readonly ink: Accessor<Ink>;
  /** The theme now on the screen. */
  readonly shown: () => Theme;
  /** Null follows the system. */
  readonly set: (theme: Theme | null) => void;
}

/** Puts the theme on the root and keeps the canvases' colours and sizes in step with it, the system and the window. */
export function createTheme(wanted: Theme | null, root: HTMLElement = document.documentElement): ThemeControl {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const put = (theme: Theme | null) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  put(wanted);
  const [ink, setInk] = createSignal(readInk(root), { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) });
  const refresh = () => setInk(readInk(root));
  const sources: [EventTarget, string][] = [
    [dark, 'change'],
    [contrast, 'change'],
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
    shown: () => (root.dataset.theme === 'dark' || (root.dataset.theme !== 'light' && dark.matches) ? 'dark' : 'light'),
    set(theme) {
      put(theme);
      refresh();
    },
  };
}
