import { expect, test, vi } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { createUpdates } from './updates.ts';

/** As much of a browser as a service worker needs. */
function browser() {
  const container = Object.assign(new EventTarget(), {
    controller: {} as ServiceWorker | null,
    register: vi.fn(async () => registration as unknown as ServiceWorkerRegistration),
    getRegistration: vi.fn(async () => registration as unknown as ServiceWorkerRegistration),
  });
  const registration = Object.assign(new EventTarget(), {
    installing: null as (EventTarget & { state: string }) | null,
    waiting: null as { postMessage: (message: unknown) => void } | null,
    update: vi.fn(async () => {}),
  });
  return { container, registration };
}

function updatesOf(container: ReturnType<typeof browser>['container'] | undefined) {
  let calm = () => {};
  const updates = createUpdates({
    container: container as never,
    url: 'https://here/sw.js',
    clock: handClock(),
    whenCalm: (run) => {
      calm = run;
    },
    onError: (error) => {
      throw error;
    },
  });
  return { updates, calm: () => calm() };
}
const turns = () => new Promise((resolve) => setTimeout(resolve));

test('K10 it is registered when the page is calm, and let in when it is asked for', async () => {
  const { container, registration } = browser();
  const { updates, calm } = updatesOf(container);
  expect(container.register).not.toHaveBeenCalled();
  calm();
  await turns();
  expect(container.register).toHaveBeenCalledWith('https://here/sw.js');
  const postMessage = vi.fn(() => void container.dispatchEvent(new Event('controllerchange')));
  registration.waiting = { postMessage };
  await updates.apply();
  expect(postMessage).toHaveBeenCalledWith({ type: 'SKIP_WAITING' });
});

test('K10 a build that is looked for before the page is calm is found, and waited for', async () => {
  const { container, registration } = browser();
  const { updates } = updatesOf(container);
  const installing = Object.assign(new EventTarget(), { state: 'installing' });
  registration.update.mockImplementation(async () => {
    registration.installing = installing;
  });
  let done = false;
  const looking = updates.look().then(() => {
    done = true;
  });
  await turns();
  expect(done).toBe(false);
  installing.state = 'installed';
  installing.dispatchEvent(new Event('statechange'));
  await looking;
  expect(done).toBe(true);
});

test('a server that is away, a browser without service workers, one that refuses: the page stays as it is', async () => {
  const { container, registration } = browser();
  registration.update.mockRejectedValue(new TypeError('no network'));
  await updatesOf(container).updates.look();
  const none = updatesOf(undefined);
  none.calm();
  await none.updates.look();
  await none.updates.apply();
  expect(none.updates.waiting()).toBe(false);
});
