import { type Accessor, createContext, useContext } from 'solid-js';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { PanelPicture, PanelRequest, Span, Status } from '../../contract/worker-api.ts';
import type { Colors } from '../charts/colors.ts';
import type { FrameScheduler } from '../charts/frame-scheduler.ts';
import type { Ink } from '../charts/ink.ts';
import type { Zone } from '../format-time.ts';

/** Everything a panel needs from the board it stands on. */
export interface BoardContext {
  readonly status: Accessor<Status | null>;
  readonly windows: Accessor<Readonly<Record<string, WindowSpec>>>;
  readonly nowMs: Accessor<number>;
  /** No pictures are made for the moment: the last ones stay. */
  readonly rebuilding: Accessor<boolean>;
  readonly paused: Accessor<boolean>;
  readonly span: Accessor<Span>;
  readonly zone: Accessor<Zone>;
  readonly ink: Accessor<Ink>;
  readonly colors: Colors;
  /** By-columns that some panel draws as series, with their declared order: bars of these wear the series' colours. */
  readonly seriesColumns: ReadonlyMap<string, readonly string[]>;
  readonly frames: FrameScheduler;
  /** Watches what the request asks for while it is not null; the last picture stays when it becomes null. */
  readonly picture: (request: Accessor<PanelRequest | null>) => Accessor<PanelPicture | undefined>;
  /** Called in the frame in which a picture was put on the screen. */
  readonly drawn: (picture: PanelPicture) => void;
}

const Context = createContext<BoardContext>();

export const BoardProvider = Context.Provider;

export function useBoard(): BoardContext {
  const board = useContext(Context);
  if (!board) throw new Error('A panel stands on a board: wrap it in BoardProvider.');
  return board;
}
