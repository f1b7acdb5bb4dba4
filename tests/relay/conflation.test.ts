import { expect, onTestFinished, test } from 'vitest';
import { ScriptedSource } from './scripted-source.ts';
import { startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

const MACHINES = 20;
const RECORDS = 30_100;

/** Readings of machines in turn, a millisecond apart. */
function readings(first: number, count: number): { n: number; machine: string; timestamp: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    n: first + index,
    machine: `m${(first + index) % MACHINES}`,
    timestamp: new Date(1_743_760_800_000 + first + index).toISOString(),
  }));
}

async function openTab(port: number, options?: Parameters<typeof Tab.open>[1]): Promise<Tab> {
  const tab = await Tab.open(port, options);
  onTestFinished(() => tab.cut());
  return tab;
}

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^highwater_relay_${name}\\{stream="events"\\} (.*)$`, 'm').exec(text)?.[1]);
}

async function relayWith(spec: object) {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...readings(0, 100));
  const relay = await startTestRelay(source, { spec });
  const fast = await openTab(relay.port);
  fast.subscribe('events');
  await fast.rowsAtLeast(100);
  /** What comes while another tab stands, a frame at a time. */
  const fill = async () => {
    for (let sent = 100; sent < RECORDS; sent += 5_000) {
      source.push(0, ...readings(sent, 5_000));
      await fast.rowsAtLeast(sent + 5_000);
    }
  };
  const slow = await openTab(relay.port, { creditBytes: 1, autoCredit: false });
  slow.subscribe('events');
  await slow.rowsAtLeast(100);
  return { source, relay, fast, slow, fill };
}

const lastOf = (tab: Tab) =>
  Object.fromEntries(
    [...tab.rows.values()]
      .map(Number)
      .sort((a, b) => a - b)
      .map((n) => [n % MACHINES, n]),
  );

test('F8 a tab that falls behind ends with the newest row of each key, is told how many it was not given; others get all', async () => {
  const { source, relay, fast, slow, fill } = await relayWith({ latest_by: ['machine'] });
  expect(slow.all('schema')[0]?.latestBy).toEqual(['machine']);
  await fill();
  expect(await metric(relay.port, 'slowest_reader_records')).toBe(RECORDS - 100);
  slow.grant(20_000_000);
  await slow.until(() => (slow.position?.next[0] === RECORDS ? true : undefined));
  expect(lastOf(slow)).toEqual(lastOf(fast));
  expect(fast.rows.size).toBe(RECORDS);
  expect(fast.all('conflated')).toEqual([]);
  await slow.message('conflated');
  const records = slow.all('conflated').at(-1)?.records ?? 0;
  expect(records).toBeGreaterThan(RECORDS - 10_000);
  expect(slow.rows.size + records).toBe(RECORDS);
  expect(await metric(relay.port, 'conflated_records_total')).toBe(records);
  // In step again, it is given every row, and nothing is kept for it any more.
  source.push(0, ...readings(RECORDS, 500));
  await slow.until(() => (slow.position?.next[0] === RECORDS + 500 ? true : undefined));
  expect(slow.rows.size + records).toBe(RECORDS + 500);
  expect(await metric(relay.port, 'conflation_keys')).toBe(0);
});

test('F8 a latest_by that names no field is told, and every row is given', async () => {
  const { source, fast, slow } = await relayWith({ latest_by: ['machine', 'line'] });
  source.push(0, ...readings(100, 5_000));
  await fast.rowsAtLeast(5_100);
  slow.grant(20_000_000);
  await slow.rowsAtLeast(5_100);
  expect(slow.all('conflated')).toEqual([]);
  const told = await slow.until(() => slow.all('stats').find(({ streams }) => streams.events?.source.message !== null));
  expect(told.streams.events?.source).toMatchObject({
    message: 'events has no field line, which latest_by names: tabs that fall behind get every row, later',
    fix: expect.stringContaining('there are n, machine'),
  });
});

test('F8 without latest_by a tab that falls behind gets every row, later', async () => {
  const { fast, slow, fill } = await relayWith({});
  await fill();
  slow.grant(20_000_000);
  await slow.rowsAtLeast(RECORDS);
  expect([...slow.rows]).toEqual([...fast.rows]);
  expect(slow.all('conflated')).toEqual([]);
});
