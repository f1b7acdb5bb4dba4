import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { createFileSource } from '../../relay/sources/file.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

async function openTab(port: number, options?: Parameters<typeof Tab.open>[1]): Promise<Tab> {
  const tab = await Tab.open(port, options);
  onTestFinished(() => tab.cut());
  return tab;
}

test('P5 a reader without a position is fresh and gets everything, with its schema first', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 1000));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(1000);
  const { outcome, reason, missing } = await tab.message('subscribed');
  expect({ outcome, reason, missing }).toEqual({ outcome: 'fresh', reason: null, missing: null });
  expect([...tab.rows.values()]).toEqual(numbered(0, 1000).map(({ n }) => n));
  expect((await tab.message('boards')).type).toBe('boards');
  expect(tab.all('schema')[0]?.timeField).toBe('timestamp');
});

test('P5 the same epoch resumes; another epoch of a replayable source is a reset', async () => {
  const source = new ScriptedSource({ replayable: true, partitions: 2 });
  source.push(0, ...numbered(0, 300));
  source.push(1, ...numbered(300, 50));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events', { epoch: 'epoch-1', next: { 0: 250, 1: 50 } });
  await tab.rowsAtLeast(50);
  expect((await tab.message('subscribed')).outcome).toBe('resumed');
  expect(Math.min(...[...tab.rows.values()].map(Number))).toBe(250);

  const other = await openTab(relay.port);
  other.subscribe('events', { epoch: 'epoch-0', next: { 0: 900 } });
  await other.rowsAtLeast(350);
  const answer = await other.message('subscribed');
  expect(answer).toMatchObject({ outcome: 'reset', position: { epoch: 'epoch-1', next: { 0: 0, 1: 0 } } });
  expect(answer.reason).toMatch(/another/);
});

test('P5 another epoch of a source without a past is a gap of unknown size', async () => {
  const source = new ScriptedSource({ replayable: false });
  source.push(0, ...numbered(0, 20));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events', { epoch: 'the run before', next: { 0: 7 } });
  await tab.rowsAtLeast(20);
  expect(await tab.message('subscribed')).toMatchObject({
    outcome: 'gap',
    reason: 'the relay restarted; messages sent meanwhile are not known',
    missing: null,
    position: { epoch: 'epoch-1', next: { 0: 0 } },
  });
});

test('P5 what retention took is a gap with its size, though the relay has restarted', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 100));
  source.forget(0, 60);
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events', { epoch: 'epoch-1', next: { 0: 10 } });
  await tab.rowsAtLeast(40);
  expect(await tab.message('subscribed')).toMatchObject({
    outcome: 'gap',
    reason: 'retention',
    missing: 50,
    position: { next: { 0: 60 } },
  });
});

test('P5 a topic made anew while it is read resets every reader', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 30));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(30);
  source.recreate('epoch-2', 'the topic was created again');
  source.push(0, ...numbered(1000, 10));
  await tab.until(() => (tab.rows.size === 10 ? true : undefined));
  expect(tab.all('subscribed').at(-1)).toMatchObject({ outcome: 'reset', reason: 'the topic was created again' });
  expect([...tab.rows.values()]).toEqual(numbered(1000, 10).map(({ n }) => n));
});

test('P5 a log that let rows go: read again from the source, joined without loss or repeat', async () => {
  const source = new ScriptedSource({ replayable: true, partitions: 2 });
  source.batch = 200;
  source.push(0, ...numbered(0, 3000));
  source.push(1, ...numbered(3000, 1000));
  const relay = await startTestRelay(source, { maxLogBytes: 20_000 });
  const first = await openTab(relay.port);
  first.subscribe('events');
  await first.rowsAtLeast(4000);
  const watching = await openTab(relay.port);
  watching.subscribe('events');
  await watching.rowsAtLeast(4000);
  expect((await watching.message('subscribed')).outcome).toBe('fresh');
  const readings = source.readings;
  expect(readings).toBeGreaterThan(1);
  source.push(1, ...numbered(4000, 100));
  await watching.rowsAtLeast(4100);
  expect(source.readings).toBe(readings);
});

