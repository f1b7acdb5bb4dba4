import { expect, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import { createPacer } from './pace.ts';

/** A clock that jumps to the next timer at once. */
function jumpingClock(): Clock & { pass(ms: number): void } {
  let nowMs = 1_000_000;
  return {
    nowMs: () => nowMs,
    pass(ms) {
      nowMs += ms;
    },
    after(delayMs, run) {
      let cancelled = false;
      queueMicrotask(() => {
        if (cancelled) return;
        nowMs += delayMs;
        run();
      });
      return () => {
        cancelled = true;
      };
    },
  };
}

const signal = new AbortController().signal;

test.each([0.1, 1, 10, 100])('at %d times its speed each event is due at its time', async (speed) => {
  const clock = jumpingClock();
  const pacer = createPacer(speed, clock);
  const startMs = clock.nowMs();
  for (const eventMs of [0, 250, 250, 10_000, 3_600_000]) {
    await pacer.until(eventMs * 1000, signal);
    expect(clock.nowMs() - startMs).toBeCloseTo(eventMs / speed, 3);
  }
});

test('events out of order are due at once, and do not move those after them', async () => {
  const clock = jumpingClock();
  const pacer = createPacer(1, clock);
  const startMs = clock.nowMs();
  const dueMs: number[] = [];
  for (const eventMs of [5_000, 7_000, 1_000, 6_500, 8_000]) {
    await pacer.until(eventMs * 1000, signal);
    dueMs.push(clock.nowMs() - startMs);
  }
  expect(dueMs).toEqual([0, 2_000, 2_000, 2_000, 3_000]);
});

test('whoever was held up finds what is due by now due at once, and the rest at its time', async () => {
  const clock = jumpingClock();
  const pacer = createPacer(10, clock);
  await pacer.until(0, signal);
  clock.pass(1_500);
  const heldMs = clock.nowMs();
  for (const eventMs of [1_000, 5_000, 15_000]) await pacer.until(eventMs * 1000, signal);
  expect(clock.nowMs()).toBe(heldMs);
  await pacer.until(20_000_000, signal);
  expect(clock.nowMs() - heldMs).toBe(500);
});

test('max never waits; an abort ends the wait', async () => {
  const clock = jumpingClock();
  const fast = createPacer('max', clock);
  for (const eventUs of [0, 1e15]) await fast.until(eventUs, signal);
  expect(clock.nowMs()).toBe(1_000_000);
  const slow = createPacer(1, { nowMs: () => 0, after: () => () => undefined });
  await slow.until(0, signal);
  const abort = new AbortController();
  const waiting = slow.until(1e15, abort.signal);
  abort.abort();
  await waiting;
});
