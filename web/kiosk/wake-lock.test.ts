import { expect, test, vi } from 'vitest';
import { keepScreenOn } from './wake-lock.ts';

function lock() {
  const one = {
    released: false,
    release: vi.fn(async () => {
      one.released = true;
    }),
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
    tell,
  });
  await turn();
  look();
  await turn();
  expect(request).toHaveBeenCalledTimes(1);
  // As a browser does when it hides the page.
  await locks[0]?.release();
  visible = false;
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
  const shared = { visible: () => true, onVisible: () => () => {}, tell };
  keepScreenOn({ ...shared, keeper: undefined });
  keepScreenOn({ ...shared, keeper: { request: () => Promise.reject(new Error('the battery is low')) } });
  await turn();
  expect(tell.mock.calls).toEqual([[expect.stringContaining('https')], ['the battery is low']]);
});
