import type { Accessor } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { Boards, PanelPicture, PanelRequest, QueryOptions, Row, Status } from '../../contract/worker-api.ts';
import type { Failure } from '../data/failure.ts';

/** What the page draws from: the worker's answers as signals. The data layer makes one; so does the panels' fixture. */
export interface PageData {
  /** Null until the relay has told them. */
  readonly boards: Accessor<Boards | null>;
  /** Null until the engine is up. */
  readonly status: Accessor<Status | null>;
  readonly picture: (request: Accessor<PanelRequest | null>) => Accessor<PanelPicture | undefined>;
  /** It is what this browser showed before it was opened again; the engine's own comes in its place. */
  readonly isKept: (picture: PanelPicture) => boolean;
  /** One read-only SELECT over the streams' kept rows and the windows. */
  readonly query: (sql: string, options?: QueryOptions) => Promise<Row[]>;
  readonly setPaused: (paused: boolean) => void;
  /** Does not wait for the next attempt to reach the relay. */
  readonly reconnect: () => void;
  readonly drawn: (picture: PanelPicture) => void;
  /** Median of event → drawn in ms, or null. */
  readonly drawnMs: Accessor<number | null>;
  /** Why there is no engine for the moment, in words without a full stop; null: there is one. */
  readonly changing: Accessor<string | null>;
  /** This tab runs the engine, for itself and for others; false: another does. */
  readonly runsHere: Accessor<boolean>;
  /** The engine could not be started, or fails again and again: what was found and what to do. */
  readonly failure: Accessor<Failure | null>;
}

export interface Page {
  readonly data: PageData;
  readonly clock: Clock;
}
