import type { CaseFile } from '../case-file.ts';
import type { Batch, Plan, Row, Scenario } from '../scenario.ts';
import { describe, fieldsOf, selectOf, toTheMillisecond, windowOf, windowText } from './recorded.ts';

/** Flink SQL: one row per batch, so that the watermark moves after each. Assigning alone (no GROUP BY) drops nothing. */
export function expressFlink(file: CaseFile): Plan {
  if (file.id.startsWith('flink_op_')) return expressOperator(file);
  const { query } = file;
  if (query.keep_first_n !== undefined && query.keep_first_n !== 1)
    return {
      kind: 'waits',
      reason: 'the first n rows of a window by an order (ROW_NUMBER)',
    };
  const rows = (file.input as readonly Row[]).map((row, input_index) => ({ ...row, ...numeric(row), input_index }));
  const window = windowOfFlink(file);
  const scenario: Scenario = {
    title: '',
    timeField: 'ts_ms',
    delay: `${query.watermark_delay_ms ?? 0}ms`,
    fields: fieldsOf(rows, ['ts_ms']),
    windows: { out: window },
    output: 'out',
    mode: 'append',
    startMs: null,
    batches: query.watermark_delay_ms === undefined ? [{ rows }] : rows.map((row) => ({ rows: [row] })),
    closes: true,
    expected: {
      kind: 'all',
      rows: (file.expected as readonly Row[]).map(readExpected),
      ...('distinct_strings' in window.select && { read: readDistinct }),
    },
  };
  const note = query.group_by === null ? ' (assignment alone: each row a group)' : '';
  const scenarios = [scenario, ...toTheMillisecond(scenario, query.watermark_delay_ms ?? 0)];
  return { kind: 'run', how: describe(window, scenario) + note, scenarios };
}

function windowOfFlink(file: CaseFile): Scenario['windows'][string] {
  const { query } = file;
  const window = windowText(query.window);
  // Assignment alone: each row is a group.
  if (query.group_by === null) return { window, by: ['input_index'], select: { rows: 'count()' } };
  if (query.keep_first_n === 1) {
    // ROW_NUMBER() OVER (… ORDER BY rowtime DESC) = 1
    const by = (query.partition_by as readonly string[]).filter((name) => !name.startsWith('window_'));
    return { window, by, select: { input_index: 'last(input_index)' } };
  }
  if (query.aggregates === undefined) return { ...windowOf(file), select: { count_distinct_b: 'count_distinct(b)' } };
  const { distinct_strings, ...aggregates } = query.aggregates ?? {};
  return {
    ...windowOf(file),
    ...(query.grouping_sets !== undefined && { grouping_sets: query.grouping_sets as readonly (readonly string[])[] }),
    select: { ...selectOf(aggregates), ...(distinct_strings && { distinct_strings: 'top_k(string, 20)' }) },
  };
}

/** Decimals come as text: they are float64 here. */
function numeric(row: Row): Row {
  return Object.fromEntries(
    ['bigdec', 'price'].filter((name) => typeof row[name] === 'string').map((name) => [name, Number(row[name])]),
  );
}

/** Without the columns that say the window a second time. */
function readExpected({ window_start, window_end, window_time_ms, ...row }: Row): Row {
  return {
    ...row,
    ...('sum_bigdec' in row && row.sum_bigdec !== null && { sum_bigdec: Number(row.sum_bigdec) }),
    ...(typeof row.price === 'string' && { price: Number(row.price) }),
  };
}

/** top_k gives the values with their counts. */
function readDistinct(row: Row): Row {
  const top = (row.distinct_strings ?? []) as readonly { value: unknown }[];
  return { ...row, distinct_strings: top.map(({ value }) => String(value)).sort() };
}

interface OperatorEvent {
  readonly element?: Row;
  readonly watermark_ms?: number;
}

/** Flink's window operator: watermarks are events. Its W says "no more at or before W"; ours is exclusive, so W + 1. */
function expressOperator(file: CaseFile): Plan {
  const events = file.input as readonly OperatorEvent[];
  const allowMs = Number(file.query.allowed_lateness_ms ?? 0);
  const published = (file.expected as readonly Row[]).map(({ result_ts_ms, ...row }) => ({
    ...row,
    window_end_ms: Number(result_ts_ms) + 1,
  }));
  // A purging trigger fires only what is new: its pieces add up to the window.
  const purging = String(file.query.trigger).includes('purging');
  const batches: Batch[] = events.map(({ element, watermark_ms }) => ({
    rows: element ? [element] : [],
    watermarkMs: watermark_ms === undefined ? null : watermark_ms + 1,
  }));
  const window = {
    window: windowText(file.query.window),
    by: ['key'],
    select: { sum: 'sum(value)' },
    ...(allowMs > 0 && { late: { allow: `${allowMs}ms` } }),
  };
  const scenario: Scenario = {
    title: '',
    timeField: 'ts_ms',
    delay: '0ms',
    fields: { key: 'string', value: 'int64' },
    windows: { out: window },
    output: 'out',
    mode: 'append',
    startMs: null,
    batches,
    closes: true,
    expected: {
      kind: 'all',
      rows: purging ? addedUp(published) : published,
      tooLate: file.expected_late as readonly Row[],
    },
  };
  const plan: Plan = { kind: 'run', how: describe(window, scenario), scenarios: [scenario] };
  if (!purging) return plan;
  return {
    ...plan,
    differs:
      'a purging trigger fires a late row alone (2, then 1), here the window is whole again (2, then 3 as revision 1); the pieces add up to it',
    scenarios: [
      scenario,
      { ...scenario, title: 'update', mode: 'update', expected: { ...scenario.expected, kind: 'last' } },
    ],
  };
}

function addedUp(rows: readonly Row[]): Row[] {
  const sums = new Map<string, Row>();
  for (const { sum, ...group } of rows) {
    const key = JSON.stringify(group);
    sums.set(key, { ...group, sum: Number(sums.get(key)?.sum ?? 0) + Number(sum) });
  }
  return [...sums.values()];
}
