import { expect, test } from 'vitest';
import { createEngineLink } from './engine-link.ts';
import { shareWorker } from './share-worker.ts';
import type { ToSwitchboard } from './switchboard.ts';

const PAGES = 5;

/** Time that stands still until it is told to go on. */
function handClock() {
  let nowMs = 0;
  let waiting: { readonly atMs: number; readonly run: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after(ms: number, run: () => void) {
      const entry = { atMs: nowMs + ms, run };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    goOn(ms: number) {
      nowMs += ms;
      const due = waiting.filter(({ atMs }) => atMs <= nowMs);
      waiting = waiting.filter(({ atMs }) => atMs > nowMs);
      for (const { run } of due) run();
    },
  };
}

/** A switchboard that has a leader, as pages see it. */
function switchboard() {
  let leader: MessagePort | null = null;
  return () => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = ({ data, ports: [port] }: MessageEvent<ToSwitchboard>) => {
      if (data.kind === 'lead') {
        leader = port2;
        port2.postMessage({ kind: 'leading' });
      } else if (port) leader?.postMessage({ kind: 'join', page: data.page }, [port]);
    };
    return port1;
  };
}

/** Pages of one origin, and a worker that answers only when it is told to. */
function openPages() {
  const clock = handClock();
  const openSwitchboard = switchboard();
  const ports: { readonly page: string; readonly port: MessagePort }[] = [];
  const problems: unknown[] = [];
  let answers = false;
  const unanswered: (() => void)[] = [];
  const serve = (page: string, port: MessagePort) => {
    ports.push({ page, port });
    port.onmessage = ({ data }: MessageEvent<{ readonly id: string }>) => {
      const answer = () => port.postMessage({ id: data.id, type: 'RAW', value: undefined });
      if (answers) answer();
      else unanswered.push(answer);
    };
  };
  const leave = Array.from({ length: PAGES }, (_, number) =>
    shareWorker({
      page: `page ${number}`,
      build: 'test',
      clock,
      link: createEngineLink((error) => problems.push(error)),
      openSwitchboard,
      onLeads: () => undefined,
      onChanging: () => undefined,
      onFailure: () => undefined,
      keepWorker(events) {
        events.onWorker({ serve });
        return { serve, close: () => undefined };
      },
    }),
  );
  return {
    clock,
    problems,
    portsByPage: () => Array.from({ length: PAGES }, (_, n) => ports.filter(({ page }) => page === `page ${n}`).length),
    answer() {
      answers = true;
      for (const run of unanswered.splice(0)) run();
    },
    close() {
      for (const end of leave) end();
      for (const { port } of ports) port.close();
    },
  };
}

/** What pages said to each other has come, and what they answered. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('T1 a worker that is slow to answer is given one port of each page; one that is lost is given again', async () => {
  const pages = openPages();
  try {
    await settled();
    for (const ms of [1000, 1000, 1000, 1000]) {
      pages.clock.goOn(ms);
      await settled();
    }
    const one = Array.from({ length: PAGES }, () => 1);
    expect(pages.portsByPage()).toEqual(one);

    // Asked after 1, 3, 7 s: the answer to the last finds ports that are older than 5 s.
    for (const ms of [3000, 1000]) {
      pages.clock.goOn(ms);
      await settled();
    }
    const [leader, ...followers] = pages.portsByPage();
    expect([leader, followers]).toEqual([1, followers.map(() => 2)]);

    pages.answer();
    await settled();
    for (let second = 0; second < 30; second++) {
      pages.clock.goOn(1000);
      await settled();
    }
    expect(pages.portsByPage()).toEqual([1, ...followers]);
    expect(pages.problems).toEqual([]);
  } finally {
    pages.close();
  }
});
