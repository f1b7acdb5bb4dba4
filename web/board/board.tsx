import { createEffect, createMemo, For, type JSX } from 'solid-js';
import type { Board as BoardSpec } from '../../contract/spec/board.ts';
import type { Boards, TimeView } from '../../contract/worker-api.ts';
import type { Colors } from '../charts/colors.ts';
import type { FrameScheduler } from '../charts/frame-scheduler.ts';
import type { Ink } from '../charts/ink.ts';
import type { Zone } from '../format-time.ts';
import { createNarrowWall, fitRows, narrowed } from '../kiosk/fit.ts';
import { type BoardContext, BoardProvider } from '../panels/board-context.ts';
import { Panel } from '../panels/panel.tsx';
import { layOut } from './layout.ts';
import type { PageData } from './page.ts';
import { spanOf } from './view.ts';

export interface BoardProps {
  readonly board: BoardSpec;
  /** False: it is drawn unseen, to be shown next. */
  readonly isShown: boolean;
  readonly boards: Boards;
  readonly data: PageData;
  readonly nowMs: number;
  readonly paused: boolean;
  readonly range: string;
  readonly zone: Zone;
  readonly ink: Ink;
  readonly colors: Colors;
  readonly frames: FrameScheduler;
}

/** The panels in reading order on the 24-column grid. */
export function Board(props: BoardProps): JSX.Element {
  const narrow = createNarrowWall();
  const layout = createMemo(() => layOut(narrow() ? narrowed(props.board.panels) : props.board.panels));
  const context: BoardContext = {
    status: () => props.data.status(),
    windows: () => props.boards.windows,
    nowMs: () => props.nowMs,
    rebuilding: () => props.data.changing() !== null || (props.data.status()?.rebuilding ?? false),
    paused: () => props.paused,
    view: createMemo((): TimeView => ({ span: spanOf(props.range), until: 'newest', earlierUs: 0 })),
    span: createMemo(() => spanOf(props.range)),
    filters: () => [],
    compareUs: () => null,
    annotations: () => [],
    zone: () => props.zone,
    ink: () => props.ink,
    colors: props.colors,
    get seriesColumns() {
      return seriesColumns(props.board);
    },
    frames: props.frames,
    picture: (request) => props.data.picture(request),
    drawn: (picture) => props.data.drawn(picture),
    query: (sql, options) => props.data.query(sql, options),
    zoom: () => undefined,
    choose: () => undefined,
  };
  createEffect(() => props.isShown && fitRows(layout().rows));
  return (
    <BoardProvider value={context}>
      <main class="board" data-board={props.board.title}>
        <For each={props.board.panels}>
          {(panel, index) => {
            const placement = () => layout().placements[index()] ?? { column: 1, row: 1, width: 24, height: 1 };
            return <Panel panel={panel} placement={placement()} />;
          }}
        </For>
      </main>
    </BoardProvider>
  );
}

/** By-columns drawn as series somewhere on the board, each with the first order declared for it. */
export function seriesColumns(board: BoardSpec): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const panel of board.panels)
    if (panel.kind === 'timeseries' && panel.series && !found.get(panel.series)?.length)
      found.set(panel.series, panel.order ?? []);
  return found;
}
