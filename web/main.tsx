import { createComponent } from 'solid-js';
import { render } from 'solid-js/web';
import { systemClock } from '../contract/clock.ts';
import { type ColorMemory, createColors } from './charts/colors.ts';
import { createFrameScheduler } from './charts/frame-scheduler.ts';
import { createUpdates } from './offline/updates.ts';
import { Root } from './root.tsx';
import './styles/index.css';

/** The first charts are drawn by then, or wait for something else than this computer. */
const CALM_MS = 4_000;
const COLORS_KEY = 'highwater.colors';

/** Which value wears which colour outlives the page; a browser that keeps nothing only loses the habit. */
const colorMemory: ColorMemory = {
  load() {
    try {
      return JSON.parse(localStorage.getItem(COLORS_KEY) ?? '{}');
    } catch {
      return {};
    }
  },
  save(slots) {
    try {
      localStorage.setItem(COLORS_KEY, JSON.stringify(slots));
    } catch {
      return;
    }
  },
};

/** Of what is built: what is being written changes under it. */
const updates = createUpdates({
  container: import.meta.env.PROD
    ? (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker
    : undefined,
  url: new URL('sw.js', document.baseURI).href,
  clock: systemClock,
  whenCalm: (run) => void systemClock.after(CALM_MS, run),
  onError: reportError,
});

const root = document.getElementById('app');
if (root)
  render(
    () =>
      createComponent(Root, {
        clock: systemClock,
        page: Math.random().toString(36).slice(2),
        colors: createColors(colorMemory),
        frames: createFrameScheduler((run) => requestAnimationFrame(run)),
        updates,
      }),
    root,
  );
