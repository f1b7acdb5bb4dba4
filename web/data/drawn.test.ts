import { expect, test } from 'vitest';
import type { PanelPicture } from '../../contract/worker-api.ts';
import { createDrawn } from './drawn.ts';

function rows(stream: string, eventMs: number, sealedAtMs = eventMs): PanelPicture {
  const time = { stream, maxEventTimeUs: eventMs * 1000, watermarkUs: null, receivedAtMs: null, sealedAtMs };
  const view = { fromUs: null, untilUs: null, unfiltered: [] };
  return { kind: 'rows', ...time, ...view, columns: [], rows: [] };
}

const live = (sinceMs = 0, clockAheadMs = 0) => ({
  connection: { state: 'live', sinceMs, transport: 'websocket' } as const,
  clockAheadMs,
});

test('a draw counts once per newer event, history not at all, and is forgotten after a minute', () => {
  let nowMs = 1_000_000;
  const drawn = createDrawn({ nowMs: () => nowMs, after: () => () => {} }, () => live());
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
  const drawn = createDrawn(clock, () => live(999_500));
  drawn.record(rows('a', 999_400, 999_499));
  expect(drawn.summary().samples).toBe(0);
  drawn.record(rows('a', 999_401, 999_500));
  expect(drawn.summary()).toMatchObject({ p50Ms: 599, samples: 1 });
});

test('an age is the same however far the clocks are apart', () => {
  const clock = { nowMs: () => 1_000_000, after: () => () => {} };
  for (const aheadMs of [6000, 7_200_000, -6000, -7_200_000]) {
    const drawn = createDrawn(clock, () => live(990_000, aheadMs));
    drawn.record(rows('a', 1_000_000 - aheadMs - 40));
    expect(drawn.summary()).toMatchObject({ p50Ms: 40, samples: 1 });
  }
  // So little is the way of the relay's own messages.
  const drawn = createDrawn(clock, () => live(990_000, 30));
  drawn.record(rows('a', 1_000_000 - 40));
  expect(drawn.summary()).toMatchObject({ p50Ms: 40, samples: 1 });
});
