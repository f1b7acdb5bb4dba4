import type { Clock } from '../../contract/clock.ts';

export interface FrameWatchdogOptions {
  readonly clock: Clock;
  readonly requestFrame: (run: () => void) => void;
  /** Of a page that nobody sees no frame is drawn. */
  readonly visible: () => boolean;
  /** Rows come that change what is shown. */
  readonly flowing: () => boolean;
  /** With the reason, once. */
  readonly onStuck: (reason: string) => void;
}

export interface FrameWatchdog {
  /** A picture was drawn. */
  drew(): void;
  close(): void;
}

const BOUND_MS = 60_000;
const TICK_MS = 5_000;

/**
 * A page that draws nothing for a minute though it should: no animation frame comes (the browser's drawing is stuck), or
 * frames come and no picture is in them. A tick that comes late counts for no more than a tick: the computer slept.
 */
export function watchFrames(options: FrameWatchdogOptions): FrameWatchdog {
  const { clock } = options;
  let withoutFrameMs = 0;
  let withoutPictureMs = 0;
  let hasDrawn = false;
  let cancel = () => {};
  let asked = false;
  const tick = () => {
    if (!options.visible()) {
      withoutFrameMs = 0;
      withoutPictureMs = 0;
    } else {
      withoutFrameMs += TICK_MS;
      withoutPictureMs = hasDrawn && options.flowing() ? withoutPictureMs + TICK_MS : 0;
    }
    if (withoutFrameMs >= BOUND_MS) return options.onStuck('the browser drew no frame for a minute');
    if (withoutPictureMs >= BOUND_MS) return options.onStuck('rows came, and nothing was drawn for a minute');
    if (!asked) {
      asked = true;
      options.requestFrame(() => {
        asked = false;
        withoutFrameMs = 0;
      });
    }
    cancel = clock.after(TICK_MS, tick);
  };
  cancel = clock.after(TICK_MS, tick);
  return {
    drew() {
      hasDrawn = true;
      withoutPictureMs = 0;
    },
    close: () => cancel(),
  };
}
