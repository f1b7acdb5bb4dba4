import { expect, test } from 'vitest';
import { watchWorker } from './watchdog.ts';

/** A page whose ticks come when the test says, and a worker that answers when it does. */
function page(hidden = false) {
  let nowMs = 1e12;
  let due: { run: () => void; afterMs: number } | null = null;
  const answers: (() => void)[] = [];
  let stuck = 0;
  const stop = watchWorker({
    clock: {
      nowMs: () => nowMs,
      after(afterMs, run) {
        due = { run, afterMs };
        return () => {
          due = null;
        };
      },
    },
    ping: () => new Promise<void>((resolve) => answers.push(resolve)),
    boundMs: 15_000,
    hidden: () => hidden,
    onStuck: () => stuck++,
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    stop,
    stuck: () => stuck,
    async answer() {
      for (const resolve of answers.splice(0)) resolve();
      await settle();
    },
    /** The page's timer comes, `lateMs` later than it should. */
    async tick(lateMs = 0) {
      const now = due;
      due = null;
      nowMs += (now?.afterMs ?? 0) + lateMs;
      now?.run();
      await settle();
      return now !== null;
    },
  };
}

async function ticks(at: ReturnType<typeof page>, count: number) {
  for (let tick = 0; tick < count; tick++) await at.tick();
}

test('T4 a worker that answers is not stuck, however long it runs', async () => {
  const at = page();
  await at.answer();
  for (let tick = 0; tick < 100; tick++) {
    await at.tick();
    if (tick % 14 === 0) await at.answer();
  }
  expect(at.stuck()).toBe(0);
});

test('T4 one that does not answer for the bound is, once', async () => {
  const at = page();
  await at.answer();
  await ticks(at, 14);
  expect(at.stuck()).toBe(0);
  await ticks(at, 100);
  expect(at.stuck()).toBe(1);
});

test('T4 a script that takes long to load is waited for', async () => {
  const at = page();
  expect(await at.tick()).toBe(false);
  expect(at.stuck()).toBe(0);
  await at.answer();
  await ticks(at, 20);
  expect(at.stuck()).toBe(1);
});

test('T4 a page that was frozen, or a computer that slept, takes nobody for stuck', async () => {
  const at = page();
  await at.answer();
  await at.tick(8 * 3_600_000);
  await ticks(at, 13);
  expect(at.stuck()).toBe(0);
  await at.answer();
  await ticks(at, 14);
  expect(at.stuck()).toBe(0);
});

test('T4 where everything is slow, the worker may be so too', async () => {
  const at = page();
  await at.answer();
  for (let tick = 0; tick < 14; tick++) await at.tick(4000);
  expect(at.stuck()).toBe(0);
});

test('T4 in a hidden page, whose timers come once a minute, three of them are enough', async () => {
  const at = page(true);
  await at.answer();
  for (let tick = 0; tick < 3; tick++) await at.tick(59_000);
  expect(at.stuck()).toBe(1);
});

test('T4 a worker that was given up is not watched any more', async () => {
  const at = page();
  await at.answer();
  at.stop();
  expect(await at.tick()).toBe(false);
  expect(at.stuck()).toBe(0);
});
