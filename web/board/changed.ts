import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { Boards } from '../../contract/worker-api.ts';

/** For so long a change is told. */
const TOLD_MS = 8_000;

/**
 * What to say when the boards that are there become others; null: nothing a viewer of `shown` would miss. A board that was
 * made is made anew when its stream has other fields; one of a file changes on disk.
 */
export function changeWords(before: Boards, now: Boards, shown: string | null): string | null {
  const names = shown === null ? Object.keys({ ...before.boards, ...now.boards }) : [shown];
  const found = names.flatMap((name) => {
    const [old, other] = [before.boards[name], now.boards[name]];
    if (JSON.stringify(old) === JSON.stringify(other) && sameWindows(before, now, name)) return [];
    const title = other?.title ?? old?.title ?? name;
    if (!other) return [`${title} is not there any more`];
    if (!old) return [`${title} is new`];
    return [
      now.made.includes(name) ? `${title} was made anew: its stream has other fields` : `${title} was changed on disk`,
    ];
  });
  if (found.length === 0) return null;
  return found.length > 2 ? `${found.length} boards were changed` : found.join('; ');
}

/** Windows that the board's panels name, of whichever file. */
function sameWindows(before: Boards, now: Boards, name: string): boolean {
  const used = new Set(
    [...(before.boards[name]?.panels ?? []), ...(now.boards[name]?.panels ?? [])].flatMap((panel) =>
      'window' in panel && panel.window !== undefined ? [panel.window] : [],
    ),
  );
  return [...used].every((window) => JSON.stringify(before.windows[window]) === JSON.stringify(now.windows[window]));
}

/** The newest change, for a while; null: there is none to tell. */
export function createChangeNote(
  boards: Accessor<Boards | null>,
  shown: Accessor<string | null>,
  clock: Clock,
): Accessor<string | null> {
  const [note, setNote] = createSignal<string | null>(null);
  let cancel = () => {};
  createEffect(
    on(boards, (now, before) => {
      const words = before && now ? changeWords(before, now, shown()) : null;
      if (words === null) return;
      setNote(words);
      cancel();
      cancel = clock.after(TOLD_MS, () => setNote(null));
    }),
  );
  onCleanup(() => cancel());
  return note;
}
