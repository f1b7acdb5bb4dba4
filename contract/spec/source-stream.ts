import type { WindowSpec } from './window.ts';

/** The stream a window's rows come from in the end, over the windows it is taken from; undefined when it is not known. */
export function sourceStream(window: string, windows: Readonly<Record<string, WindowSpec>>): string | undefined {
  let from = windows[window]?.from;
  // Never more steps than there are windows, should they go in a circle.
  for (let step = Object.keys(windows).length; step > 0 && from !== undefined; step--) {
    const base: WindowSpec | undefined = windows[from];
    if (base === undefined) return from;
    from = base.from;
  }
  return from;
}
