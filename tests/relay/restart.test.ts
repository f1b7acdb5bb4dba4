import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { StartFrom } from '../../relay/sources/source.ts';
import { AckedSource } from './acked-source.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-restart-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

/** What another process would find if this one was killed now. Files may be replaced while it is made: again, then. */
function imageOf(data: string, image: string): string {
  for (let time = 0; ; time++)
    try {
      copyFolder(data, image);
      return image;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || time === 100) throw error;
      rmSync(image, { recursive: true, force: true });
    }
}

/** File by file: of one that goes meanwhile `cpSync` may end the whole process. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true }))
    if (entry.isDirectory()) copyFolder(join(from, entry.name), join(to, entry.name));
    else copyFileSync(join(from, entry.name), join(to, entry.name));
}

async function openTab(port: number): Promise<Tab> {
  const tab = await Tab.open(port);
  onTestFinished(() => tab.cut());
  return tab;
}

/** Notes where it is read from. */
function spied(source: ScriptedSource): { source: ScriptedSource; asked: StartFrom[] } {
  const asked: StartFrom[] = [];
  const read = source.read.bind(source);
  source.read = (from, signal) => {
    asked.push(from);
    return read(from, signal);
  };
  return { source, asked };
}

test('P8 a tab resumes at a relay that was started again, which reads on where it stopped', async () => {
  const data = await newFolder();
  const { source, asked } = spied(new ScriptedSource({ replayable: true, partitions: 2 }));
  source.push(0, ...numbered(0, 1000));
  source.push(1, ...numbered(1000, 300));
  const relay = await startTestRelay(source, { data });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(1300);
  await tab.cut();
  await relay.close();
  source.push(0, ...numbered(2000, 50));

  const again = await startTestRelay(source, { data });
  const back = await openTab(again.port);
  back.subscribe('events', tab.position ?? 'start');
  await back.rowsAtLeast(50);
  expect((await back.message('subscribed')).outcome).toBe('resumed');
  expect([...back.rows.keys()]).toEqual(numbered(1000, 50).map(({ n }) => `0:${n}`));
  const fresh = await openTab(again.port);
  fresh.subscribe('events');
  await fresh.rowsAtLeast(1350);
  expect(fresh.headers.map(({ schemaVersion }) => schemaVersion)).toContain(1);
  expect(asked).toEqual(['earliest', { epoch: 'epoch-1', next: { 0: 1000, 1: 300 } }]);
});

test('P8 the past is served though the source does not answer', async () => {
  const data = await newFolder();
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 400));
  const relay = await startTestRelay(source, { data });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(400);
  await relay.close();
  const silent = {
    replayable: true,
    label: 'a source that does not answer',
    async *read(_from: StartFrom, signal: AbortSignal) {
      yield {
        kind: 'state' as const,
        state: { state: 'failed' as const, message: 'no broker answers', fix: 'start it' },
      };
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
  const again = await startTestRelay(silent, { data });
  const fresh = await openTab(again.port);
  fresh.subscribe('events');
  await fresh.rowsAtLeast(400);
});

test('P8 W5 lateness goes on where it was', async () => {
  const data = await newFolder();
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 500));
  const relay = await startTestRelay(source, { data });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(500);
  const watermarkUs = (1_743_760_800_000 + 499_000 - 10_000) * 1000;
  await tab.until(() => (tab.all('progress').at(-1)?.watermarkUs === watermarkUs ? true : undefined));
  await relay.close();
  // Events of long before: by a relay that began anew they would not be late.
  source.push(0, ...numbered(0, 3));
  const again = await startTestRelay(source, { data });
  const back = await openTab(again.port);
  back.subscribe('events', tab.position ?? 'start');
  await back.rowsAtLeast(3);
  expect(back.headers[0]?.watermarkBeforeUs).toBe(watermarkUs);
});

