import { afterEach, expect, test, vi } from 'vitest';
import { HighwaterError } from '../../contract/errors.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import type { HostOptions } from '../../worker/host.ts';
import { createJournal } from '../../worker/journal/journal.ts';
import { type MemoryFiles, memoryFiles } from './memory-files.ts';
import { asked, cleanUp, counted, openHost as open, quick, relayOf, startedRelay, until } from './opened-host.ts';
import { createPositionEngine, type PositionEngine } from './position-engine.ts';

/** A host with a journal: opened again, its engine replaced, its files full, gone or in other hands. */
afterEach(cleanUp);

const BOARDS = { type: 'boards' as const, boards: {}, windows: {}, playlists: {}, problems: [], made: [] };

test('J1 a host that is opened again has its boards and rows before the relay answers, and asks for the rest', async () => {
  let rows = 5;
  const { relay, tabs } = await relayOf(() => rows);
  const files = memoryFiles();
  const first = await open(relay, files);
  await until(() => expect(first.engine().counted('s')).toEqual(counted(5)));
  tabs.at(-1)?.send(BOARDS);
  const told = vi.fn();
  first.host.onBoards(told);
  await until(() =>
    expect(told).toHaveBeenCalledWith({ boards: {}, windows: {}, playlists: {}, problems: [], made: [] }),
  );
  await first.host.close();
  expect(files.opened.size).toBe(0);

  rows = 8;
  const silent = await startedRelay();
  silent.onMessage = () => true;
  const offline = await open(silent, files.left());
  await until(() => expect(offline.engine().counted('s')).toEqual(counted(5)));
  const boards = vi.fn();
  offline.host.onBoards(boards);
  expect(boards).toHaveBeenCalledWith({ boards: {}, windows: {}, playlists: {}, problems: [], made: [] });
  expect(offline.host.status()).toMatchObject({
    journal: { state: 'on', restoredRows: 5, message: null },
    streams: { s: { received: 5, delivery: null, losses: [] } },
  });

  const again = await open(relay, files.left());
  await until(() => expect(again.engine().counted('s')).toEqual(counted(8)));
  expect(asked(relay)).toEqual(['start', { epoch: 'e', next: { 0: 5 } }]);
  expect(again.host.status()).toMatchObject({
    journal: { restoredRows: 5 },
    streams: { s: { delivery: { outcome: 'resumed' }, losses: [] } },
  });
});

test('J4 an engine that fails is made again from the journal: nothing is lost, nothing told as lost', async () => {
  const { relay, tabs } = await relayOf(() => 5);
  const { host, engines, engine } = await open(relay, memoryFiles());
  await until(() => expect(engine().counted('s')).toEqual(counted(5)));
  tabs
    .at(-1)
    ?.send({ type: 'gap', stream: 's', epoch: 'e', partition: 0, firstOffset: 5, nextOffset: 6, reason: 'gone' });
  await until(() => expect(host.status().streams.s?.losses).toHaveLength(1));
  engine().failNextApply = new WebAssembly.RuntimeError('memory access out of bounds');
  // What has trapped traps again at being closed, which is nobody's error.
  engine().close = () => {
    throw new WebAssembly.RuntimeError('memory access out of bounds');
  };
  tabs.at(-1)?.frame('s', 0, 6, 1);
  await until(() => expect(engines).toHaveLength(2));
  await until(() => expect(asked(relay)).toEqual(['start', { epoch: 'e', next: { 0: 6 } }]));
  expect(engine().counted('s')).toEqual(counted(5));
  const { restarts, streams } = host.status();
  expect(restarts).toMatchObject([{ reason: expect.stringContaining('memory access out of bounds') }]);
  expect(streams.s?.losses.map(({ reason }) => reason)).toEqual(['gone']);
});

test('J4 an engine that fails from the journal begins without it, and says so', async () => {
  const { relay } = await relayOf(() => 5);
  const files = memoryFiles();
  const first = await open(relay, files);
  await until(() => expect(first.engine().counted('s')).toHaveLength(5));
  await first.host.close();
  const engines: PositionEngine[] = [];
  const { host } = await open(relay, files.left(), {
    openEngine: async () => {
      const engine = createPositionEngine();
      if (engines.length === 0) engine.failNextApply = new HighwaterError('store_failed', 'no room', 'Start again.');
      engines.push(engine);
      return engine;
    },
  });
  await until(() => expect(engines.at(1)?.counted('s')).toEqual(counted(5)));
  expect(asked(relay)).toEqual(['start', 'start']);
  expect(host.status().streams.s?.losses).toMatchObject([
    { kind: 'reset', reason: expect.stringContaining('no room') },
  ]);
  expect(host.status().journal.state).toBe('on');
});

