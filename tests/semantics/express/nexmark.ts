import { type CaseFile, datasetOf } from '../case-file.ts';
import type { Plan, Row, Scenario, WindowText } from '../scenario.ts';
import { describe, fieldsOf } from './recorded.ts';

/** Nexmark over RisingWave's rows: the queries of one stream. Rows that only pass through are groups of themselves. */
export function expressNexmark(file: CaseFile): Plan {
  const reason = WAITS[file.id];
  if (reason !== undefined) return { kind: 'waits', reason };
  const window = QUERIES[file.id];
  if (!window) throw new Error(`no way to write ${file.id}`);
  const { columns, rows: cells } = (datasetOf(file).input as Record<string, Table>).bid as Table;
  const rows = rowsOf(columns, cells).map((row, line) => ({ ...row, line, ts_ms: utc(row.date_time) }));
  const scenario: Scenario = {
    title: '',
    timeField: 'ts_ms',
    delay: '0ms',
    fields: fieldsOf(rows, ['ts_ms']),
    windows: { out: window },
    output: 'out',
    mode: 'append',
    startMs: null,
    batches: [{ rows }],
    closes: true,
    expected: { kind: 'all', rows: expectedRows(file.expected) },
  };
  const note = 'line' in (window.by ?? {}) ? ' (rows pass through: each a group)' : '';
  return { kind: 'run', how: describe(window, scenario) + note, scenarios: [scenario] };
}

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

function rowsOf(columns: readonly string[], cells: Table['rows']): Row[] {
  return cells.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
}

const utc = (text: unknown): number => Date.parse(`${String(text).replace(' ', 'T')}Z`);

function expectedRows(expected: unknown): Row[] {
  if (!Array.isArray(expected)) {
    const { columns, rows } = expected as Table;
    return rowsOf(columns, rows);
  }
  return (expected as readonly Row[]).map(({ starttime_ms, endtime_ms, ...row }) => ({
    ...row,
    window_start_ms: starttime_ms,
    window_end_ms: endtime_ms,
  }));
}

/** Each row a group, `line` keeping equal rows apart. */
function pass(columns: Readonly<Record<string, string>>, where?: string): WindowText {
  return { window: 'global()', ...(where && { where }), by: { ...columns, line: 'line' }, select: { rows: 'count()' } };
}

const same = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));

const RANKS = ['', 'price < 10000', 'price >= 10000 AND price < 1000000', 'price >= 1000000'];

function ranked(aggregate: string, noun: string): Record<string, string> {
  return Object.fromEntries(
    RANKS.map((filter, rank) => [
      `${rank === 0 ? 'total' : `rank${rank}`}_${noun}`,
      filter === '' ? aggregate : `${aggregate} filter (${filter})`,
    ]),
  );
}

const DAY = { day: "strftime(ts_ms, '%Y-%m-%d')" };
const STATISTICS = {
  ...ranked('count()', 'bids'),
  ...ranked('count_distinct(bidder)', 'bidders'),
  ...ranked('count_distinct(auction)', 'auctions'),
};
const DOLLARS = '(0.908 * price)::DECIMAL(23, 3)::VARCHAR';
const CHANNEL_ID = "nullif(regexp_extract(url, '(&|^)channel_id=([^&]*)', 2), '')";

const QUERIES: Readonly<Record<string, WindowText>> = {
  nexmark_q0: pass(same('auction', 'bidder', 'price', 'date_time')),
  nexmark_q1: pass({ ...same('auction', 'bidder', 'date_time'), price: DOLLARS }),
  nexmark_q2: pass(same('auction', 'price'), 'auction IN (1007, 1020, 2001, 2019, 2087)'),
  nexmark_q10: pass({
    ...same('auction', 'bidder', 'price', 'date_time'),
    date: "strftime(ts_ms, '%Y-%m-%d')",
    time: "strftime(ts_ms, '%I:%M')",
  }),
  nexmark_q11_derived: { window: 'session(10s)', by: ['bidder'], select: { bid_count: 'count()' } },
  nexmark_q14: pass(
    {
      ...same('auction', 'bidder', 'date_time'),
      price: DOLLARS,
      bidTimeType:
        "CASE WHEN hour(ts_ms) BETWEEN 8 AND 18 THEN 'dayTime' WHEN hour(ts_ms) <= 6 OR hour(ts_ms) >= 20 THEN 'nightTime' ELSE 'otherTime' END",
      c_counts: "length(extra) - length(replace(extra, 'c', ''))",
    },
    '0.908 * price > 1000000 AND 0.908 * price < 50000000',
  ),
  nexmark_q15: { window: 'tumble(day)', by: DAY, select: STATISTICS },
  nexmark_q16: { window: 'tumble(day)', by: { channel: 'channel', ...DAY }, select: STATISTICS },
  nexmark_q17: {
    window: 'tumble(day)',
    by: { auction: 'auction', ...DAY },
    select: {
      ...ranked('count()', 'bids'),
      min_price: 'min(price)',
      max_price: 'max(price)',
      avg_price: 'avg(price)',
      sum_price: 'sum(price)',
    },
  },
  nexmark_q18: {
    window: 'global()',
    by: ['bidder', 'auction'],
    // ORDER BY date_time DESC, extra: the least of this text.
    compute: { place: "lpad((9999999999999 - epoch_ms(ts_ms))::VARCHAR, 13, '0') || extra" },
    select: Object.fromEntries(
      ['price', 'channel', 'url', 'date_time', 'extra'].map((name) => [name, `arg_min(${name}, place)`]),
    ),
  },
  nexmark_q21: pass(
    {
      ...same('auction', 'bidder', 'price', 'channel'),
      channel_id: `CASE lower(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3' ELSE ${CHANNEL_ID} END`,
    },
    `${CHANNEL_ID} IS NOT NULL OR lower(channel) IN ('apple', 'google', 'facebook', 'baidu')`,
  ),
  nexmark_q22: pass({
    ...same('auction', 'bidder', 'price', 'channel'),
    dir1: "split_part(url, '/', 4)",
    dir2: "split_part(url, '/', 5)",
    dir3: "split_part(url, '/', 6)",
  }),
};

const JOIN = 'joins: two streams';
const WAITS: Readonly<Record<string, string>> = {
  nexmark_q3: JOIN,
  nexmark_q4: JOIN,
  nexmark_q5: 'joins: a window with the greatest of its own rows, ties kept',
  nexmark_q6_group_top1: JOIN,
  nexmark_q7: 'joins: a stream with the greatest of each window',
  nexmark_q8: JOIN,
  nexmark_q9: JOIN,
  nexmark_q19: 'the first n rows of a group by an order (ROW_NUMBER)',
  nexmark_q20: JOIN,
  nexmark_q101: JOIN,
  nexmark_q102: JOIN,
};
