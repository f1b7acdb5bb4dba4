import { type Accessor, createSignal } from 'solid-js';
import type { Boards } from '../../contract/worker-api.ts';
import type { EngineLink } from './engine-link.ts';

/** The boards the relay serves; null until it has told them. An unchanged answer (after a reconnect) changes nothing. */
export function createBoards(link: EngineLink): Accessor<Boards | null> {
  const [boards, setBoards] = createSignal<Boards | null>(null, {
    equals: (before, after) => JSON.stringify(before) === JSON.stringify(after),
  });
  link.onBoards((now) => void setBoards(now));
  return boards;
}
