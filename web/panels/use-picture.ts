import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup, onMount } from 'solid-js';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import { useBoard } from './board-context.ts';

/** True while the element is in, or just outside, the viewport. */
export function createVisible(element: Accessor<Element | undefined>): Accessor<boolean> {
  const [visible, setVisible] = createSignal(false);
  onMount(() => {
    const target = element();
    if (!target) return;
    const observer = new IntersectionObserver((entries) => setVisible(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: '120px',
    });
    observer.observe(target);
    onCleanup(() => observer.disconnect());
  });
  return visible;
}

/** The content box of an element in CSS pixels; 0 × 0 before it is laid out. */
export function createRoom(element: Accessor<Element | undefined>): Accessor<{ width: number; height: number }> {
  const [room, setRoom] = createSignal({ width: 0, height: 0 });
  onMount(() => {
    const target = element();
    if (!target) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) });
    });
    observer.observe(target);
    onCleanup(() => observer.disconnect());
  });
  return room;
}

/** The newest picture of a request, changed at most once per animation frame, together with all other panels. */
export function createFramedPicture(request: Accessor<PanelRequest | null>): Accessor<PanelPicture | undefined> {
  const board = useBoard();
  const newest = board.picture(request);
  const [shown, setShown] = createSignal<PanelPicture>();
  const key = {};
  createEffect(() => {
    const picture = newest();
    if (!picture) return;
    board.frames.schedule(key, () => {
      setShown(picture);
      board.drawn(picture);
    });
  });
  onCleanup(() => board.frames.cancel(key));
  return shown;
}

/** True while nothing is asked for, and then until a picture made after that is shown. */
export function createAsleep(
  request: Accessor<PanelRequest | null>,
  picture: Accessor<PanelPicture | undefined>,
): Accessor<boolean> {
  const [old, setOld] = createSignal(false);
  const sleeping = createMemo(() => request() === null);
  createEffect(on(sleeping, () => setOld(true)));
  createEffect(on(picture, () => setOld(false)));
  return () => sleeping() || old();
}
