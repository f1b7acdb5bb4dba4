/** When a window's rows are put out, with the meaning these words have in Spark. */
export type OutputMode = 'append' | 'update' | 'complete';

/** A row of a window as it is put out. */
export interface EmittedRow {
  /** µs UTC; null: the global window. */
  readonly windowStartUs: number | null;
  readonly windowEndUs: number | null;
  /**
   * The by-columns, `grouping_id` with grouping sets, the select columns, in this order. Timestamps are ISO 8601 texts;
   * int64 beyond ±2^53 are bigint; decimals are numbers, or text where a number would not print the same; top_k is a list.
   */
  readonly columns: Readonly<Record<string, unknown>>;
  /** `retracted`: a session with these bounds is no more, for it has grown or has been joined with another. */
  readonly state: 'provisional' | 'final' | 'revised' | 'retracted';
  /** How often it was changed after it was final. */
  readonly revision: number;
  /** All groups beyond the bound on groups, as one. */
  readonly other: boolean;
  /** Bounds of relative errors of the columns that are approximate. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What a window has put out since it was last asked. */
export interface Emissions {
  /** In the order of the windows' ends. */
  next(): EmittedRow[];
  close(): void;
}

/** µs UTC as ISO 8601, with three digits after the point, or six when they are needed. */
export function formatTimeUs(timeUs: number): string {
  const ms = Math.floor(timeUs / 1000);
  const rest = timeUs - ms * 1000;
  const text = new Date(ms).toISOString();
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
