import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Position } from '../../contract/protocol/position.ts';
import type { PaneTable } from '../panes/pane-table.ts';
import type { Segments } from '../store/segments.ts';
import type { RowExpression } from '../windows/expressions.ts';
import type { RecentRows } from './recent-rows.ts';

/** All the engine knows of one stream. */
export interface StreamState {
  readonly name: string;
  readonly segments: Segments;
  readonly recent: RecentRows;
  readonly schemas: Map<number, StreamSchema>;
  schema: StreamSchema | null;
  /** Expressions of its windows, by their text. */
  expressions: Map<string, RowExpression>;
  tables: PaneTable[];
  position: Position | null;
  watermarkUs: number | null;
  maxEventTimeUs: number | null;
  receivedAtMs: number | null;
  sealedAtMs: number | null;
  received: number;
  released: number;
  late: number;
  tooLate: number;
  duplicates: number;
  revision: number;
}