test('P5 a source without a past: what the log let go is a gap with its bounds', async () => {
  const source = new ScriptedSource({ replayable: false });
  source.batch = 100;
  source.push(0, ...numbered(0, 1));
  const relay = await startTestRelay(source, { maxLogBytes: 15_000 });
  const slow = await openTab(relay.port, { creditBytes: 1, autoCredit: false });
  slow.subscribe('events');
  await slow.rowsAtLeast(1);
  const fast = await openTab(relay.port);
  fast.subscribe('events', { epoch: 'epoch-1', next: { 0: 1 } });
  for (let first = 1; first < 4001; first += 1000) {
    source.push(0, ...numbered(first, 1000));
    await fast.rowsAtLeast(first + 999);
  }
  slow.grant(1_000_000);
  const gap = await slow.message('gap');
  expect(gap).toMatchObject({ firstOffset: 1, epoch: 'epoch-1', partition: 0 });
  await slow.until(() => (slow.position?.next[0] === 4001 ? true : undefined));
  expect(slow.rows.size).toBe(4001 - (gap.nextOffset - gap.firstOffset));

  const late = await openTab(relay.port);
  late.subscribe('events', { epoch: 'epoch-1', next: { 0: 1 } });
  const answer = await late.message('subscribed');
  expect(answer.outcome).toBe('gap');
  expect(answer.missing).toBe((answer.position.next[0] ?? 0) - 1);
});

test('P5 a source that has ended still serves those who come later', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 50));
  const relay = await startTestRelay({
    replayable: true,
    label: 'a source that ends',
    async *read(from, signal) {
      for await (const event of source.read(from, signal)) {
        yield event;
        if (event.kind === 'caught-up') break;
      }
      yield { kind: 'state', state: { state: 'ended', message: 'read to its end', fix: null } };
      yield { kind: 'ended' };
    },
  });
  for (let reader = 0; reader < 2; reader++) {
    const tab = await openTab(relay.port);
    tab.subscribe('events');
    await tab.rowsAtLeast(50);
    await tab.until(() => tab.all('stats').find(({ streams }) => streams.events?.source.state === 'ended'));
  }
});

test('F4 a version that lasted one row has its schema before its frame', async () => {
  const source = new ScriptedSource({ replayable: true });
  const row = (n: number) => numbered(n, 1)[0];
  for (let n = 0; n < 205; n++) source.push(0, row(n));
  source.push(0, { ...row(205), e: 1 }, { ...row(206), f: 1 }, { ...row(207), g: 1 });
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(208);
  expect(tab.headers.map(({ schemaVersion }) => schemaVersion)).toEqual([1, 2, 3, 4]);
});

test('F5 bytes in flight stay within the credit and one frame', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 60_000));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port, { creditBytes: 50_000, autoCredit: false });
  tab.subscribe('events');
  while (tab.rows.size < 60_000) {
    await tab.until(() => (tab.inFlightBytes >= 50_000 || tab.rows.size === 60_000 ? true : undefined));
    if (tab.inFlightBytes > 0) tab.grant(tab.inFlightBytes);
  }
  expect(tab.mostInFlightBytes).toBeGreaterThanOrEqual(50_000);
  expect(tab.mostInFlightBytes).toBeLessThanOrEqual(50_000 + tab.largestFrameBytes);
});

test('F2 dead letters and rowless stretches move the position on by progress', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 5), Buffer.from('not json'), Buffer.from('nor this'));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.until(() => (tab.position?.next[0] === 7 ? true : undefined));
  source.push(0, Buffer.from('{'), ...numbered(8, 1));
  await tab.until(() => (tab.position?.next[0] === 9 ? true : undefined));
  expect([...tab.rows]).toEqual([...numbered(0, 5).map(({ n }) => [`0:${n}`, n]), ['0:8', 8]]);
});

test('W4 an idle partition lets the watermark go on, and progress says so', async () => {
  const source = new ScriptedSource({ replayable: true, partitions: 2 });
  source.push(0, ...numbered(0, 100));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  const watermarkUs = await tab.until(() => tab.all('progress').at(-1)?.watermarkUs ?? undefined);
  expect(watermarkUs).toBe((1_743_760_800_000 + 99_000 - 10_000) * 1000);
});

