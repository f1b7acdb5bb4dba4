import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Position } from '../../contract/protocol/position.ts';
import type { Segments } from '../store/segments.ts';
import type { RowExpression } from '../windows/expressions.ts';
import type { Feed, Table } from '../windows/feed.ts';
import type { Gaps } from './gaps.ts';
import type { RecentRows } from './recent-rows.ts';
import type { TooLateRows } from './too-late-rows.ts';

/** All the engine knows of one stream. */
export interface StreamState extends Feed {
  readonly name: string;
  readonly stream: string;
  readonly segments: Segments;
  readonly recent: RecentRows;
  /** The newest rows of some choices of them, by name; the one asked for last stands last. */
  readonly chosen: Map<string, RecentRows>;
  /** Names of those somebody looks at: each is kept, however many there are. */
  watchedChoices: ReadonlySet<string>;
  readonly tooLateRows: TooLateRows;
  readonly schemas: Map<number, StreamSchema>;
  schema: StreamSchema | null;
  /** Expressions of its windows, by their text. */
  expressions: Map<string, RowExpression>;
  tables: Table[];
  readonly gaps: Gaps;
  position: Position | null;
  /** Rows with event times before this were let go before the engine was made; null: none were. */
  keptFromUs: number | null;
  watermarkUs: number | null;
  maxEventTimeUs: number | null;
  receivedAtMs: number | null;
  sealedAtMs: number | null;
  received: number;
  released: number;
  /** Rows behind the watermark that counted, rows no window took, and those rows' window assignments and others'. */
  late: number;
  tooLate: number;
  duplicates: number;
  revision: number;
}
