import { expect, test } from 'vitest';
import type { PanelPicture } from '../../contract/worker-api.ts';
import { createDrawn } from './drawn.ts';

function rows(stream: string, eventMs: number, sealedAtMs = eventMs): PanelPicture {
  const time = { stream, maxEventTimeUs: eventMs * 1000, watermarkUs: null, receivedAtMs: null, sealedAtMs };
  return { kind: 'rows', ...time, columns: [], rows: [] };
}

const live = () => ({ state: 'live', sinceMs: 0, transport: 'websocket' }) as const;

test('a draw counts once per newer event, history not at all, and is forgotten after a minute', () => {
  let nowMs = 1_000_000;
  const drawn = createDrawn({ nowMs: () => nowMs, after: () => () => {} }, live);
  drawn.record(rows('a', nowMs - 30_000));
  expect(drawn.summary()).toEqual({ p50Ms: null, p99Ms: null, samples: 0 });
  for (let draw = 1; draw <= 100; draw++) {
    nowMs += 100;
    drawn.record(rows('a', nowMs - draw / 10));
    drawn.record(rows('a', nowMs - draw / 10));
  }
  const { p50Ms, p99Ms, samples } = drawn.summary();
  expect([p50Ms, p99Ms].map((ms) => Math.round((ms ?? 0) * 10))).toEqual([51, 100]);
  expect(samples).toBe(100);
  nowMs += 60_000;
  expect(drawn.summary().samples).toBe(0);
});

test('what the relay sealed before this tab was connected is history, however new', () => {
  const clock = { nowMs: () => 1_000_000, after: () => () => {} };
  const drawn = createDrawn(clock, () => ({ state: 'live', sinceMs: 999_500, transport: 'websocket' }));
  drawn.record(rows('a', 999_400, 999_499));
  expect(drawn.summary().samples).toBe(0);
  drawn.record(rows('a', 999_401, 999_500));
  expect(drawn.summary()).toMatchObject({ p50Ms: 599, samples: 1 });
});
