import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import { Rejected } from '../../relay/decode/rejected.ts';
import type { Relay } from '../../relay/relay.ts';
import type { StreamFeed } from '../../relay/stream-feed.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

/** What a tab's position says of replayed rows, where the relay's log says something else. (X5) */

function feedOf(relay: Relay): StreamFeed {
  const feed = relay.feeds.get('events');
  if (feed === undefined) throw new Error('no stream "events"');
  return feed;
}

/** A letter that is a row by the rules of now, replayed: it was ahead of a clock. */
async function replayOne(relay: Relay, offset: number, n: number): Promise<void> {
  const feed = feedOf(relay);
  const value = Buffer.from(JSON.stringify(numbered(n, 1)[0]));
  const record = { offset, topic: 'scripted', timestampMs: 0, key: null, value };
  feed.deadLetters.add('epoch-1', 0, record, new Rejected('ahead of the clock'));
  expect(await feed.replayDeadLetters({})).toMatchObject({ rows: 1 });
}

async function open(relay: Relay): Promise<Tab> {
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  return tab;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'highwater-replayed-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The relay's folder is synced while it starts, which takes what the disk takes. */
function until(look: () => unknown) {
  return expect.poll(look, { timeout: 10_000 });
}

const numbers = (tab: Tab) => [...tab.rows.values()].map(Number).sort((a, b) => a - b);

test('X5 in memory, a tab that kept rows replayed by an earlier run takes none of this run for them', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 10));
  const first = await startTestRelay(source);
  const kept = await open(first);
  kept.subscribe('events');
  await kept.rowsAtLeast(10);
  await replayOne(first, 100, 50);
  await kept.rowsAtLeast(11);
  await first.close();

  const second = await startTestRelay(source);
  await until(() => feedOf(second).opened?.log.head().get(0)).toBe(10);
  await replayOne(second, 101, 51);
  const back = await open(second);
  for (const [key, n] of kept.rows) back.rows.set(key, n);
  back.subscribe('events', kept.position ?? 'start');
  const { outcome, reason } = await back.message('subscribed');
  expect([outcome, reason]).toEqual(['reset', expect.stringMatching(/replayed/)]);
  await back.rowsAtLeast(11);
  expect(numbers(back)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 51]);
});

test('X5 in memory, a tab that has no replayed rows resumes, and gets those of this run', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 10));
  const first = await startTestRelay(source);
  const kept = await open(first);
  kept.subscribe('events');
  await kept.rowsAtLeast(10);
  await first.close();

  const second = await startTestRelay(source);
  await until(() => feedOf(second).opened?.log.head().get(0)).toBe(10);
  const early = await open(second);
  early.subscribe('events', kept.position ?? 'start');
  expect((await early.message('subscribed')).outcome).toBe('resumed');
  await replayOne(second, 101, 51);
  await early.rowsAtLeast(1);
  const late = await open(second);
  late.subscribe('events', kept.position ?? 'start');
  expect((await late.message('subscribed')).outcome).toBe('resumed');
  await late.rowsAtLeast(1);
  const again = await open(second);
  again.subscribe('events', early.position ?? 'start');
  expect((await again.message('subscribed')).outcome).toBe('resumed');
  source.push(0, ...numbered(10, 1));
  await again.rowsAtLeast(1);
  await early.rowsAtLeast(2);
  expect([numbers(early), numbers(late).slice(-1), numbers(again)]).toEqual([[10, 51], [51], [10]]);
  for (const tab of [early, late, again]) expect(tab.all('gap')).toEqual([]);
});

test('X5 a tab that has replayed rows this relay’s log never had is reset', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 10));
  const relay = await startTestRelay(source, { data: await folder() });
  await until(() => feedOf(relay).opened?.log.head().get(0)).toBe(10);
  const tab = await open(relay);
  tab.subscribe('events', { epoch: 'epoch-1', next: { 0: 10, [REPLAY_PARTITION]: 3 } });
  const { outcome, reason } = await tab.message('subscribed');
  expect([outcome, reason]).toEqual(['reset', expect.stringMatching(/replayed/)]);
  await tab.rowsAtLeast(10);
  await replayOne(relay, 100, 50);
  await tab.rowsAtLeast(11);
  expect(numbers(tab)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50]);
});

