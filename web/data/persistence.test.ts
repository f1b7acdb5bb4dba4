import { expect, test } from 'vitest';
import { askPersistence } from './persistence.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function browser(promised: boolean, answer: boolean) {
  const gestures = new EventTarget();
  const told: boolean[] = [];
  let asked = 0;
  const storage = {
    persisted: async () => promised,
    async persist() {
      asked++;
      return answer;
    },
  };
  const open = (atOnce: boolean) =>
    askPersistence({
      storage,
      gestures,
      atOnce,
      tell: (persisted) => told.push(persisted),
      onError: (error) => {
        throw error;
      },
    });
  return { open, gestures, told, asked: () => asked };
}

test('J7 the browser is asked once, at the first gesture, and its answer is told', async () => {
  const { open, gestures, told, asked } = browser(false, true);
  open(false);
  await settled();
  expect([asked(), told]).toEqual([0, [false]]);
  gestures.dispatchEvent(new Event('keydown'));
  gestures.dispatchEvent(new Event('pointerdown'));
  await settled();
  expect([asked(), told]).toEqual([1, [false, true]]);
});

test('J7 a kiosk asks at once; what is promised is not asked again; a page that was left asks nothing', async () => {
  const kiosk = browser(false, false);
  kiosk.open(true);
  await settled();
  expect([kiosk.asked(), kiosk.told]).toEqual([1, [false, false]]);

  const promised = browser(true, true);
  promised.open(true);
  await settled();
  promised.gestures.dispatchEvent(new Event('keydown'));
  expect([promised.asked(), promised.told]).toEqual([0, [true]]);

  const left = browser(false, true);
  const end = left.open(false);
  await settled();
  end();
  left.gestures.dispatchEvent(new Event('keydown'));
  await settled();
  expect(left.asked()).toBe(0);
});
