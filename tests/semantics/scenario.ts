import type { FieldType } from '../../contract/spec/field.ts';

/**
 * A published query as it is run here: a configuration a user could write, its input in batches, and the rows it must give.
 *
 *     case file ─▶ express ─▶ Scenario ─▶ configuration text, frames ─▶ engine ─▶ rows ─▶ compared with the case's rows
 */
export interface Scenario {
  /** Tells scenarios of one case apart; empty when there is one. */
  readonly title: string;
  /** The numeric field, ms since the epoch, that event time is read from. */
  readonly timeField: string;
  readonly delay: string;
  readonly fields: Readonly<Record<string, FieldType>>;
  /** By name, as under `windows:`; `from` is `events` where it is left out. */
  readonly windows: Readonly<Record<string, WindowText>>;
  /** The window whose rows are compared. */
  readonly output: string;
  readonly mode: Mode;
  /** The watermark before the first batch: Spark starts at 0, the others without one. */
  readonly startMs: number | null;
  readonly batches: readonly Batch[];
  /** Does the end of the input close every window? */
  readonly closes: boolean;
  readonly expected: Expected;
}

export type Mode = 'append' | 'update' | 'complete';

/** One window as it is written; what is left out has its default. */
export interface WindowText {
  readonly from?: string;
  readonly window: string;
  readonly compute?: Readonly<Record<string, string>>;
  readonly where?: string;
  readonly dedup?: { readonly by: readonly string[]; readonly within?: string };
  readonly by?: readonly string[] | Readonly<Record<string, string>>;
  readonly grouping_sets?: readonly (readonly string[])[];
  readonly select: Readonly<Record<string, string>>;
  readonly late?: { readonly allow?: string; readonly judged?: 'joined' | 'alone' };
}

/** Rows that arrive together, and what the emission right after them must be; left out: not said by the case. */
export interface Batch {
  readonly rows: readonly Row[];
  /** The watermark after the batch, exclusive, when the case dictates it; left out: newest event time − delay. */
  readonly watermarkMs?: number | null;
  readonly expected?: readonly Row[];
  /** Rows and, for a row of several windows, nothing less than all of them: too late at this batch. */
  readonly tooLate?: number;
}

/** Rows as published, with `window_start_ms` and `window_end_ms`; only the columns named by them are compared. */
export interface Expected {
  /** `all`: every row emitted. `last`: the last row of each window and group. */
  readonly kind: 'all' | 'last';
  readonly rows: readonly Row[] | null;
  /** Rows emitted by the end of the input alone. */
  readonly atEnd?: readonly Row[];
  /** Input rows counted in no window at all. */
  readonly tooLate?: readonly Row[];
  /** A row emitted `count` times stands for so many published rows. */
  readonly expand?: boolean;
  /** Applied to each emitted row before it is compared. */
  readonly read?: (row: Row) => Row;
  /** Emitted rows it is false for are not compared. */
  readonly only?: (row: Row) => boolean;
  /** Columns added up over all rows. */
  readonly sums?: Readonly<Record<string, number>>;
}

export type Row = Readonly<Record<string, unknown>>;

/** How a case stands here. */
export type Plan =
  | {
      readonly kind: 'run';
      /** How the query is written, in one line. */
      readonly how: string;
      readonly scenarios: readonly Scenario[];
      /** What the case says beside its rows. */
      readonly checks?: readonly { readonly what: string; readonly found: unknown; readonly wanted: unknown }[];
      /** Where our rows differ from the published ones by rule: why that is right. The scenarios expect ours. */
      readonly differs?: string;
    }
  /** Waits for something that is to come, or is nothing we mean to have. */
  | { readonly kind: 'waits' | 'absent'; readonly reason: string };

export const STREAM = 'events';

/** The configuration text of a scenario; YAML, as JSON is. */
export function configOf({ timeField, delay, fields, windows }: Scenario, stream = STREAM): string {
  const time = { field: timeField, format: 'millis', delay, ahead: 'any' };
  return JSON.stringify({
    streams: { [stream]: { source: 'file:./events.jsonl', time, fields: { [timeField]: 'timestamp', ...fields } } },
    windows: Object.fromEntries(Object.entries(windows).map(([name, window]) => [name, { from: stream, ...window }])),
  });
}

/** What tells the rows of a scenario's output apart: the window and the by-columns. */
export function groupsOf({ windows, output }: Scenario): string[] {
  const by = windows[output]?.by ?? [];
  return ['window_start_ms', 'window_end_ms', ...(Array.isArray(by) ? by : Object.keys(by))];
}
