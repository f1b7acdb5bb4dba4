import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

const timeUs = (n: number) => (1_743_760_800_000 + n * 1000) * 1000;

async function openTab(port: number, from: SubscribeFrom): Promise<Tab> {
  const tab = await Tab.open(port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events', from);
  return tab;
}

/** Ten frames of a hundred rows in each of two partitions, events of both rising. */
async function tenFrames(options: Parameters<typeof startTestRelay>[1] = {}, replayable = true) {
  const source = new ScriptedSource({ replayable, partitions: 2 });
  const relay = await startTestRelay(source, options);
  const watcher = await openTab(relay.port, 'start');
  for (let frame = 0; frame < 10; frame++) {
    source.push(0, ...numbered(frame * 100, 100));
    source.push(1, ...numbered(frame * 100, 100));
    await watcher.rowsAtLeast((frame + 1) * 200);
  }
  return { source, relay };
}

const lowest = (tab: Tab, partition: number) =>
  Math.min(...[...tab.rows].flatMap(([key, n]) => (key.startsWith(`${partition}:`) ? [Number(n)] : [])));

test('P7 since a time: from the first frame of each partition that has an event of it, and on with what comes', async () => {
  const { source, relay } = await tenFrames();
  const tab = await openTab(relay.port, { sinceUs: timeUs(730) });
  await tab.rowsAtLeast(600);
  expect(await tab.message('subscribed')).toMatchObject({
    outcome: 'fresh',
    reason: null,
    position: { next: { 0: 700 } },
  });
  expect([lowest(tab, 0), lowest(tab, 1), tab.rows.size]).toEqual([700, 700, 600]);
  source.push(1, ...numbered(1000, 10));
  await tab.rowsAtLeast(610);
  expect(source.readings).toBe(1);
});

test('P7 since a time that the log has let go of: from the source, then joined with no gap and no repeat', async () => {
  const { source, relay } = await tenFrames({ maxLogBytes: 10_000 });
  const tab = await openTab(relay.port, { sinceUs: timeUs(730) });
  await tab.until(() => ([0, 1].every((partition) => tab.rows.has(`${partition}:999`)) ? true : undefined));
  expect(source.readings).toBe(2);
  for (const partition of [0, 1]) expect(lowest(tab, partition)).toBeLessThanOrEqual(730);
  source.push(0, ...numbered(1000, 10));
  await tab.until(() => (tab.rows.has('0:1009') ? true : undefined));
  for (const partition of [0, 1]) for (let n = 730; n < 1000; n++) expect(tab.rows.get(`${partition}:${n}`)).toBe(n);
  expect(source.readings).toBe(2);
});

test('P7 since a time that nobody has any more: what there is, and it is said', async () => {
  const { relay } = await tenFrames({ maxLogBytes: 10_000 }, false);
  const tab = await openTab(relay.port, { sinceUs: timeUs(100) });
  await tab.until(() => (tab.rows.has('0:999') ? true : undefined));
  expect((await tab.message('subscribed')).reason).toMatch(/does not have all of the time asked for/);
});

test('P7 with backfill a tab that opens begins so far back from the newest event, or from now', async () => {
  const { source, relay } = await tenFrames({ spec: { backfill: '250s' } });
  const tab = await openTab(relay.port, 'start');
  await tab.rowsAtLeast(600);
  expect([lowest(tab, 0), lowest(tab, 1)]).toEqual([700, 700]);
  // An event of now: what is 250 s before it is long after all the others.
  source.push(0, { n: 5000, timestamp: new Date(systemClock.nowMs()).toISOString() });
  await tab.until(() => (tab.rows.has('0:1000') ? true : undefined));
  const late = await openTab(relay.port, 'start');
  await late.until(() => (late.rows.has('0:1000') ? true : undefined));
  expect(late.rows.size).toBe(1);
});

test('P7 while the relay itself reads the past: older frames are passed over, and the position goes on', async () => {
  const source = new ScriptedSource({ replayable: true });
  for (let first = 0; first < 200_000; first += 20_000) source.push(0, ...numbered(first, 20_000));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port, { sinceUs: timeUs(190_000) });
  await tab.until(() => (tab.position?.next[0] === 200_000 ? true : undefined));
  expect(lowest(tab, 0)).toBeLessThanOrEqual(190_000);
  expect(lowest(tab, 0)).toBeGreaterThan(180_000);
  // What comes after it is new, however old.
  source.push(0, ...numbered(0, 5));
  await tab.until(() => (tab.rows.has('0:200004') ? true : undefined));
});
