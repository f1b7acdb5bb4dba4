import { expose } from 'comlink';
import { expect, onTestFinished, test } from 'vitest';
import type { StartOptions, WorkerApi } from '../../contract/worker-api.ts';
import type { Failure } from './failure.ts';
import { keepWorker } from './keep-worker.ts';

const START: Omit<StartOptions, 'restarts'> = {
  socketUrl: 'ws://relay/socket',
  streamUrl: 'http://relay/stream',
  wasmUrl: 'http://relay/wasm',
  rawBudgetBytes: 1,
  journalBudgetBytes: 1,
  maxHeapBytes: 1,
  paneBudgetBytes: 1,
};

/** A worker's other end: what it was asked, and how it fails. */
interface FakeWorker {
  readonly started: Promise<StartOptions>;
  /** Answers the start. */
  readonly ready: (error?: Error) => void;
  readonly wantsRestart: (reason: string) => void;
  readonly throws: (message: string) => void;
  readonly terminated: () => boolean;
}

/** Resolves after messages that are on their way have come. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

function keep(known: StartOptions['restarts'] = []) {
  let told = known;
  let nowMs = 1000;
  const timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const workers: FakeWorker[] = [];
  const failures: Failure[] = [];
  const terms: number[] = [];
  const kept = keepWorker({
    clock: {
      nowMs: () => nowMs,
      after(delayMs, run) {
        const timer = { atMs: nowMs + delayMs, run };
        timers.push(timer);
        return () => {
          const at = timers.indexOf(timer);
          if (at >= 0) timers.splice(at, 1);
        };
      },
    },
    open() {
      const { port1, port2 } = new MessageChannel();
      const started = Promise.withResolvers<StartOptions>();
      const answer = Promise.withResolvers<void>();
      const errorListeners: ((event: { readonly message: string }) => void)[] = [];
      let tellWant = (_: string) => {};
      let terminated = false;
      const api: WorkerApi = {
        start(options) {
          started.resolve(options);
          return answer.promise;
        },
        serve: async () => {},
        ping: async () => {},
        async onWantsRestart(listener) {
          tellWant = listener;
        },
      };
      expose(api, port1);
      port2.start();
      const close = () => {
        port1.close();
        port2.close();
      };
      onTestFinished(close);
      workers.push({
        started: started.promise,
        ready: (error) => (error ? answer.reject(error) : answer.resolve()),
        wantsRestart: (reason) => tellWant(reason),
        throws: (message) => {
          for (const tell of errorListeners) tell({ message });
        },
        terminated: () => terminated,
      });
      return {
        postMessage: port2.postMessage.bind(port2),
        addEventListener(type: string, listener: never) {
          if (type === 'error') errorListeners.push(listener);
          else port2.addEventListener(type, listener);
        },
        removeEventListener: port2.removeEventListener.bind(port2),
        terminate() {
          terminated = true;
          close();
        },
      } as unknown as Worker;
    },
    start: START,
    restarts: () => told,
    stuckMs: 15_000,
    hidden: () => false,
    onWorker: () => void terms.push(nowMs),
    onFailure: (failure) => void failures.push(failure),
  });
  onTestFinished(() => kept.close());
  return {
    kept,
    workers,
    failures,
    terms,
    /** The page has heard of these. */
    tell(restarts: StartOptions['restarts']) {
      told = restarts;
    },
    newest(): FakeWorker {
      const worker = workers.at(-1);
      if (!worker) throw new Error('no worker was opened');
      return worker;
    },
    /** Time goes on, and what is due by then runs. */
    pass(ms: number) {
      nowMs += ms;
      for (const timer of timers.splice(0)) {
        if (timer.atMs <= nowMs) timer.run();
        else timers.push(timer);
      }
    },
  };
}

test('T4 a worker that wants to be replaced is, and the next one knows why', async () => {
  const { workers, newest, terms, failures } = keep([{ atMs: 1, reason: 'another tab had this' }]);
  expect((await newest().started).restarts).toHaveLength(1);
  newest().ready();
  await settle();
  newest().wantsRestart('its memory has grown to 2600 MiB');
  await settle();
  expect(workers.map(({ terminated }) => terminated())).toEqual([true, false]);
  expect(await newest().started).toEqual({
    ...START,
    restarts: [
      { atMs: 1, reason: 'another tab had this' },
      { atMs: 1000, reason: 'its memory has grown to 2600 MiB' },
    ],
  });
  expect([terms.length, failures]).toEqual([2, []]);
});

test('T4 restarts of the engine that its worker told are known to the next worker, each once, and count', async () => {
  const { newest, tell, pass, workers, failures } = keep();
  newest().ready();
  await settle();
  const engines = [1, 2, 3].map((atMs) => ({ atMs, reason: 'a trap' }));
  tell(engines);
  newest().throws('one');
  const afterOne = [...engines, { atMs: 1000, reason: 'the engine failed (one)' }];
  expect((await newest().started).restarts).toEqual(afterOne);
  newest().ready();
  await settle();
  pass(100);
  // The page has not heard of the newest one.
  newest().throws('two');
  const afterTwo = [...afterOne, { atMs: 1100, reason: 'the engine failed (two)' }];
  expect((await newest().started).restarts).toEqual(afterTwo);
  newest().ready();
  await settle();
  tell([...afterTwo, { atMs: 1150, reason: 'a trap' }]);
  pass(100);
  newest().throws('three');
  expect([workers.length, failures.length]).toEqual([3, 1]);
});

test('T4 one that cannot be started is tried again, after 2 s doubling to a minute, and that is no restart', async () => {
  const { newest, workers, failures, pass } = keep();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt++) {
    await newest().started;
    if (attempt % 2 === 0) newest().throws('its script could not be read');
    else newest().ready(new Error('no WebAssembly\nUse another browser.'));
    await settle();
    expect([failures.length, newest().terminated()]).toEqual([attempt, true]);
    let waitedMs = 0;
    while (workers.length === attempt) {
      pass(1000);
      waitedMs += 1000;
    }
    waits.push(waitedMs / 1000);
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  expect(failures[0]).toEqual({ message: 'no WebAssembly', fix: 'Use another browser.' });
  expect((await newest().started).restarts).toEqual([]);
});

test('T4 the sixth failure within ten minutes is the last; with time between them it goes on for ever', async () => {
  const soon = keep();
  for (let failure = 1; failure <= 6; failure++) {
    await soon.newest().started;
    soon.newest().ready();
    await settle();
    soon.pass(60_000);
    soon.newest().throws('a trap');
  }
  expect(soon.workers.every(({ terminated }) => terminated())).toBe(true);
  expect(soon.workers).toHaveLength(6);
  expect(soon.failures).toEqual([
    { message: expect.stringMatching(/5 times within ten minutes.*a trap/), fix: expect.stringMatching(/Reload/) },
  ]);

  const seldom = keep();
  for (let failure = 1; failure <= 12; failure++) {
    await seldom.newest().started;
    seldom.newest().ready();
    await settle();
    seldom.pass(150_000);
    seldom.newest().throws('a trap');
  }
  expect([seldom.workers.length, seldom.failures]).toEqual([13, []]);
});
