import type { PaneTable } from '../panes/pane-table.ts';
import type { SessionTable } from '../panes/session-table.ts';
import type { RowExpression } from './expressions.ts';

export type Table = PaneTable | SessionTable;

/** What windows are fed from: a stream, or another window's closed rows. */
export interface Feed {
  readonly name: string;
  /** The stream the rows come from in the end. */
  readonly stream: string;
  /** Expressions of its windows, by their text. */
  expressions: Map<string, RowExpression>;
  tables: Table[];
  readonly watermarkUs: number | null;
  readonly maxEventTimeUs: number | null;
  readonly receivedAtMs: number | null;
  readonly sealedAtMs: number | null;
  /** Says whether records with event times in [fromUs, untilUs) are known to be missing, or may be. */
  readonly gaps: { touch(fromUs: number, untilUs: number): boolean };
  /** The stream's own times, where these are of another window's closed rows; left out: these are. */
  readonly streamTime?: { readonly maxEventTimeUs: number | null; readonly watermarkUs: number | null };
  /** Rises whenever a picture of it could have changed. */
  readonly revision: number;
}
