import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import { diskFiles, type SegmentFiles } from '../../relay/log/segment-files.ts';
import type { Relay } from '../../relay/relay.ts';
import type { StreamFeed } from '../../relay/stream-feed.ts';
import { AckedSource } from './acked-source.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

/** A disk that tells which files it syncs, and can be full, or slow, for those of one folder. */
class WatchedDisk {
  readonly #paths = new Map<number, string>();
  readonly synced: string[] = [];
  full = 'nothing';
  /** Syncs of this folder wait until `release`. */
  held = 'nothing';
  release: () => void = () => undefined;
  readonly files: SegmentFiles = {
    ...diskFiles,
    open: (path, mode) => {
      const file = diskFiles.open(path, mode);
      this.#paths.set(file, path);
      return file;
    },
    write: (file, pieces, at) => {
      if (this.#paths.get(file)?.includes(`/${this.full}/`)) throw new Error('ENOSPC: no space left on device');
      diskFiles.write(file, pieces, at);
    },
    sync: async (file) => {
      const path = this.#paths.get(file) ?? '';
      if (path.includes(`/${this.held}/`))
        await new Promise<void>((resolve) => {
          this.release = resolve;
        });
      await diskFiles.sync(file);
      this.synced.push(path.includes('/dead-letters/') ? 'letters' : 'log');
    },
  };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'highwater-letters-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

function feedOf(relay: Relay): StreamFeed {
  const feed = relay.feeds.get('events');
  if (feed === undefined) throw new Error('no stream "events"');
  return feed;
}

const withOneBad = [...numbered(0, 10), Buffer.from('{bad'), ...numbered(10, 10)];

test('X1 letters are on the disk before rows behind them are, of a source with a past too', async () => {
  const disk = new WatchedDisk();
  const source = new ScriptedSource({ replayable: true });
  const relay = await startTestRelay(source, { data: await folder(), files: disk.files });
  const feed = feedOf(relay);
  await expect.poll(() => feed.opened?.log.head().get(0)).toBe(0);
  await feed.flush();
  disk.synced.length = 0;
  source.push(0, ...withOneBad);
  await expect.poll(() => feed.opened?.log.head().get(0)).toBe(21);
  await feed.flush();
  expect(disk.synced.slice(0, 2)).toEqual(['letters', 'log']);
});

test('X1 the log does not pass a letter that the disk did not take: after a restart it is kept', async () => {
  const data = await folder();
  const disk = new WatchedDisk();
  const source = new ScriptedSource({ replayable: true });
  const relay = await startTestRelay(source, { data, files: disk.files });
  disk.full = 'dead-letters';
  source.push(0, ...withOneBad);
  await expect.poll(() => feedOf(relay).state.state).toBe('failed');
  await relay.close();
  disk.full = 'nothing';
  const feed = feedOf(await startTestRelay(source, { data, files: disk.files }));
  await expect.poll(() => feed.opened?.log.head().get(0)).toBe(21);
  expect(feed.deadLetters.count).toBe(1);
});

test('X4 rows go on behind a letter that was written when there was room', async () => {
  const disk = new WatchedDisk();
  const source = new ScriptedSource({ replayable: true });
  const relay = await startTestRelay(source, { data: await folder(), files: disk.files });
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  disk.full = 'dead-letters';
  source.push(0, ...withOneBad);
  await expect.poll(() => feedOf(relay).state.state).toBe('failed');
  disk.full = 'nothing';
  await tab.rowsAtLeast(20);
  expect([...tab.rows.values()]).toEqual(numbered(0, 20).map(({ n }) => n));
  expect(tab.all('gap')).toEqual([]);
  expect(feedOf(relay).deadLetters.count).toBe(1);
});

test('X4 a relay whose disk takes no letters stops when it is told to', async () => {
  const disk = new WatchedDisk();
  const source = new AckedSource();
  const relay = await startTestRelay(source, { data: await folder(), files: disk.files });
  disk.full = 'dead-letters';
  source.push(...numbered(0, 3), { n: 'no number', timestamp: 'no time' }, ...numbered(4, 3));
  await expect.poll(() => feedOf(relay).state.state).toBe('failed');
  await relay.close();
  expect(source.waiting).toBeGreaterThanOrEqual(4);
});

test('L4 X5 replayed letters are rows for a tab when they are synced, and not before', async () => {
  const disk = new WatchedDisk();
  const source = new ScriptedSource({ replayable: true });
  const relay = await startTestRelay(source, { data: await folder(), files: disk.files });
  const feed = feedOf(relay);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  // A letter for as long as it is ahead of the clock.
  const timestamp = new Date(Date.now() + 3_600_400).toISOString();
  source.push(0, ...numbered(0, 5), { n: 100, timestamp });
  await tab.rowsAtLeast(5);
  await expect.poll(async () => (await feed.tryDeadLetters({})).rows).toBe(1);
  await feed.flush();
  disk.held = 'log';
  const replayed = feed.replayDeadLetters({});
  await expect.poll(() => feed.opened?.log.hidden).toBeGreaterThan(0);
  source.push(0, { n: 5, timestamp: '2025-04-04T10:00:00Z' });
  await expect.poll(() => feed.opened?.log.hidden).toBeGreaterThan(1);
  expect(feed.opened?.log.head().get(REPLAY_PARTITION) ?? 0).toBe(0);
  expect(tab.rows.size).toBe(5);
  disk.held = 'nothing';
  disk.release();
  expect(await replayed).toMatchObject({ letters: 1, rows: 1 });
  await tab.rowsAtLeast(7);
  expect([...tab.rows.values()].sort((a, b) => Number(a) - Number(b))).toEqual([0, 1, 2, 3, 4, 5, 100]);
});
