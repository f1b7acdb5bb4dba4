import { createComponent } from 'solid-js';
import { render } from 'solid-js/web';
import { systemClock } from '../contract/clock.ts';
import { type ColorMemory, createColors } from './charts/colors.ts';
import { createFrameScheduler } from './charts/frame-scheduler.ts';
import { Root } from './root.tsx';
import './styles/index.css';

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

const root = document.getElementById('app');
if (root)
  render(
    () =>
      createComponent(Root, {
        clock: systemClock,
        page: Math.random().toString(36).slice(2),
        colors: createColors(colorMemory),
        frames: createFrameScheduler((run) => requestAnimationFrame(run)),
      }),
    root,
  );