test('F2 P8 what had no rows is not read again, and a tab that was told so resumes', async () => {
  const data = await newFolder();
  const { source, asked } = spied(new ScriptedSource({ replayable: true }));
  source.push(0, ...numbered(0, 5), Buffer.from('not json'), Buffer.from('nor this'));
  const relay = await startTestRelay(source, { data });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.until(() => (tab.position?.next[0] === 7 ? true : undefined));
  await relay.close();
  source.push(0, ...numbered(7, 2));
  const again = await startTestRelay(source, { data });
  const back = await openTab(again.port);
  back.subscribe('events', tab.position ?? 'start');
  await back.rowsAtLeast(2);
  expect(asked.at(-1)).toEqual({ epoch: 'epoch-1', next: { 0: 7 } });
  expect((await back.message('subscribed')).outcome).toBe('resumed');
  const fresh = await openTab(again.port);
  fresh.subscribe('events');
  await fresh.rowsAtLeast(7);
  expect(fresh.position?.next).toEqual({ 0: 9 });
});

test('P5 P8 a source that was made anew while the relay was away: the log is dropped, readers are reset', async () => {
  const data = await newFolder();
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 500));
  const relay = await startTestRelay(source, { data });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(500);
  await relay.close();
  source.recreate('epoch-2', 'made anew');
  source.push(0, ...numbered(9000, 20));
  const again = await startTestRelay(source, { data });
  const back = await openTab(again.port);
  back.subscribe('events', tab.position ?? 'start');
  await back.until(() => (back.rows.size === 20 && back.position?.epoch === 'epoch-2' ? true : undefined));
  expect(back.all('subscribed').at(-1)?.outcome).toBe('reset');
  await again.close();
  const third = await startTestRelay(source, { data });
  const fresh = await openTab(third.port);
  fresh.subscribe('events');
  await fresh.rowsAtLeast(20);
  expect(fresh.position?.epoch).toBe('epoch-2');
});

test('D12 a spec whose rows cannot follow: everything is read anew, and the reset says why', async () => {
  const data = await newFolder();
  const { source, asked } = spied(new ScriptedSource({ replayable: true }));
  source.push(0, ...numbered(0, 500));
  const relay = await startTestRelay(source, { data });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(500);
  await relay.close();
  const position = tab.position ?? 'start';
  // The last declares the field that was found to be the time: that is no other stream.
  const specs = [{ n: 'timestamp' }, { n: 'timestamp' }, { n: 'timestamp', timestamp: 'string' }];
  for (const [start, fields] of specs.entries()) {
    const again = await startTestRelay(source, { data, spec: { fields } });
    const back = await openTab(again.port);
    back.subscribe('events', start === 0 ? position : (tab.position ?? 'start'));
    const answer = await back.message('subscribed');
    expect(answer.outcome).toBe(start === 0 ? 'reset' : 'resumed');
    if (start === 0) {
      expect(answer.reason).toBe('the relay began this stream anew: field "n" was int64 and is now timestamp');
      await back.rowsAtLeast(500);
      tab.position = back.position;
    }
    expect(back.position?.epoch).toBe('epoch-1~1');
    await again.close();
  }
  const head = { epoch: 'epoch-1', next: { 0: 500 } };
  expect(asked).toEqual(['earliest', 'earliest', head, head]);
});

test('P8 a loss while the relay was away is in the log: told to those who come back, and to nobody twice', async () => {
  const data = await newFolder();
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 300));
  const relay = await startTestRelay(source, { data });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(300);
  await relay.close();
  source.push(0, ...numbered(300, 200));
  source.forget(0, 450);
  for (let start = 0; start < 2; start++) {
    const again = await startTestRelay(source, { data });
    const back = await openTab(again.port);
    back.subscribe('events', { epoch: 'epoch-1', next: { 0: 300 } });
    await back.rowsAtLeast(50);
    expect(back.all('gap').map(({ firstOffset, nextOffset }) => [firstOffset, nextOffset])).toEqual([[300, 450]]);
    await again.close();
  }
});

