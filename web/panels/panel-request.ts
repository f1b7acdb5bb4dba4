import { type Accessor, createMemo } from 'solid-js';
import type { Panel } from '../../contract/spec/panel.ts';
import type { PanelRequest } from '../../contract/worker-api.ts';
import { useBoard } from './board-context.ts';
import type { Room, Sort } from './kind-props.ts';
import { requestOf } from './request-of.ts';

/** Height of a row of a list and of a table, in rem. */
export const BAR_ROW_REM = 1.5;
export const TABLE_ROW_REM = 1.625;

/** What a panel asks the worker for: nothing while it is out of sight or not laid out. */
export function createPanelRequest(
  panel: Accessor<Panel>,
  room: Accessor<Room>,
  visible: Accessor<boolean>,
  sort: Accessor<Sort | null> = () => null,
): Accessor<PanelRequest | null> {
  const board = useBoard();
  // Widths are asked for in steps, so that dragging a window's edge is not a new watch per pixel.
  const widthPx = createMemo(() => Math.max(100, Math.ceil(room().width / 100) * 100));
  const rows = createMemo(() => Math.max(1, Math.floor(room().height / (16 * board.ink().scale * TABLE_ROW_REM))));
  return createMemo(() =>
    visible() && room().width > 0
      ? requestOf(
          panel(),
          { view: board.view(), filters: board.filters(), sort: sort(), windows: board.windows() },
          { widthPx: widthPx(), tableRows: rows() },
        )
      : null,
  );
}
