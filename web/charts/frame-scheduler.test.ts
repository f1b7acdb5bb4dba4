import { expect, test } from 'vitest';
import { createFrameScheduler } from './frame-scheduler.ts';

function setUp() {
  const asked: (() => void)[] = [];
  const scheduler = createFrameScheduler((run) => asked.push(run));
  const frame = () => {
    for (const run of asked.splice(0)) run();
  };
  return { scheduler, frame, asked };
}

test('V5 one frame draws everything, and of each painter only the newest', () => {
  const { scheduler, frame, asked } = setUp();
  const drawn: string[] = [];
  const [a, b] = [{}, {}];
  scheduler.schedule(a, () => drawn.push('a1'));
  scheduler.schedule(b, () => drawn.push('b1'));
  scheduler.schedule(a, () => drawn.push('a2'));
  expect(asked).toHaveLength(1);
  frame();
  expect(drawn).toEqual(['a2', 'b1']);
  frame();
  expect(drawn).toHaveLength(2);
});

test('what is asked for while drawing waits for the next frame', () => {
  const { scheduler, frame, asked } = setUp();
  const drawn: string[] = [];
  const key = {};
  scheduler.schedule(key, () => {
    drawn.push('first');
    scheduler.schedule(key, () => drawn.push('second'));
  });
  frame();
  expect([drawn, asked.length]).toEqual([['first'], 1]);
  frame();
  expect(drawn).toEqual(['first', 'second']);
});

test('a painter that is gone draws no more', () => {
  const { scheduler, frame } = setUp();
  const drawn: string[] = [];
  const key = {};
  scheduler.schedule(key, () => drawn.push('late'));
  scheduler.cancel(key);
  frame();
  expect(drawn).toEqual([]);
});
