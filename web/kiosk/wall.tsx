import { createMemo, createSignal, For, type JSX, onCleanup, Show } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { Status } from '../../contract/worker-api.ts';
import { createNow } from '../board/now.ts';
import { formatMinute, type Zone } from '../format-time.ts';
import type { Kiosk } from './create-kiosk.ts';
import { shiftPixels } from './pixel-shift.ts';
import { keepScreenOn } from './wake-lock.ts';
import { wallState } from './wall-state.ts';

/** What a kiosk has beside its board: a line at its foot, the screen kept on, and nothing that burns in. */
export function Wall(props: {
  kiosk: Kiosk;
  clock: Clock;
  status: Status | null;
  zone: Zone;
  notes: readonly string[];
}): JSX.Element {
  const nowMs = createNow(props.clock);
  const state = createMemo(() => wallState(props.status, nowMs(), props.zone));
  const [dark, setDark] = createSignal<string | null>(null);
  onCleanup(
    keepScreenOn({
      keeper: (navigator as { readonly wakeLock?: WakeLock }).wakeLock,
      visible: () => document.visibilityState === 'visible',
      onVisible(look) {
        document.addEventListener('visibilitychange', look);
        return () => document.removeEventListener('visibilitychange', look);
      },
      clock: props.clock,
      tell: setDark,
    }),
  );
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  onCleanup(
    shiftPixels(
      props.clock,
      () => calm.matches,
      (x, y) => {
        const { style } = document.documentElement;
        style.setProperty('--shift-x', `${x}px`);
        style.setProperty('--shift-y', `${y}px`);
      },
    ),
  );
  const playlist = () => props.kiosk.playlist();
  const notes = () => [
    ...props.notes,
    ...(playlist()?.missing.map((name) => `there is no board ${name}: it is skipped`) ?? []),
    ...(props.kiosk.paused() ? ['paused: space goes on'] : []),
  ];
  return (
    <footer class="wall" data-wall data-tone={state().tone} data-screen={dark() ?? 'on'}>
      <span class="notes" role="status">
        {notes().join(' · ')}
      </span>
      <Show when={(playlist()?.boards.length ?? 0) > 1}>
        <span class="dots" role="img" aria-label={dotsWords(playlist()?.boards ?? [], props.kiosk.shown())}>
          <For each={playlist()?.boards}>{(name) => <i classList={{ now: name === props.kiosk.shown() }} />}</For>
        </span>
      </Show>
      <span class="now">
        <span class="words">{state().words}</span> <b>{formatMinute(nowMs(), props.zone)}</b>
      </span>
    </footer>
  );
}

function dotsWords(boards: readonly string[], shown: string | null): string {
  return `Board ${boards.indexOf(shown ?? '') + 1} of ${boards.length}`;
}
