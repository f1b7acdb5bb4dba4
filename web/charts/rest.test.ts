import { expect, test } from 'vitest';
import { createFrameScheduler } from './frame-scheduler.ts';
import { createRest } from './rest.ts';

function frames() {
  let next: (() => void) | null = null;
  const scheduler = createFrameScheduler((run) => {
    next = run;
  });
  const pass = (count: number) => {
    for (let at = 0; at < count; at++) {
      const run = next;
      next = null;
      run?.();
    }
  };
  return { scheduler, pass, asked: () => next !== null };
}

test('of many in a row the last is done, once, when they have stopped', () => {
  const { scheduler, pass, asked } = frames();
  const rest = createRest(scheduler);
  const done: number[] = [];
  for (const key of [1, 2, 3]) {
    rest.after(() => done.push(key));
    pass(10);
  }
  expect(done).toEqual([]);
  pass(10);
  expect(done).toEqual([3]);
  expect(asked()).toBe(false);
  rest.after(() => done.push(4));
  rest.cancel();
  pass(40);
  expect(done).toEqual([3]);
});
