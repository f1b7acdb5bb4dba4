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
    active: {} as object | null,
    installing: null as (EventTarget & { state: string }) | null,
    waiting: null as { postMessage: (message: unknown) => void } | null,
    update: vi.fn(async () => {}),
  });
  return { container, registration };
}

function updatesOf(container: ReturnType<typeof browser>['container'] | undefined, clock = handClock()) {
  let calm = () => {};
  const updates = createUpdates({
    container: container as never,
    url: 'https://here/sw.js',
    clock,
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

test('K10 a first one of which a file did not come is tried again, less and less often, until all is kept', async () => {
  const { container, registration } = browser();
  const clock = handClock();
  registration.active = null;
  const tries: (EventTarget & { state: string })[] = [];
  container.register.mockImplementation(async () => {
    const installing = Object.assign(new EventTarget(), { state: 'installing' });
    tries.push(installing);
    registration.installing = installing;
    return registration as unknown as ServiceWorkerRegistration;
  });
  const end = (state: string) => {
    const last = tries.at(-1);
    if (!last) throw new Error('nothing is being kept');
    last.state = state;
    registration.installing = null;
    if (state === 'installed') registration.active = last;
    last.dispatchEvent(new Event('statechange'));
  };
  updatesOf(container, clock).calm();
  await turns();
  const tried: number[] = [];
  for (const seconds of [15, 30, 60]) {
    end('redundant');
    clock.pass(seconds * 1000 - 1);
    await turns();
    tried.push(tries.length);
    clock.pass(1);
    await turns();
  }
  expect(tried).toEqual([1, 2, 3]);
  expect(tries.length).toBe(4);
  end('installed');
  clock.pass(3_600_000);
  await turns();
  expect(tries.length).toBe(4);
});

test('K10 where its script does not come that is told once, and it is tried again', async () => {
  const { container, registration } = browser();
  const clock = handClock();
  const told: unknown[] = [];
  container.register.mockRejectedValueOnce(new TypeError('gone')).mockRejectedValueOnce(new TypeError('gone'));
  createUpdates({
    container: container as never,
    url: 'https://here/sw.js',
    clock,
    whenCalm: (run) => run(),
    onError: (error) => void told.push(error),
  });
  await turns();
  for (const seconds of [15, 30]) {
    clock.pass(seconds * 1000);
    await turns();
  }
  expect(container.register).toHaveBeenCalledTimes(3);
  expect(told).toHaveLength(1);
  expect(registration.active).not.toBeNull();
});
