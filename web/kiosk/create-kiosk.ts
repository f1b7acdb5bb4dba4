import { type Accessor, createComputed, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { Boards } from '../../contract/worker-api.ts';
import { shownBoard } from '../board/view.ts';
import { type KioskOptions, type Playlist, playlistOf, readKiosk, withKiosk, withoutKiosk } from './kiosk-options.ts';
import { onAddress } from './on-address.ts';
import { createRotation } from './rotation.ts';

/** The wall as signals. Keys are heard as long as its root lives. */
export interface Kiosk {
  readonly options: Accessor<KioskOptions>;
  /** The address's own. */
  readonly search: Accessor<string>;
  readonly playlist: Accessor<Playlist | null>;
  /** The board that is drawn unseen, to be shown next; null: none is. */
  readonly next: Accessor<string | null>;
  readonly shown: Accessor<string | null>;
  readonly paused: Accessor<boolean>;
}

/** The address without the wall, so that a reload does not bring it back. */
function leave(): void {
  go(`${location.pathname}${withoutKiosk(location.search)}`);
}

/** Puts another address in place of this one, and tells the page. */
function go(url: string): void {
  history.replaceState(history.state, '', url);
  window.dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
}

function goTo(board: string): void {
  const params = new URLSearchParams(location.search);
  params.set('board', board);
  go(`${location.pathname}?${params.toString().replace(/(^|&)kiosk=(?=&|$)/, '$1kiosk')}`);
}

const boardIn = (search: string) => new URLSearchParams(search).get('board');

/** What makes a kiosk by itself is told to those who know the mark of one alone. */
function markKiosk(): void {
  const marked = withKiosk(location.search);
  if (marked !== location.search) history.replaceState(history.state, '', `${location.pathname}${marked}`);
}

/** Does the address ask for a kiosk? */
export function createIsKiosk(): Accessor<boolean> {
  markKiosk();
  const [is, setIs] = createSignal(readKiosk(location.search).kiosk);
  const look = () => setIs(readKiosk(location.search).kiosk);
  onCleanup(onAddress(look));
  return is;
}

export function createKiosk(clock: Clock, boards: Accessor<Boards | null>): Kiosk {
  markKiosk();
  const [search, setSearch] = createSignal(location.search);
  const [next, setNext] = createSignal<string | null>(null);
  const [paused, setPaused] = createSignal(false);
  const look = () => {
    // The mark of a kiosk was taken away: what else makes one goes with it.
    if (!new URLSearchParams(location.search).has('kiosk') && readKiosk(location.search).kiosk)
      history.replaceState(history.state, '', `${location.pathname}${withoutKiosk(location.search)}`);
    setSearch(location.search);
  };
  const options = createMemo(() => readKiosk(search()), undefined, { equals: same });
  const playlist = createMemo(() => playlistOf(options(), boards()), undefined, { equals: same });
  const shown = createMemo(() => boardIn(search()));

  createComputed(() => void document.documentElement.classList.toggle('kiosk', options().kiosk));
  const rotation = createMemo(
    on([() => options().playlist !== null, () => playlist() !== null], ([wanted, known]) => {
      if (!wanted || !known) return null;
      const made = createRotation({
        clock,
        boards: () => playlist()?.boards ?? [],
        everyMs: () => playlist()?.everyMs ?? 0,
        shown,
        show: goTo,
        prepare: setNext,
        isReady: () => {
          const stage = document.querySelector('[data-stage=next]');
          return stage?.querySelector('.panel') != null && stage.querySelector('.skeleton') === null;
        },
      });
      onCleanup(() => {
        made.close();
        setNext(null);
      });
      return made;
    }),
  );
  createEffect(on(playlist, () => rotation()?.changed(), { defer: true }));
  createEffect(on(paused, (now) => rotation()?.setPaused(now), { defer: true }));

  // Nobody is there to choose one of a list.
  createEffect(() => {
    const known = boards()?.boards ?? {};
    const [first] = Object.keys(known);
    const { kiosk, playlist: named } = options();
    if (!kiosk || named !== null || shown() !== null || first === undefined) return;
    if (shownBoard(known, null) === null) goTo(first);
  });

  const keys = (event: KeyboardEvent) => {
    if (!options().kiosk || event.ctrlKey || event.metaKey || event.altKey) return;
    const turning = rotation();
    if (event.key === 'Escape') leave();
    else if (turning === null) return;
    else if (event.key === 'ArrowRight') turning.step(1);
    else if (event.key === 'ArrowLeft') turning.step(-1);
    else if (event.key === ' ') setPaused((now) => !now);
    else return;
    // A wall has these for itself: what stands on it hears nothing of them.
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener('keydown', keys, { capture: true });
  onCleanup(onAddress(look));
  onCleanup(() => {
    window.removeEventListener('keydown', keys, { capture: true });
    document.documentElement.classList.remove('kiosk');
  });
  return { options, search, playlist, next, shown, paused };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
