import { type Accessor, createContext, useContext } from 'solid-js';
import type { Link, Tone } from '../../contract/spec/panels/parts.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type {
  Filter,
  PanelPicture,
  PanelRequest,
  QueryOptions,
  Row,
  Span,
  Status,
  TimeView,
} from '../../contract/worker-api.ts';
import type { Colors } from '../charts/colors.ts';
import type { FrameScheduler } from '../charts/frame-scheduler.ts';
import type { Ink } from '../charts/ink.ts';
import type { Zone } from '../format-time.ts';

/** Everything a panel needs from the board it stands on. */
export interface BoardContext {
  readonly status: Accessor<Status | null>;
  readonly windows: Accessor<Readonly<Record<string, WindowSpec>>>;
  readonly nowMs: Accessor<number>;
  /** When the engine last spoke. */
  readonly heardMs: Accessor<number>;
  /** No pictures are made for the moment: the last ones stay. */
  readonly rebuilding: Accessor<boolean>;
  readonly paused: Accessor<boolean>;
  /** Event time in view, and how long it is. */
  readonly view: Accessor<TimeView>;
  readonly span: Accessor<Span>;
  /** What the viewer has chosen; it holds for every panel that has the column. */
  readonly filters: Accessor<readonly Filter[]>;
  /** Panels are compared with what was so long before; null: they are not. */
  readonly compareUs: Accessor<number | null>;
  /** Moments worth knowing, on every panel over time. */
  readonly annotations: Accessor<readonly Mark[]>;
  readonly zone: Accessor<Zone>;
  readonly ink: Accessor<Ink>;
  readonly colors: Colors;
  /** By-columns that some panel draws as series, with their declared order: bars of these wear the series' colours. */
  readonly seriesColumns: ReadonlyMap<string, readonly string[]>;
  readonly frames: FrameScheduler;
  /** Watches what the request asks for while it is not null; the last picture stays when it becomes null. */
  readonly picture: (request: Accessor<PanelRequest | null>) => Accessor<PanelPicture | undefined>;
  /** It is what this browser showed before the page was opened; the engine's own comes in its place. */
  readonly isKept: (picture: PanelPicture) => boolean;
  /** Called in the frame in which a picture was put on the screen. */
  readonly drawn: (picture: PanelPicture) => void;
  /** One read-only SELECT over the streams' kept rows and the windows. */
  readonly query: (sql: string, options?: QueryOptions) => Promise<Row[]>;
  /** Shows this stretch of event time on the whole board; null: back to what was shown before. */
  readonly zoom: (range: { readonly fromUs: number; readonly toUs: number } | null) => void;
  /** Chooses a value of a column for the whole board, or, where it is chosen, no longer; null: events without a value. */
  readonly choose: (column: string, value: string | null) => void;
  /** Where a panel's link leads for this value of a column; null: nowhere a page may lead to. */
  readonly hrefOf: (link: Link, column: string, key: string | null) => string | null;
  /** Title or number, from 1, of the panel that fills the page; null: none does. */
  readonly viewPanel: Accessor<string | null>;
  readonly showPanel: (panel: string | null) => void;
}

/** `untilUs` null: a moment. */
export interface Mark {
  readonly fromUs: number;
  readonly untilUs: number | null;
  readonly text: string;
  readonly tone: Tone | null;
}

const Context = createContext<BoardContext>();

export const BoardProvider = Context.Provider;

export function useBoard(): BoardContext {
  const board = useContext(Context);
  if (!board) throw new Error('A panel stands on a board: wrap it in BoardProvider.');
  return board;
}
