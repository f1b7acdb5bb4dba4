import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { type Extent, panned, zoomAround } from './extent.ts';
import type { FrameScheduler } from './frame-scheduler.ts';
import { createRest } from './rest.ts';

/** How far a turn of the wheel zooms. */
const WHEEL = 0.002;

/** A chart in hands that move its time: it follows them at once, and the board is asked when they let go. */
export interface Hands {
  /** What they hold in view; null: they are not on it. */
  readonly held: Accessor<Extent | null>;
  /** The button went down: until it comes up, time is moved. */
  readonly grab: (event: MouseEvent) => void;
  /** The wheel was turned at this moment of the chart's: it zooms around it, or sideways moves time. */
  readonly turn: (event: WheelEvent, atS: number) => void;
}

export interface HandsOptions {
  readonly frames: FrameScheduler;
  /** What is in view where nothing is held. */
  readonly extent: () => Extent;
  /** Of the plot, CSS pixels. */
  readonly width: () => number;
  readonly onLetGo: (range: Extent) => void;
}

export function createHands({ frames, extent, width, onLetGo }: HandsOptions): Hands {
  const [held, setHeld] = createSignal<Extent | null>(null);
  const rest = createRest(frames);
  let release: (() => void) | null = null;
  const letGo = () => {
    const range = held();
    if (range) onLetGo(range);
    setHeld(null);
  };
  onCleanup(() => {
    rest.cancel();
    release?.();
  });
  return {
    held,
    grab(event) {
      event.preventDefault();
      release?.();
      const from = held() ?? extent();
      const perPx = 1 / Math.max(1, width());
      const move = (to: MouseEvent) => setHeld(panned(from, (event.clientX - to.clientX) * perPx));
      document.addEventListener('mousemove', move);
      document.addEventListener('mouseup', letGo, { once: true });
      document.addEventListener('mouseup', () => release?.(), { once: true });
      release = () => {
        document.removeEventListener('mousemove', move);
        document.removeEventListener('mouseup', letGo);
        release = null;
      };
    },
    turn(event, atS) {
      const now = held() ?? extent();
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const by = sideways ? event.deltaX || event.deltaY : event.deltaY;
      setHeld(sideways ? panned(now, by * (WHEEL / 2)) : zoomAround(now, atS, Math.exp(by * WHEEL)));
      rest.after(letGo);
    },
  };
}