test('P3 P5 any cuts and any log size: every row once, in the end', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`delivery property: SEED=${seed}`);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), partition: fc.nat(1), rows: fc.integer({ min: 1, max: 700 }) }),
    fc.record({ kind: fc.constant('cut' as const), afterRows: fc.nat(800) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 14 }),
      fc.constantFrom(4_000, 30_000, 10_000_000),
      async (steps, maxLogBytes) => {
        const source = new ScriptedSource({ replayable: true, partitions: 2 });
        source.batch = 150;
        const relay = await startTestRelay(source, { maxLogBytes });
        const expected = new Map<string, number>();
        const rows = new Map<string, unknown>();
        const sizes = [0, 0];
        let tab = await Tab.open(relay.port, { creditBytes: 20_000 });
        tab.subscribe('events');
        const collect = () => {
          for (const [key, n] of tab.rows) {
            expect(rows.has(key)).toBe(false);
            rows.set(key, n);
          }
        };
        for (const step of steps) {
          if (step.kind === 'push') {
            const first = sizes[step.partition] ?? 0;
            const values = numbered(first, step.rows);
            for (const { n } of values) expected.set(`${step.partition}:${n}`, n);
            sizes[step.partition] = first + step.rows;
            source.push(step.partition, ...values);
          } else {
            await tab.rowsAtLeast(Math.min(step.afterRows, expected.size - rows.size));
            await tab.cut();
            collect();
            const { position } = tab;
            tab = await Tab.open(relay.port, { creditBytes: 20_000 });
            tab.subscribe('events', position ?? 'start');
          }
        }
        await tab.rowsAtLeast(expected.size - rows.size);
        await tab.cut();
        collect();
        expect(tab.all('subscribed').every(({ outcome }) => outcome === 'fresh' || outcome === 'resumed')).toBe(true);
        expect(rows).toEqual(expected);
        await relay.close();
      },
    ),
    { seed, numRuns: 12 },
  );
});

test('F4 a reader from the start gets every version before its frames, though all versions came in one breath', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 400), ...numbered(400, 100).map((record) => ({ ...record, extra: 'new' })));
  const relay = await startTestRelay(source);
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(500);
  const frames = new Set(tab.headers.map(({ schemaVersion }) => schemaVersion));
  expect(frames).toEqual(new Set([1, 2]));
  expect(new Set(tab.all('schema').map(({ version }) => version))).toEqual(frames);
});

test('P5 a reader whose own reading of the source fails is sent away to come back, with the reason', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 20_000));
  let broken = false;
  const relay = await startTestRelay(
    {
      replayable: true,
      label: 'a source that breaks',
      read: (from, signal) => {
        if (broken) throw new Error('the disk is gone');
        return source.read(from, signal);
      },
    },
    { maxLogBytes: 1_000 },
  );
  const first = await openTab(relay.port);
  first.subscribe('events');
  await first.rowsAtLeast(20_000);
  broken = true;
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  expect(await tab.message('bye')).toMatchObject({ code: 'shutdown', retry: true, message: 'the disk is gone' });
  expect((await tab.message('fault')).message).toBe('the disk is gone');
  broken = false;
  const again = await openTab(relay.port);
  again.subscribe('events');
  await again.rowsAtLeast(20_000);
});

test('P5 a reader of a file that has grown since the relay read it joins at the log’s end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-grown-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'events.jsonl');
  const lines = (first: number, count: number) =>
    numbered(first, count)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('');
  await writeFile(path, lines(0, 10_000));
  const relay = await startTestRelay(createFileSource({ path, clock: systemClock }), { maxLogBytes: 1_000 });
  const early = await openTab(relay.port);
  early.subscribe('events');
  await early.rowsAtLeast(10_000);
  await early.until(() => early.all('stats').find(({ streams }) => streams.events?.source.state === 'ended'));
  await appendFile(path, lines(10_000, 500));
  const tab = await openTab(relay.port);
  // It has read further before, by a relay that began later.
  tab.subscribe('events', { epoch: early.position?.epoch ?? '', next: { 0: 10_400 } });
  await tab.rowsAtLeast(100);
  const progress = await tab.until(() => tab.all('progress').find(({ next }) => next[0] === 10_500));
  expect(progress.watermarkUs).not.toBeNull();
});
