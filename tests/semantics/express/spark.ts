import type { CaseFile, Step } from '../case-file.ts';
import type { Batch, Mode, Plan, Row, Scenario } from '../scenario.ts';
import { describe, fieldsOf, JUDGED_ALONE, selectOf, windowText } from './recorded.ts';
import { twoStreamsMin } from './two-streams.ts';

/** Spark's own tests: a step is a batch and the no-data batch after it. Batch queries come as one batch. */
export function expressSpark(file: CaseFile): Plan {
  const { query, id } = file;
  if (query.static_table !== undefined) return { kind: 'waits', reason: 'joins: a stream with a static table' };
  if (query.policy === 'min') return twoStreamsMin(file);
  if (query.streams !== undefined)
    return {
      kind: 'waits',
      reason: 'unions: one window over several streams, and the greatest of their watermarks instead of the least',
    };
  const words = query.explode !== undefined;
  const batches = (file.steps ?? [{ input: file.input as readonly Row[] }]).map((step) => batchOf(step, words));
  const rows = batches.flatMap((batch) => batch.rows);
  const window = windowOfSpark(file);
  const projection = query.group_by === null;
  const dedupOnly = query.dedup_keys !== undefined && query.window === undefined;
  const scenario: Scenario = {
    title: '',
    timeField: 'ts_ms',
    delay: `${query.watermark_delay_ms ?? 0}ms`,
    fields: fieldsOf(rows, ['ts_ms']),
    windows: { out: window },
    output: 'out',
    // Rows that pass the deduplication: each is a group of its own, and comes when it passes.
    mode: dedupOnly ? 'update' : ((query.output_mode ?? 'append') as Mode),
    startMs: 0,
    batches,
    closes: file.steps === undefined,
    expected: {
      kind: 'all',
      rows: (file.expected as readonly Row[]).map(readExpected),
      ...((projection || dedupOnly) && { expand: true }),
      ...(id === 'spark_watermark_append_mode' && { tooLate: [{ value: 10, ts_ms: 10_000 }] }),
    },
  };
  const notes = [
    ...(projection ? [' (assignment alone: each row a group)'] : []),
    ...(dedupOnly ? [' (rows as they pass: each a group)'] : []),
    ...(words ? [', a row per word'] : []),
  ];
  return { kind: 'run', how: describe(window, scenario) + notes.join(''), scenarios: [scenario] };
}

function batchOf(step: Step | { readonly input: readonly Row[] }, words: boolean): Batch {
  const rows = step.input.flatMap(({ line, ts_s, ...row }, index): Row[] => {
    const ts_ms = ts_s === undefined ? row.ts_ms : Number(ts_s) * 1000;
    if (!words) return [{ ...row, ts_ms }];
    return String(line)
      .split(' ')
      .map((word) => ({ sessionId: word, ts: Number(ts_s), ts_ms, index }));
  });
  const expected = 'expected_new' in step ? step.expected_new : (step as Step).expected_new_if_no_data_batches_enabled;
  const dropped = 'dropped_by_watermark' in step ? step.dropped_by_watermark : undefined;
  return {
    rows,
    ...(expected !== undefined && { expected: (expected as readonly Row[]).map(readExpected) }),
    ...(dropped !== undefined && { tooLate: dropped }),
  };
}

function windowOfSpark({ query, id }: CaseFile): Scenario['windows'][string] {
  const dedup = query.dedup_keys === undefined ? {} : { dedup: { by: query.dedup_keys as readonly string[] } };
  if (query.window === undefined) {
    const by = id.endsWith('_subset') ? ['k', 't_s'] : id.endsWith('_keys') ? ['id'] : ['value'];
    return { window: 'global()', ...dedup, by, select: { rows: 'count()' } };
  }
  const { gap_ms_by_value } = query.window;
  const window = gap_ms_by_value
    ? `session(${gapExpression(query.explode === undefined ? 'value' : 'sessionId', gap_ms_by_value)})`
    : windowText(query.window);
  if (query.explode !== undefined)
    return { window, by: ['sessionId'], select: selectOf(query.aggregates ?? {}), late: JUDGED_ALONE };
  // Assignment alone: each row is a group.
  if (query.group_by === null) return { window, by: ['value'], select: { rows: 'count()' } };
  const by = (query.group_by ?? []).filter((name) => name !== 'window' && name !== 'session');
  return { window, ...dedup, ...(by.length > 0 && { by }), select: selectOf(query.aggregates ?? {}) };
}

function gapExpression(field: string, gaps: Readonly<Record<string, number>>): string {
  const literal = (value: string): string => (/^\d+$/.test(value) ? value : `'${value}'`);
  const cases = Object.entries(gaps)
    .filter(([value]) => value !== '*')
    .map(([value, ms]) => `WHEN ${literal(value)} THEN '${ms / 1000}s'`);
  return `CASE ${field} ${cases.join(' ')} ELSE '${(gaps['*'] ?? 0) / 1000}s' END`;
}

/** In our columns: bounds in ms. */
function readExpected(row: Row): Row {
  const { window_start, window_end, window_start_s, start_s, end_s, duration_s, ...rest } = row;
  const startS = window_start_s ?? start_s;
  return {
    ...rest,
    ...(startS !== undefined && { window_start_ms: Number(startS) * 1000 }),
    ...(end_s !== undefined && { window_end_ms: Number(end_s) * 1000 }),
  };
}
