import { proxy, type Remote } from 'comlink';
import { type Accessor, createSignal } from 'solid-js';
import type { Boards, WorkerApi } from '../../contract/worker-api.ts';

/** The boards the relay serves; null until it has told them. An unchanged answer (after a reconnect) changes nothing. */
export function createBoards(api: Remote<WorkerApi>): Accessor<Boards | null> {
  const [boards, setBoards] = createSignal<Boards | null>(null, {
    equals: (before, after) => JSON.stringify(before) === JSON.stringify(after),
  });
  void api.onBoards(proxy((now: Boards) => void setBoards(now)));
  return boards;
}