test('J5 files that cannot be written leave the tab as it is, and what was written is good for the next one', async () => {
  let rows = 5;
  const { relay, tabs } = await relayOf(() => rows);
  for (const spoil of [
    (files: MemoryFiles) => {
      files.failNextWrite = new Error('the disk is broken');
    },
    (files: MemoryFiles) => {
      files.roomBytes = 800;
    },
  ]) {
    rows = 5;
    const files = memoryFiles();
    const { host, engine } = await open(relay, files);
    await until(() => expect(engine().counted('s')).toEqual(counted(5)));
    await until(() => expect(host.status().journal.bytes).toBeGreaterThan(0));
    spoil(files);
    rows = 105;
    tabs.at(-1)?.frame('s', 0, 5, 100);
    await until(() => expect(engine().counted('s')).toEqual(counted(105)));
    expect(host.status().journal).toMatchObject({ state: 'failed', message: expect.stringMatching(/broken|bytes/) });
    expect(files.opened.size).toBe(0);
    const again = await open(relay, files.left());
    await until(() => expect(again.engine().counted('s')).toEqual(counted(105)));
    expect(again.host.status().journal).toMatchObject({ state: 'on', restoredRows: 5 });
  }
});

test('J5 where there are no files at all, or another tab has them, rows come as ever', async () => {
  const { relay } = await relayOf(() => 5);
  const without = await open(relay, { ...memoryFiles(), open: () => Promise.reject(new Error('no files here')) });
  await until(() => expect(without.engine().counted('s')).toEqual(counted(5)));
  expect(without.host.status().journal).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('no files here'),
  });

  const files = memoryFiles();
  const owner = await open(relay, files);
  await until(() => expect(owner.engine().counted('s')).toHaveLength(5));
  const second = await open(relay, files);
  await until(() => expect(second.engine().counted('s')).toEqual(counted(5)));
  expect(second.host.status().journal).toMatchObject({ state: 'off', message: expect.stringContaining('Another tab') });
});

test('J5 files of a tab that has just gone are waited for', async () => {
  const { relay } = await relayOf(() => 5);
  const files = memoryFiles();
  const first = await open(relay, files);
  await until(() => expect(first.engine().counted('s')).toHaveLength(5));
  const second = await open(relay, files);
  await first.host.close();
  await until(() => expect(second.engine().counted('s')).toEqual(counted(5)));
  expect(second.host.status().journal).toMatchObject({ state: 'on', restoredRows: 5 });
});

test('T4 a host whose engine has grown past the bound asks once to be started again', async () => {
  const { relay } = await relayOf(() => 5);
  const wants = vi.fn();
  const { engine } = await open(relay, memoryFiles(), { maxHeapBytes: 2 ** 30, onWantsRestart: wants });
  await until(() => expect(engine().counted('s')).toHaveLength(5));
  expect(wants).not.toHaveBeenCalled();
  engine().memory = () => ({ usedBytes: 2 ** 31, budgetBytes: 2 ** 31 });
  await until(() => expect(wants).toHaveBeenCalledWith(expect.stringContaining('2048 MiB')));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(wants).toHaveBeenCalledTimes(1);
});

test('T4 where no engine can be opened in place of a failed one, another worker is asked for', async () => {
  const opening = async (more: Partial<HostOptions>) => {
    const { relay, tabs } = await relayOf(() => 5);
    const files = memoryFiles();
    const engines: PositionEngine[] = [];
    const done: string[] = [];
    const { host } = await open(relay, files, {
      openEngine: async () => {
        done.push('open');
        if (engines.length > 0) throw new RangeError('Out of memory');
        const engine = createPositionEngine();
        engine.close = () => void done.push('close');
        engines.push(engine);
        return engine;
      },
      ...more,
    });
    const [engine] = engines;
    if (!engine) throw new Error('no engine was opened');
    await until(() => expect(engine.counted('s')).toEqual(counted(5)));
    engine.failNextApply = new WebAssembly.RuntimeError('memory access out of bounds');
    tabs.at(-1)?.frame('s', 0, 5, 1);
    await until(() => expect(done).toEqual(['open', 'close', 'open']));
    return { relay, files, host, done };
  };

  const wants = vi.fn();
  const { relay, files, host, done } = await opening({ onWantsRestart: wants });
  await until(() => expect(wants).toHaveBeenCalledWith(expect.stringMatching(/out of bounds.*Out of memory/)));
  expect(host.status().connection.state).not.toBe('closed');
  await host.close();
  expect([wants.mock.calls.length, done]).toEqual([1, ['open', 'close', 'open']]);
  const again = await open(relay, files.left());
  await until(() => expect(again.engine().counted('s')).toEqual(counted(5)));
  expect(again.host.status().journal.restoredRows).toBe(5);

  const alone = await opening({});
  const told = vi.fn();
  alone.host.onStatus(told);
  const connection = { state: 'closed', reason: expect.stringContaining('Out of memory') };
  await until(() => expect(told).toHaveBeenCalledWith(expect.objectContaining({ connection })));
});

