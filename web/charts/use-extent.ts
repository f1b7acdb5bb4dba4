import { type Accessor, createMemo } from 'solid-js';
import { useBoard } from '../panels/board-context.ts';
import { type Extent, extentOf } from './extent.ts';

/** What a chart of this board shows of time; it stands while the board is paused. */
export function createExtent(own: Accessor<Extent>): Accessor<Extent> {
  const board = useBoard();
  return createMemo<Extent>(
    (before) => {
      const view = board.view();
      if (view.until !== 'now') return extentOf(view, own(), 0);
      if (board.paused() && before !== NONE) return before;
      return extentOf(view, own(), board.nowMs() / 1000);
    },
    NONE,
    { equals: (a, b) => a.fromS === b.fromS && a.toS === b.toS },
  );
}

const NONE: Extent = { fromS: 0, toS: 0 };
