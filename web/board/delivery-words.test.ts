import { expect, test } from 'vitest';
import type { Status, StreamStatus } from '../../contract/worker-api.ts';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import {
  conflatedWords,
  connectionWords,
  deliverySummary,
  journalWords,
  lossWords,
  outcomeWords,
} from './delivery-words.ts';
import { notices } from './notices.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 3, 5);
const UTC = { timeZone: 'UTC', locale: 'en-US' };
const base = shopStatus(NOW, { state: 'live', sinceMs: NOW - 60_000, transport: 'websocket' });

function streamOf(change: Partial<StreamStatus>): StreamStatus {
  const stream = base.streams.shop_events;
  if (!stream) throw new Error('the fixture has one stream');
  return { ...stream, ...change };
}

const statusOf = (change: Partial<StreamStatus>, rest: Partial<Status> = {}): Status => ({
  ...base,
  ...rest,
  streams: { line: streamOf(change) },
});

test('P5 every outcome is a sentence with its time and its reason', () => {
  const words = (outcome: NonNullable<StreamStatus['delivery']>['outcome'], reason: string | null) =>
    outcomeWords(streamOf({ delivery: { outcome, atMs: NOW, reason } }), NOW, UTC);
  expect(words('resumed', null)).toBe('Resumed at 12:03:05: every record after those this browser had, once.');
  expect(words('fresh', null)).toBe('Fresh at 12:03:05: read from where the relay begins.');
  expect(words('gap', 'the relay has no older ones')).toMatch(/^Gap at 12:03:05: .* The relay has no older ones\.$/);
  expect(words('reset', 'the topic was created again')).toMatch(
    /^Reset at 12:03:05: .* The topic was created again\.$/,
  );
  expect(outcomeWords(streamOf({ delivery: null }), NOW, UTC)).toBe('The relay has not answered yet.');
  const yesterday = { outcome: 'resumed' as const, atMs: NOW - 86_400_000, reason: null };
  expect(outcomeWords(streamOf({ delivery: yesterday }), NOW, UTC)).toMatch(/^Resumed at 2026-11-21 12:03:05:/);
});

test('P5 the line says what is missing for as long as it is, and for a minute that a stream was resumed', () => {
  const resumed = { outcome: 'resumed' as const, atMs: NOW, reason: null };
  expect(deliverySummary(statusOf({ delivery: null }), NOW)).toBeNull();
  expect(deliverySummary(statusOf({ delivery: resumed }), NOW)?.words).toBe('resumed, nothing missing');
  expect(deliverySummary(statusOf({ delivery: resumed }), NOW + 60_000)?.words).toBe('nothing missing');
  const away = { state: 'connecting' as const, attempt: 2, sinceMs: NOW };
  expect(deliverySummary(statusOf({ delivery: resumed }, { connection: away }), NOW)?.words).toBe(
    'nothing missing so far',
  );
  const loss = { kind: 'gap' as const, atMs: NOW, reason: 'too old', missing: 1 };
  expect(deliverySummary(statusOf({ delivery: resumed, losses: [loss, loss] }), NOW)).toEqual({
    words: '2 gaps',
    lossy: true,
  });
  expect(deliverySummary(statusOf({ losses: [loss, { ...loss, kind: 'reset' }] }), NOW)?.words).toBe('1 gap, 1 reset');
});

test('P5 a loss says how many records, or that nobody can know', () => {
  const gap = { kind: 'gap' as const, atMs: NOW, reason: 'Kafka deleted them', missing: 1204 };
  expect(lossWords(gap, NOW, UTC)).toBe('12:03:05 gap: Kafka deleted them. 1,204 records are missing.');
  expect(lossWords({ ...gap, missing: 1 }, NOW, UTC)).toMatch(/1 record is missing\.$/);
  expect(lossWords({ ...gap, missing: null }, NOW, UTC)).toMatch(/cannot be known\.$/);
  expect(lossWords({ ...gap, kind: 'reset', missing: null }, NOW, UTC)).toBe('12:03:05 reset: Kafka deleted them.');
  expect(lossWords(gap, NOW + 86_400_000, UTC)).toMatch(/^\d{4}-\d\d-\d\d 12:03:05 gap: /);
});

test('F8 records passed over are counted, with the key they had', () => {
  const schema = {
    type: 'schema' as const,
    stream: 'line',
    version: 1,
    timeField: 'ts',
    inferred: false,
    fields: [],
    latestBy: ['machine_id'],
  };
  expect(conflatedWords(streamOf({ conflated: 0, schema }))).toBeNull();
  expect(conflatedWords(streamOf({ conflated: 41_204, schema }))).toBe(
    '41,204 records were passed over for newer ones of the same machine_id.',
  );
});

test('J1 what is kept, what was read back, and why nothing is', () => {
  const on = { state: 'on' as const, bytes: 2 ** 20, budgetBytes: 2 ** 29, restoredRows: 1204, message: null };
  expect(journalWords(on)).toBe(
    '1 MiB of at most 512 MiB are kept in this browser; 1,204 rows were read back from it when the engine was started.',
  );
  expect(journalWords({ ...on, restoredRows: 0 })).toContain('nothing was read back');
  expect(journalWords({ ...on, persisted: true })).toMatch(/keeps it also when/);
  expect(journalWords({ ...on, persisted: false, message: 'Part was damaged.' })).toMatch(
    /Part was damaged\. .*may let it go/,
  );
  expect(journalWords({ ...on, state: 'failed', message: 'the disk is full' })).toMatch(
    /memory only\. The disk is full\.$/,
  );
  expect(journalWords({ ...on, state: 'off' })).toContain('read from the relay again');
});

test('F9 frames that come over HTTP are said to', () => {
  expect(connectionWords(statusOf({}), NOW, UTC)).toBe('Connected since 12:02:05 over a WebSocket.');
  const http = { connection: { state: 'live' as const, sinceMs: NOW, transport: 'http' as const } };
  expect(connectionWords(statusOf({}, http), NOW, UTC)).toContain('over HTTP');
  expect(connectionWords(statusOf({}), NOW + 86_400_000, UTC)).toContain('since 2026-11-22 12:02:05');
});

test('T4 a restart is told above the board for ten minutes', () => {
  const restarts = [{ atMs: NOW, reason: 'the engine did not answer for 15 s' }];
  const told = (nowMs: number) =>
    notices(statusOf({}, { restarts }), nowMs, UTC).map(({ what, more }) => `${what} ${more}`);
  expect(told(NOW)).toEqual([
    'The engine was started again 12:03:05: the engine did not answer for 15 s. What the relay still has was read again.',
  ]);
  expect(told(NOW + 600_000)).toEqual([]);
});
