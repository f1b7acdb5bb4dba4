import { expect, test } from 'vitest';
import { createPacer } from './pace.ts';
import { retryDelayMs, sleep, untilAborted } from './wait.ts';

/** Time stands still until `pass`. */
function handClock() {
  let nowMs = 1_000;
  let timers: { atMs: number; run: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    pass(ms: number) {
      nowMs += ms;
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
        timers = timers.filter((other) => other !== timer);
        timer.run();
      }
    },
    waiting: () => timers.length,
  };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

test('retries come after 0.5 s doubling to 10 s', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map(retryDelayMs)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000,
  ]);
});

test('sleep ends in time, or as soon as it is aborted, and leaves no timer', async () => {
  const clock = handClock();
  const abort = new AbortController();
  const slept = sleep(clock, 100, abort.signal);
  clock.pass(99);
  expect(await isSettled(slept)).toBe(false);
  clock.pass(1);
  await slept;
  const stopped = sleep(clock, 100, abort.signal);
  abort.abort();
  await stopped;
  await sleep(clock, 100, abort.signal);
  expect(clock.waiting()).toBe(0);
});

test('untilAborted gives the value, the error, or undefined once aborted', async () => {
  const abort = new AbortController();
  expect(await untilAborted(Promise.resolve(7), abort.signal)).toBe(7);
  await expect(untilAborted(Promise.reject(new Error('no')), abort.signal)).rejects.toThrow('no');
  const never = untilAborted(new Promise(() => undefined), abort.signal);
  abort.abort();
  expect(await never).toBeUndefined();
});

test('a pacer holds an event until it is due at its speed, and never one that is older', async () => {
  const clock = handClock();
  const { signal } = new AbortController();
  const pacer = createPacer(60, clock);
  await pacer.until(5_000_000, signal);
  const minuteLater = pacer.until(65_000_000, signal);
  clock.pass(999);
  expect(await isSettled(minuteLater)).toBe(false);
  clock.pass(1);
  await minuteLater;
  await pacer.until(30_000_000, signal);
  await createPacer('max', clock).until(9e15, signal);
});
