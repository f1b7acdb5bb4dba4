import { expect, onTestFinished, test } from 'vitest';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

interface Letters {
  readonly streams: Record<
    string,
    { count: number; newest: { offset: number; reason: string; start: string; bytes: number }[] }
  >;
}

test('D1 every kind of bad record is a dead letter with its reason, and the records around it arrive', async () => {
  const source = new ScriptedSource({ replayable: true });
  const good = { n: 1, price: 1.5, timestamp: '2025-04-04T10:00:00Z' };
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [Buffer.from('{"n": 1,'), /not JSON/],
    [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), /not UTF-8/],
    [Buffer.from(''), /empty/],
    [Buffer.from('[1, 2]'), /a list: expected one JSON object/],
    [Buffer.alloc(20 * 1024 * 1024, 0x20), /20971520 bytes: expected at most 8388608/],
    [{ ...good, timestamp: undefined }, /no time: field "timestamp" is missing/],
    [
      { ...good, timestamp: 'yesterday' },
      /time field "timestamp": expected an ISO 8601 time .*found string "yesterday"/,
    ],
    [
      { ...good, price: 'abc' },
      /field "price": expected float64, found string "abc"; send a float64, or, where it is text in all of them, declare price as string/,
    ],
    [{ ...good, timestamp: '0001-01-01T00:00:00Z' }, /between the years 1696 and 2243/],
    [Buffer.from(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), /nested deeper than 100 levels/],
    [Buffer.from('42'), /no time/],
  ];
  const sampled = numbered(0, 200).map((row) => ({ ...row, price: 0.5 }));
  source.push(0, ...sampled.slice(0, 100), Buffer.from(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`));
  source.push(0, ...sampled.slice(100));
  for (const [record] of bad) source.push(0, record, good);
  const relay = await startTestRelay(source);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(200 + bad.length);
  await tab.until(() => (tab.position?.next[0] === 201 + 2 * bad.length ? true : undefined));

  const answer = await fetch(`http://127.0.0.1:${relay.port}/dead-letters?stream=events`);
  const { events } = ((await answer.json()) as Letters).streams;
  expect(events?.count).toBe(1 + bad.length);
  const [first, ...newest] = events?.newest.toReversed() ?? [];
  expect(first).toMatchObject({ offset: 100, reason: expect.stringMatching(/nested deeper than 100 levels/) });
  expect(newest.map(({ offset }) => offset)).toEqual(bad.map((_, index) => 201 + 2 * index));
  for (const [index, [, reason]] of bad.entries()) expect(newest[index]?.reason).toMatch(reason);
  expect(newest[1]?.start).toBe('{"\\xff\\xfe"}');
  const stats = await tab.until(() =>
    tab.all('stats').find(({ streams }) => streams.events?.deadLetters === 1 + bad.length),
  );
  expect(stats.streams.events?.lastDeadLetter).toMatch(/no time/);
  expect(await (await fetch(`http://127.0.0.1:${relay.port}/metrics`)).text()).toContain(
    `highwater_relay_dead_letters_total{stream="events"} ${1 + bad.length}`,
  );
});

test('D3 a new field adds a version, an integer that becomes a fraction widens, in the middle of a stream', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(
    0,
    ...numbered(0, 300),
    { n: 300, timestamp: 1_743_760_800, extra: true },
    { n: 301.5, timestamp: 1_743_760_801 },
  );
  const relay = await startTestRelay(source);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(302);
  const versions = tab
    .all('schema')
    .map(({ version, fields }) => [version, fields.map(({ name, type }) => `${name} ${type}`)]);
  expect(versions.toSorted()).toEqual([
    [1, ['timestamp timestamp', 'n int64']],
    [2, ['timestamp timestamp', 'n int64', 'extra bool']],
    [3, ['timestamp timestamp', 'n float64', 'extra bool']],
  ]);
  expect(tab.rows.get('0:301')).toBe(301.5);
});

test('D3 names that are ids stop making versions, and the tab and the metrics are told', async () => {
  const source = new ScriptedSource({ replayable: true });
  const rows = numbered(0, 500);
  source.push(
    0,
    ...rows.slice(0, 200),
    ...rows.slice(200).map((row) => ({ ...row, counts: { [`user_${row.n}`]: 1 } })),
  );
  const relay = await startTestRelay(source);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(500);
  // `counts` itself is one of the 64.
  expect(new Set(tab.all('schema').map(({ version }) => version)).size).toBeLessThanOrEqual(64);
  const stats = await tab.until(() => tab.all('stats').find(({ streams }) => streams.events?.source.message != null));
  expect(stats.streams.events?.source).toMatchObject({
    state: 'live',
    message: expect.stringMatching(/too many different names: .*"counts\.user_263", are passed over/),
  });
  expect(await (await fetch(`http://127.0.0.1:${relay.port}/metrics`)).text()).toContain(
    'highwater_relay_ignored_values_total{stream="events"} 237',
  );
});
