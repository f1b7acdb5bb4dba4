import { type Accessor, createEffect, createSignal, on } from 'solid-js';
import type { Status } from '../../contract/worker-api.ts';

/** How often the relay was lost and found again since the page was opened. */
export function createReconnects(status: Accessor<Status | null>): Accessor<number> {
  const [found, setFound] = createSignal(0);
  let wasLive = false;
  let isLost = false;
  createEffect(
    on(status, (now) => {
      if (!now) return;
      const live = now.connection.state === 'live';
      if (live && isLost) setFound((before) => before + 1);
      isLost = !live && (wasLive || isLost);
      wasLive = live;
    }),
  );
  return found;
}