test('P8 S8 a source without a past: after kill -9 at any moment nothing acknowledged is lost, no offset changes its row', async () => {
  const data = await newFolder();
  let source = new AckedSource();
  let folder = data;
  let pushed = 0;
  const seen = new Map<string, unknown>();
  for (let crash = 0; crash < 6; crash++) {
    const relay = await startTestRelay(source, { data: folder });
    const tab = await openTab(relay.port);
    tab.subscribe('events');
    for (let burst = 0; burst < 3; burst++) {
      source.push(...numbered(pushed, 40 * (crash + 1)));
      pushed += 40 * (crash + 1);
      await tab.rowsAtLeast(seen.size + 1 + 30 * burst);
    }
    // The broker first: it may know of more than the disk, not less.
    const broker = source.image();
    const shown = new Map(tab.rows);
    const image = imageOf(folder, `${data}-${crash}`);
    for (const [key, n] of shown) {
      expect(seen.get(key) ?? n).toBe(n);
      seen.set(key, n);
    }
    await tab.cut();
    await relay.close();
    folder = image;
    source = broker;
  }
  const relay = await startTestRelay(source, { data: folder });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.until(() => (new Set(tab.rows.values()).size === pushed && source.waiting === 0 ? true : undefined));
  for (const [key, n] of seen) expect([key, tab.rows.get(key)]).toEqual([key, n]);
  expect(tab.all('gap')).toEqual([]);
});

test('S8 a relay that is stopped acknowledges what it has first: nothing comes again', async () => {
  const data = await newFolder();
  const source = new AckedSource();
  for (let start = 0; start < 3; start++) {
    const relay = await startTestRelay(source, { data });
    const tab = await openTab(relay.port);
    tab.subscribe('events');
    await tab.until(() => (tab.all('stats').at(-1)?.streams.events?.source.state === 'live' ? true : undefined));
    source.push(...numbered(start * 30, 30));
    // Read, and hardly more.
    await tab.rowsAtLeast(start * 30 + 1);
    await relay.close();
  }
  const relay = await startTestRelay(source, { data });
  const tab = await openTab(relay.port);
  tab.subscribe('events');
  await tab.until(() => (source.waiting === 0 && tab.rows.size >= 90 ? true : undefined));
  expect([...tab.rows.values()]).toEqual(numbered(0, 90).map(({ n }) => n));
});

test('P3 P5 P8 any cuts, crashes and log sizes: every row once, in the end', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`restart property: SEED=${seed}`);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), partition: fc.nat(1), rows: fc.integer({ min: 1, max: 700 }) }),
    fc.record({ kind: fc.constant('cut' as const), afterRows: fc.nat(800) }),
    fc.record({ kind: fc.constant('crash' as const), afterRows: fc.nat(800) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 6, maxLength: 14 }),
      fc.constantFrom('6KB', '30KB', '10MB'),
      async (steps, maxBytes) => {
        let data = await newFolder();
        const source = new ScriptedSource({ replayable: true, partitions: 2 });
        source.batch = 150;
        const start = () => startTestRelay(source, { data, spec: { log: { max_bytes: maxBytes } } });
        let relay = await start();
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
            for (const { n } of numbered(first, step.rows)) expected.set(`${step.partition}:${n}`, n);
            sizes[step.partition] = first + step.rows;
            source.push(step.partition, ...numbered(first, step.rows));
            continue;
          }
          await tab.rowsAtLeast(Math.min(step.afterRows, expected.size - rows.size));
          await tab.cut();
          collect();
          const position = tab.position ?? 'start';
          if (step.kind === 'crash') {
            const image = imageOf(data, `${data}x`);
            await relay.close();
            data = image;
            relay = await start();
          }
          tab = await Tab.open(relay.port, { creditBytes: 20_000 });
          tab.subscribe('events', position);
        }
        await tab.rowsAtLeast(expected.size - rows.size);
        await tab.cut();
        collect();
        expect(tab.all('subscribed').every(({ outcome }) => outcome === 'fresh' || outcome === 'resumed')).toBe(true);
        expect(rows).toEqual(expected);
        const fresh = await Tab.open(relay.port);
        fresh.subscribe('events');
        await fresh.rowsAtLeast(expected.size);
        await fresh.cut();
        expect(fresh.rows).toEqual(expected);
        await relay.close();
      },
    ),
    { seed, numRuns: 10 },
  );
});

test('L6 a folder is of one relay at a time', async () => {
  const data = await newFolder();
  const source = new ScriptedSource({ replayable: true });
  const relay = await startTestRelay(source, { data });
  await expect(startTestRelay(source, { data })).rejects.toThrow(/another relay uses .* \(process \d+\)/);
  await relay.close();
  await startTestRelay(source, { data });
});