/** Files in which rows 0 to 19 came one by one, with segments of few rows, and the second segment is damaged in the middle. */
async function damagedFiles(): Promise<{ readonly files: MemoryFiles; readonly contiguous: number }> {
  let rows = 1;
  const { relay, tabs } = await relayOf(() => rows);
  const files = memoryFiles();
  const journal = createJournal({ files, clock: quick, budgetBytes: 1e9, maxSegmentBytes: 1200 });
  const { host, engine } = await open(relay, files, { journal });
  for (; rows <= 20; rows++) {
    await until(() => expect(engine().counted('s')).toEqual(counted(rows)));
    tabs.at(-1)?.frame('s', 0, rows, 1);
  }
  await until(() => expect(engine().counted('s')).toEqual(counted(21)));
  await host.close();
  const left = files.left();
  const segments = [...left.contents.keys()].filter((name) => /^v1-1-/.test(name)).sort();
  expect(segments.length).toBeGreaterThan(2);
  const [, second = ''] = segments;
  const bytes = left.contents.get(second);
  if (!bytes) throw new Error('no second segment');
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
  const alone = memoryFiles(left.contents);
  const silent = await startedRelay();
  silent.onMessage = () => true;
  const offline = await open(silent, alone);
  await until(() => expect(offline.host.status().journal.restoredRows).toBeGreaterThan(0));
  await until(() => expect(offline.host.status().journal.message).toMatch(/damaged/));
  return { files: left, contiguous: offline.host.status().journal.restoredRows };
}

test('J3 after damage in the middle the relay is asked from there, and gives the rest again: every row once', async () => {
  const { files, contiguous } = await damagedFiles();
  expect(contiguous).toBeLessThan(20);
  const { relay } = await relayOf(() => 25);
  const { host, engine } = await open(relay, files);
  await until(() => expect(engine().counted('s')).toEqual(counted(25)));
  expect(asked(relay)).toEqual([{ epoch: 'e', next: { 0: contiguous } }]);
  expect(host.status()).toMatchObject({
    journal: { state: 'on', message: expect.stringMatching(/damaged.*asked again/) },
    streams: { s: { losses: [] } },
  });
  // It is told until the next opening: by then what is kept is whole.
  await host.close();
  const again = await open(relay, files.left());
  await until(() => expect(again.engine().counted('s')).toEqual(counted(25)));
  expect(again.host.status().journal.message).toBeNull();
});

test('J3 what was damaged here and is no longer at the relay is told as a gap', async () => {
  const { files, contiguous } = await damagedFiles();
  const relay = await startedRelay();
  relay.onMessage = (message, tab) => {
    if (message.type !== 'subscribe') return;
    const position = { epoch: 'e', next: { 0: 18 } };
    const missing = 18 - contiguous;
    tab.send({ type: 'subscribed', stream: 's', outcome: 'gap', position, reason: 'let go at the relay', missing });
    tab.frame('s', 0, 18, 2);
  };
  const { host, engine } = await open(relay, files);
  await until(() => expect(engine().counted('s')).toEqual([...counted(contiguous), '0:18', '0:19']));
  expect(host.status().streams.s?.losses).toMatchObject([{ kind: 'gap', missing: 18 - contiguous }]);
});

test('J6 streams that the relay does not have are kept no longer', async () => {
  const { relay } = await relayOf(() => 5);
  const files = memoryFiles();
  const first = await open(relay, files);
  await until(() => expect(first.engine().counted('s')).toHaveLength(5));
  await first.host.close();
  const other = await startedRelay({ streams: ['t'] });
  const left = files.left();
  const { host, engine } = await open(other, left);
  await until(() => expect(host.status().connection.state).toBe('live'));
  await until(() => expect(Object.keys(host.status().streams)).toEqual(['t']));
  expect(engine().counted('s')).toEqual([]);
  await until(() => expect([...left.contents.keys()]).toEqual(['v1-boards']));
});

test('J6 P5 a stream the relay did not have for a time begins anew when it is back, also after a reload', async () => {
  let streams = ['s'];
  let rows = 5;
  const { relay, tabs } = await relayOf(() => rows);
  const answer = relay.onMessage;
  relay.onMessage = (message, tab) => {
    if (message.type !== 'hello') return answer(message, tab);
    tabs.push(tab);
    tab.send({ type: 'welcome', protocol: PROTOCOL_VERSION, run: 'run', heartbeatMs: 60_000, streams });
    return true;
  };
  const files = memoryFiles();
  const { host, engine } = await open(relay, files);
  await until(() => expect(engine().counted('s')).toEqual(counted(5)));
  streams = [];
  tabs.at(-1)?.cut();
  await until(() => expect(Object.keys(host.status().streams)).toEqual([]));
  expect(engine().counted('s')).toEqual([]);
  streams = ['s'];
  rows = 8;
  tabs.at(-1)?.cut();
  await until(() => expect(engine().counted('s')).toEqual(counted(8)));
  expect(asked(relay)).toEqual(['start', 'start']);
  expect(host.status().streams.s?.losses).toMatchObject([
    { kind: 'reset', reason: expect.stringContaining('did not have this stream') },
  ]);
  await host.close();

  const again = await open(relay, files.left());
  await until(() => expect(again.host.status().streams.s?.delivery).toMatchObject({ outcome: 'resumed' }));
  expect(again.engine().counted('s')).toEqual(counted(8));
  expect(again.engine().keptFromUs('s')).toBeNull();
  expect(asked(relay).at(-1)).toEqual({ epoch: 'e', next: { 0: 8 } });
});
