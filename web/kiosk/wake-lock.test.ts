import { expect, test, vi } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { keepScreenOn } from './wake-lock.ts';

function lock() {
  const listeners: (() => void)[] = [];
  const one = {
    released: false,
    release: vi.fn(async () => {
      one.released = true;
      for (const listen of listeners) listen();
    }),
    addEventListener: (_: 'release', listen: () => void) => void listeners.push(listen),
  };
  return one;
}
const turn = () => new Promise((resolve) => setTimeout(resolve));

test('the screen is kept on, and again after the page was hidden; not any more once it is over', async () => {
  const locks = [lock(), lock(), lock()];
  let look = () => {};
  let visible = true;
  const request = vi.fn(async () => locks[request.mock.calls.length - 1] ?? lock());
  const tell = vi.fn();
  const end = keepScreenOn({
    keeper: { request },
    visible: () => visible,
    onVisible(call) {
      look = call;
      return () => {
        look = () => {};
      };
    },
    clock: handClock(),
    tell,
  });
  await turn();
  look();
  await turn();
  expect(request).toHaveBeenCalledTimes(1);
  // As a browser does when it hides the page.
  visible = false;
  await locks[0]?.release();
  look();
  visible = true;
  look();
  await turn();
  expect(request).toHaveBeenCalledTimes(2);
  expect(tell.mock.calls).toEqual([[null], [null]]);
  end();
  look();
  await turn();
  expect(locks[1]?.released).toBe(true);
  expect(request).toHaveBeenCalledTimes(2);
});

test('why it cannot be is told', async () => {
  const tell = vi.fn();
  const shared = { visible: () => true, onVisible: () => () => {}, clock: handClock(), tell };
  keepScreenOn({ ...shared, keeper: undefined });
  keepScreenOn({ ...shared, keeper: { request: () => Promise.reject(new Error('the battery is low')) } });
  await turn();
  expect(tell.mock.calls).toEqual([[expect.stringContaining('https')], ['the battery is low']]);
});

test('K6 a screen that the system lets go dark while it is seen is told, and kept on again a minute later', async () => {
  const clock = handClock();
  const locks = [lock(), lock()];
  const request = vi.fn(async () => locks[request.mock.calls.length - 1] ?? lock());
  const tell = vi.fn();
  const end = keepScreenOn({ keeper: { request }, visible: () => true, onVisible: () => () => {}, clock, tell });
  await turn();
  await locks[0]?.release();
  expect(tell.mock.lastCall).toEqual(['the system lets it go dark']);
  clock.pass(60_000);
  await turn();
  expect(request).toHaveBeenCalledTimes(2);
  expect(tell.mock.lastCall).toEqual([null]);
  end();
  await turn();
  expect(locks[1]?.released).toBe(true);
  clock.pass(120_000);
  await turn();
  expect(tell.mock.calls).toHaveLength(3);
});