test('X5 a tab that is served from the source after a loss is not given replayed rows again', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 10));
  const relay = await startTestRelay(source, { maxLogBytes: 6_000 });
  const kept = await open(relay);
  kept.subscribe('events');
  await kept.rowsAtLeast(10);
  await replayOne(relay, 100_000, 50);
  await kept.rowsAtLeast(11);
  await kept.cut();
  // The log lets go of what the tab has not seen, and the source of a part of it.
  for (let n = 10; n < 4_000; n += 1_000) {
    source.push(0, ...numbered(n, 1_000));
    await until(() => feedOf(relay).opened?.log.head().get(0)).toBe(n + 1_000);
  }
  await replayOne(relay, 100_001, 51);
  expect(feedOf(relay).opened?.log.floor().get(0)).toBeGreaterThan(10);
  source.forget(0, 20);
  const back = await open(relay);
  for (const [key, n] of kept.rows) back.rows.set(key, n);
  back.subscribe('events', kept.position ?? 'start');
  const { outcome, position } = await back.message('subscribed');
  expect(outcome).toBe('gap');
  expect(position.next[REPLAY_PARTITION]).toBe(kept.position?.next[REPLAY_PARTITION]);
  // 10 … 19 are the loss.
  await back.rowsAtLeast(11 + 4_010 - 20 + 1);
  expect(numbers(back).filter((n) => n === 50 || n === 51)).toEqual([50, 50, 51, 51]);
});

test('X5 rows replayed before the log was left are letters again, and rows in their own place', async () => {
  const data = await folder();
  const source = new ScriptedSource({ replayable: true });
  const time = { field: 'timestamp' };
  const at = (n: number) => numbered(n, 1)[0];
  source.push(0, { ...at(0), price: 1 }, { ...at(1), price: 1.5 }, { ...at(2), price: 2 });
  const first = await startTestRelay(source, { data, spec: { fields: { n: 'int64', price: 'int64' }, time } });
  await until(() => feedOf(first).deadLetters.count).toBe(1);
  await first.close();
  const second = await startTestRelay(source, { data, spec: { fields: { n: 'int64', price: 'float64' }, time } });
  await until(() => feedOf(second).opened?.log.head().get(0)).toBe(3);
  expect(await feedOf(second).replayDeadLetters({})).toMatchObject({ rows: 1 });
  await second.close();
  // A type that cannot go on with the log: it is left, the replayed row with it, and the source is read anew.
  const third = await startTestRelay(source, {
    data,
    spec: { fields: { n: 'float64', price: 'float64' }, time: { field: 'time' } },
  });
  source.push(0, { n: 3, price: 3.5, time: at(3)?.timestamp });
  const tab = await open(third);
  tab.subscribe('events');
  await tab.rowsAtLeast(1);
  expect(numbers(tab)).toEqual([3]);
  await third.close();
  const fourth = await startTestRelay(source, { data, spec: { fields: { n: 'int64', price: 'float64' }, time } });
  const all = await open(fourth);
  all.subscribe('events');
  await all.rowsAtLeast(3);
  expect(numbers(all)).toEqual([0, 1, 2]);
  expect([...all.rows.keys()]).toEqual(['0:0', '0:1', '0:2']);
});

test('X5 replayed rows that a damaged disk took are told as lost, and their offsets are not given again', async () => {
  const data = await folder();
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 3));
  const first = await startTestRelay(source, { data });
  await until(() => feedOf(first).opened?.log.head().get(0)).toBe(3);
  await replayOne(first, 100, 50);
  await replayOne(first, 101, 51);
  const kept = await open(first);
  kept.subscribe('events');
  await kept.rowsAtLeast(5);
  await first.close();
  const log = join(data, 'events', 'log');
  const [segment = ''] = (await readdir(log)).sort().slice(-1);
  const bytes = await readFile(join(log, segment));
  // The newest replayed row stands at the end.
  await writeFile(join(log, segment), bytes.subarray(0, bytes.length - 20));

  const second = await startTestRelay(source, { data });
  await until(() => feedOf(second).opened?.log.head().get(REPLAY_PARTITION)).toBeGreaterThan(1);
  const fresh = await open(second);
  fresh.subscribe('events');
  expect(await fresh.message('gap')).toMatchObject({ partition: REPLAY_PARTITION });
  await replayOne(second, 102, 52);
  const back = await open(second);
  back.subscribe('events', kept.position ?? 'start');
  await back.rowsAtLeast(1);
  expect(numbers(back)).toEqual([52]);
});
