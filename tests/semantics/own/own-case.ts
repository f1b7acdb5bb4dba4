import type { Batch, Row, Scenario, WindowText } from '../scenario.ts';

/**
 * One small case for each rule of time and windows, its rows reasoned by hand. Times are written in seconds; a batch's
 * rows are `[key, seconds, value]`. Each says which rules it shows (of docs/SPEC.md) and what it is like elsewhere: rules of
 * the notes on Spark (S), Flink (F), Kafka Streams (K) and their common set (R).
 */
export interface OwnCase {
  readonly rules: string;
  readonly says: string;
  readonly like: string;
  readonly scenario: Scenario;
}

type Short = readonly [key: string | null, seconds: number, value?: number];

interface Given {
  readonly delay?: string;
  readonly mode?: Scenario['mode'];
  readonly closes?: boolean;
  readonly startMs?: number;
  readonly windows?: Readonly<Record<string, WindowText>>;
  readonly output?: string;
  readonly tooLate?: readonly Short[];
}

/** Rows that arrive together and what is put out after them. */
export function batch(rows: readonly Short[], expected?: readonly Row[], tooLate?: number): Batch {
  return { rows: rows.map(rowOf), ...(expected && { expected }), ...(tooLate !== undefined && { tooLate }) };
}

function rowOf([k, seconds, v = 1]: Short): Row {
  return { k, ts_ms: seconds * 1000, v };
}

/** A row put out: the window's bounds in seconds, and its columns. */
export function out(start: number, end: number, columns: Row): Row {
  return { window_start_ms: start * 1000, window_end_ms: end * 1000, ...columns };
}

export function own(
  rules: string,
  says: string,
  like: string,
  window: WindowText,
  batches: readonly Batch[],
  atEnd: readonly Row[],
  given: Given = {},
): OwnCase {
  const { delay = '0s', mode = 'append', closes = true, startMs = null, windows = {}, output = 'out' } = given;
  return {
    rules,
    says,
    like,
    scenario: {
      title: says,
      timeField: 'ts_ms',
      delay,
      fields: { k: 'string', v: 'int64' },
      windows: { out: window, ...windows },
      output,
      mode,
      startMs,
      batches,
      closes,
      expected: {
        kind: 'all',
        rows: null,
        ...(closes && { atEnd }),
        ...(given.tooLate && { tooLate: given.tooLate.map(rowOf) }),
      },
    },
  };
}

export const COUNT = { n: 'count()' };
export const by = ['k'];
