import type { CaseFile } from '../case-file.ts';
import type { Plan, Row, Scenario } from '../scenario.ts';
import { describe, windowText } from './recorded.ts';

/**
 * Kafka Streams: a record is a batch, stream time is the newest of any key. Grace is before a window closes, so it is
 * `delay`, or `allow` where updates are wanted. A session is [first, last] there and [first, last + gap) here.
 */
export function expressKafka(file: CaseFile): Plan {
  const { window } = file.query;
  if (window?.type === 'kafka_sliding')
    return { kind: 'absent', reason: 'windows that end at every record; a hop with a small slide is the nearest' };
  const graceMs = Number(file.query.grace_ms ?? 0);
  const gapMs = window?.gap_ms ?? 0;
  const read = (row: Row): Row => ({
    key: row.key,
    value: row.value,
    window_start_ms: row.window_start_ms,
    window_end_ms: Number(row.window_end_ms) + gapMs,
  });
  const rows = file.input as readonly Row[];
  const base = {
    timeField: 'ts_ms',
    fields: { key: 'string' },
    output: 'out',
    startMs: null,
    batches: rows.map((row) => ({ rows: [row] })),
  } as const;
  const text = { window: windowText(window), by: ['key'], select: { value: 'count()' } };
  const allowed = graceMs > 0 ? { ...text, late: { allow: `${graceMs}ms` } } : text;
  const expected = { kind: 'all', rows: (file.expected as readonly Row[]).map(read) } as const;
  // Without a grace nothing is dropped: the store's content is what counts, as updates.
  const final: Scenario =
    file.query.grace_ms === null
      ? { ...base, title: '', delay: '1d', windows: { out: text }, mode: 'append', closes: true, expected }
      : { ...base, title: '', delay: `${graceMs}ms`, windows: { out: text }, mode: 'append', closes: false, expected };
  const scenarios: Scenario[] = [final];
  if (file.query.grace_ms !== null && graceMs > 0)
    scenarios.push({ ...final, title: 'allow', delay: '0ms', windows: { out: allowed } });
  if (file.expected_updates !== undefined)
    scenarios.push({
      ...final,
      title: 'updates',
      delay: '0ms',
      windows: { out: allowed },
      mode: 'update',
      expected: {
        kind: 'all',
        rows: withoutRepeats(file.expected_updates as readonly Row[]).map(read),
      },
    });
  return { kind: 'run', how: describe(text, final), scenarios };
}

/** A null takes a session back, as `retracted` does here. One that comes back with the same bounds is only updated here. */
function withoutRepeats(updates: readonly Row[]): Row[] {
  const bounds = (row: Row | undefined): string => JSON.stringify([row?.key, row?.window_start_ms, row?.window_end_ms]);
  return updates.filter((row, index) => row.value !== null || bounds(row) !== bounds(updates[index + 1]));
}
