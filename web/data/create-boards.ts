import { type Accessor, createSignal, untrack } from 'solid-js';
import type { Boards } from '../../contract/worker-api.ts';
import type { EngineLink } from './engine-link.ts';
import type { Failure } from './failure.ts';
import type { KeptPictures } from './kept-pictures.ts';

/**
 * The boards the relay serves; null until it has told them. An unchanged answer (after a reconnect) changes nothing. In
 * the meantime they are those of last time, where `kept` has them, unless there is no engine that could tell.
 */
export function createBoards(
  link: EngineLink,
  kept: Pick<KeptPictures, 'boards' | 'serves'> | null,
  failure: Accessor<Failure | null>,
): Accessor<Boards | null> {
  const [told, setTold] = createSignal<Boards | null>(null, { equals: same });
  const [last, setLast] = createSignal<Boards | null>(null);
  const boards = () => told() ?? (failure() ? null : last());
  void kept?.boards.then(setLast);
  link.onBoards((now) => {
    const before = untrack(boards);
    // What is on the screen may be of a window that is another now.
    if (before !== null && !same(before, now)) link.letGo();
    setTold(now);
    kept?.serves(now);
  });
  return boards;
}

function same(before: Boards | null, after: Boards | null): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
