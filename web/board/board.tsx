import { createEffect, createMemo, For, type JSX, Show } from 'solid-js';
import type { Board as BoardSpec } from '../../contract/spec/board.ts';
import type { Panel as PanelSpec } from '../../contract/spec/panel.ts';
import type { Boards, Filter, TimeView } from '../../contract/worker-api.ts';
import type { Colors } from '../charts/colors.ts';
import type { FrameScheduler } from '../charts/frame-scheduler.ts';
import type { Ink } from '../charts/ink.ts';
import { createNarrowWall, fitRows, narrowed } from '../kiosk/fit.ts';
import { type BoardContext, BoardProvider } from '../panels/board-context.ts';
import { Panel } from '../panels/panel.tsx';
import type { TimeControl } from '../time/create-time.ts';
import { createAnnotations } from './annotations.ts';
import { BoardSkeleton } from './board-skeleton.tsx';
import { keepShapes } from './kept-layout.ts';
import { layOut } from './layout.ts';
import type { PageData } from './page.ts';

export interface BoardProps {
  readonly board: BoardSpec;
  /** False: it is drawn unseen, to be shown next. */
  readonly isShown: boolean;
  readonly boards: Boards;
  readonly data: PageData;
  readonly nowMs: number;
  /** When the engine last spoke. */
  readonly heardMs: number;
  readonly paused: boolean;
  readonly time: TimeControl;
  /** What the viewer has chosen. */
  readonly filters: readonly Filter[];
  readonly onChoose: BoardContext['choose'];
  readonly hrefOf: BoardContext['hrefOf'];
  readonly viewPanel: string | null;
  readonly onViewPanel: (panel: string | null) => void;
  readonly ink: Ink;
  readonly colors: Colors;
  readonly frames: FrameScheduler;
}

/** The panels in reading order on the 24-column grid. */
export function Board(props: BoardProps): JSX.Element {
  const narrow = createNarrowWall();
  const panels = createMemo((before: readonly PanelSpec[]) => unchanged(props.board.panels, before), []);
  const layout = createMemo(() => layOut(narrow() ? narrowed(panels()) : panels()));
  const view = createMemo((): TimeView => props.time.view() ?? NO_TIME);
  const context: BoardContext = {
    status: () => props.data.status(),
    windows: () => props.boards.windows,
    nowMs: () => props.nowMs,
    heardMs: () => props.heardMs,
    rebuilding: () => props.data.changing() !== null || (props.data.status()?.rebuilding ?? false),
    paused: () => props.paused,
    view,
    span: createMemo(() => view().span),
    filters: createMemo(() => props.filters, undefined, { equals: same }),
    compareUs: () => props.time.compareUs(),
    annotations: createAnnotations(
      () => props.board,
      (request) => props.data.picture(request),
    ),
    zone: () => props.time.zone(),
    ink: () => props.ink,
    colors: props.colors,
    get seriesColumns() {
      return seriesColumns(props.board);
    },
    frames: props.frames,
    picture: (request) => props.data.picture(request),
    isKept: (picture) => props.data.isKept(picture),
    drawn: (picture) => props.data.drawn(picture),
    query: (sql, options) => props.data.query(sql, options),
    zoom: (range) => props.time.zoom(range),
    choose: (column, value) => props.onChoose(column, value),
    hrefOf: (link, column, key) => props.hrefOf(link, column, key),
    viewPanel: () => props.viewPanel,
    showPanel: (panel) => props.onViewPanel(panel),
  };
  createEffect(() => props.isShown && fitRows(layout().rows));
  createEffect(() => props.isShown && keepShapes(location.search, panels()));
  return (
    <BoardProvider value={context}>
      <Show when={props.time.view() !== null} fallback={<BoardSkeleton panels={panels()} />}>
        <main class="board" data-board={props.board.title}>
          <For each={panels()}>
            {(panel, index) => {
              const placement = () => layout().placements[index()] ?? { column: 1, row: 1, width: 24, height: 1 };
              return <Panel panel={panel} placement={placement()} number={index() + 1} />;
            }}
          </For>
        </main>
      </Show>
    </BoardProvider>
  );
}

/** Until the calendar is there. */
const NO_TIME: TimeView = { span: 'all', until: 'newest', earlierUs: 0 };

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Panels of a file that was changed: those that say what they said are the ones that are there, and stay drawn. */
export function unchanged(panels: readonly PanelSpec[], before: readonly PanelSpec[]): readonly PanelSpec[] {
  const left = new Map<string, PanelSpec[]>();
  for (const panel of before) left.set(JSON.stringify(panel), [...(left.get(JSON.stringify(panel)) ?? []), panel]);
  return panels.map((panel) => left.get(JSON.stringify(panel))?.shift() ?? panel);
}

/** By-columns drawn as series somewhere on the board, each with the first order declared for it. */
export function seriesColumns(board: BoardSpec): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const panel of board.panels)
    if (panel.kind === 'timeseries' && panel.series && !found.get(panel.series)?.length)
      found.set(panel.series, panel.order ?? []);
  return found;
}
