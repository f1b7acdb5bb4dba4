import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import { relayAccess } from '../../relay/cli/letter-relay.ts';
import { Rejected } from '../../relay/decode/rejected.ts';
import { diskFiles, type SegmentFiles } from '../../relay/log/segment-files.ts';
import type { Relay } from '../../relay/relay.ts';
import { ScriptedSource } from './scripted-source.ts';
import { startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-letters-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const at = (n: number) => new Date(1_743_760_800_000 + n * 1000).toISOString();
const good = (n: number) => ({ timestamp: at(n), n, price: n });

async function get<T>(relay: Relay, path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${relay.port}${path}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

function post(relay: Relay, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${relay.port}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

interface Listed {
  readonly count: number;
  readonly matched: number;
  readonly groups: { kind: string; field: string | null; count: number }[];
  readonly letters: { id: number; offset: number; reason: string; start: string; state: string }[];
  readonly next: number | null;
}

async function allOf(relay: Relay, count: number): Promise<Tab> {
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(count);
  return tab;
}

test('X5 X6 dead letters outlive the relay; the spec mended, they are replayed once, in open tabs, and stay so', async () => {
  const data = await newFolder();
  const source = new ScriptedSource({ replayable: true });
  const fields = { n: 'int64', price: 'int64' };
  const first = await startTestRelay(source, { data, spec: { fields, time: { field: 'timestamp' } } });
  const tab = await allOf(first, 0);
  source.push(
    0,
    good(0),
    { ...good(1), price: 1.5 },
    good(2),
    { ...good(3), price: 3.5 },
    Buffer.from('{"n":'),
    { n: 4 },
    good(5),
  );
  await tab.rowsAtLeast(3);
  const listed = await get<Listed>(first, '/dead-letters/list?stream=events');
  expect(listed.letters.map(({ offset }) => offset)).toEqual([5, 4, 3, 1]);
  expect(listed.groups).toMatchObject([
    { kind: 'field "price": expected int64, found number', field: 'price', count: 2 },
    { field: 'timestamp', count: 1 },
    { field: null, count: 1 },
  ]);
  expect(await get<Listed>(first, '/dead-letters/list?stream=events&q=3.5')).toMatchObject({
    letters: [{ offset: 3, start: expect.stringContaining('"price":3.5') }],
  });
  const dry = await post(first, '/dead-letters/replay', { stream: 'events', dryRun: true });
  expect(await dry.json()).toMatchObject({ letters: 4, rows: 0, refused: [{ count: 2 }, { count: 1 }, { count: 1 }] });
  await first.close();

  const mended = { fields: { n: 'int64', price: 'float64' }, time: { field: 'timestamp' } };
  const second = await startTestRelay(source, { data, spec: mended });
  const open = await allOf(second, 3);
  const result = await post(second, '/dead-letters/replay', { stream: 'events', filter: { field: 'price' } });
  expect(await result.json()).toMatchObject({ letters: 2, rows: 2, refused: [] });
  await open.rowsAtLeast(5);
  expect([...open.rows].filter(([key]) => key.startsWith(`${REPLAY_PARTITION}:`))).toEqual([
    [`${REPLAY_PARTITION}:0`, 1],
    [`${REPLAY_PARTITION}:1`, 3],
  ]);
  expect((await get<Listed>(second, '/dead-letters/list?stream=events')).count).toBe(2);
  const again = await post(second, '/dead-letters/replay', { stream: 'events' });
  expect(await again.json()).toMatchObject({ letters: 2, rows: 0 });
  await second.close();

  const third = await startTestRelay(source, { data, spec: mended });
  source.push(0, good(6));
  const late = await allOf(third, 6);
  expect([...late.rows.values()].map(Number).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 5, 6]);
  const resumed = await Tab.open(third.port);
  onTestFinished(() => resumed.cut());
  resumed.subscribe('events', open.position ?? 'start');
  expect((await resumed.message('subscribed')).outcome).toBe('resumed');
  await resumed.rowsAtLeast(1);
  expect([...resumed.rows.values()]).toEqual([6]);
});

test('X5 the whole past read again by other rules: what was replayed before is not a row twice', async () => {
  const data = await newFolder();
  const source = new ScriptedSource({ replayable: true });
  source.push(0, good(0), { ...good(1), price: 'x' }, good(2));
  const spec = { fields: { n: 'int64', price: 'int64' } };
  const first = await startTestRelay(source, { data, spec: { ...spec, time: { field: 'timestamp' } } });
  await allOf(first, 2);
  await first.close();
  // Of another type: the log is left, and the source read again, by which the letter becomes a row in its own place.
  const other = { fields: { n: 'int64', price: 'string' }, time: { field: 'timestamp' } };
  const second = await startTestRelay(source, { data, spec: other });
  source.push(0, { ...good(3), price: 'y' });
  const tab = await Tab.open(second.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.rowsAtLeast(2);
  expect([...tab.rows]).toEqual([
    ['0:1', 1],
    ['0:3', 3],
  ]);
  const { letters } = await get<Listed>(second, '/dead-letters/list?stream=events');
  expect(letters.map(({ offset }) => offset)).toEqual([2, 0]);
});

test('X5 replayed rows are late like any others, and neither hold the watermark back nor take it back', async () => {
  const source = new ScriptedSource({ replayable: false });
  const spec = { fields: { n: 'int64', price: 'int64' }, time: { field: 'timestamp', delay: '10s', idle: '1h' } };
  const relay = await startTestRelay(source, { spec });
  const feed = relay.feeds.get('events');
  const tab = await allOf(relay, 0);
  source.push(0, good(0), good(100));
  await tab.rowsAtLeast(2);
  const before = feed?.watermarkUs;
  expect(before).toBe((1_743_760_800 + 90) * 1e6);
  // A record whose value only its own rules refuse: its time is ahead of the clock no more when it is replayed.
  feed?.deadLetters.add(
    'epoch-1',
    0,
    {
      offset: 900,
      topic: 'scripted',
      timestampMs: 0,
      key: null,
      value: Buffer.from(JSON.stringify(good(7))),
    },
    new Rejected('ahead'),
  );
  expect(await (await post(relay, '/dead-letters/replay', { stream: 'events' })).json()).toMatchObject({ rows: 1 });
  await tab.rowsAtLeast(3);
  expect(tab.headers.at(-1)).toMatchObject({ partition: REPLAY_PARTITION, watermarkBeforeUs: before });
  source.push(0, good(200));
  await tab.rowsAtLeast(4);
  expect(feed?.watermarkUs).toBe((1_743_760_800 + 190) * 1e6);
});

test('X6 letters are paged, shown with nothing that acts, downloaded as they came', async () => {
  const source = new ScriptedSource({ replayable: false });
  const relay = await startTestRelay(source, { spec: { fields: { n: 'int64' }, time: { field: 'timestamp' } } });
  const evil = Buffer.from('<script>alert(1)</script>\u0007\u202e');
  const binary = Buffer.from([0, 255, 254, 10]);
  source.push(0, evil, binary, ...Array.from({ length: 10 }, (_, n) => Buffer.from(`not json ${n}`)), good(1));
  await allOf(relay, 1);
  const page = await get<Listed>(relay, '/dead-letters/list?stream=events&limit=5');
  expect(page.letters.map(({ id }) => id)).toEqual([12, 11, 10, 9, 8]);
  const next = await get<Listed>(relay, `/dead-letters/list?stream=events&limit=50&before=${page.next}`);
  expect(next.letters.map(({ id }) => id)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(next.next).toBe(null);
  expect(next.letters.at(-1)?.start).toBe('<script>alert(1)</script>\\x07\\u202e');
  const some = await get<Listed>(relay, '/dead-letters/list?stream=events&limit=1.5');
  expect([some.letters.map(({ id }) => id), some.next]).toEqual([[12], 12]);
  const byId = await get<Listed>(relay, '/dead-letters/list?stream=events&id=7&id=3');
  expect(byId.letters.map(({ id }) => id)).toEqual([7, 3]);
  const asked = relayAccess(`http://127.0.0.1:${relay.port}`).find('events', { ids: [3, 7, 99] }, 50);
  const ids: number[] = [];
  for await (const { id } of asked) ids.push(id);
  expect(ids).toEqual([7, 3]);
  const text = await (await fetch(`http://127.0.0.1:${relay.port}/dead-letters/download?stream=events`)).text();
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(12);
  expect(Buffer.from(lines.at(-1).value_base64, 'base64')).toEqual(evil);
  expect(lines.at(-1).value).toBe(evil.toString());
  expect(Buffer.from(lines.at(-2).value_base64, 'base64')).toEqual(binary);
  expect(lines.at(-2).value).toBe(null);
});

test('X6 the summary has the newest fifty of each stream', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...Array.from({ length: 60 }, () => Buffer.from('{bad')));
  const relay = await startTestRelay(source);
  await expect.poll(() => relay.feeds.get('events')?.deadLetters.count).toBe(60);
  const answer = await fetch(`http://127.0.0.1:${relay.port}/dead-letters`);
  const { events } = (
    (await answer.json()) as { streams: Record<string, { count: number; newest: { offset: number }[] }> }
  ).streams;
  expect(events?.count).toBe(60);
  expect(events?.newest.map(({ offset }) => offset)).toEqual(Array.from({ length: 50 }, (_, index) => 59 - index));
});

test('X8 only the page this relay serves, and this machine, may replay or drop', async () => {
  const relay = await startTestRelay(new ScriptedSource({ replayable: true }));
  const body = { stream: 'events' };
  const own = { Origin: `http://127.0.0.1:${relay.port}` };
  expect((await post(relay, '/dead-letters/drop', body, own)).status).toBe(200);
  expect((await post(relay, '/dead-letters/drop', body)).status).toBe(200);
  expect((await post(relay, '/dead-letters/drop', body, { Origin: 'http://evil.example' })).status).toBe(403);
  expect((await post(relay, '/dead-letters/drop', body, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  // From this machine, but passed on by a proxy on it.
  expect((await post(relay, '/dead-letters/drop', body, { 'X-Forwarded-For': '203.0.113.9' })).status).toBe(403);
  expect((await post(relay, '/dead-letters/drop', body, { Forwarded: 'for=203.0.113.9' })).status).toBe(403);
  expect((await post(relay, '/dead-letters/drop', body, { ...own, 'X-Forwarded-For': '203.0.113.9' })).status).toBe(
    200,
  );
  expect((await post(relay, '/dead-letters/drop', body, { 'Content-Type': 'text/plain' })).status).toBe(415);
  expect((await post(relay, '/dead-letters/drop', { stream: 'none' })).status).toBe(404);
  expect((await post(relay, '/dead-letters/drop', { stream: 'events', filter: { nonsense: 1 } })).status).toBe(400);
  expect((await post(relay, '/dead-letters/list', body)).status).toBe(404);
});

test('X8 letters are shown to no other page: not the list, one of them, a download, nor the summary', async () => {
  const relay = await startTestRelay(new ScriptedSource({ replayable: true }));
  const base = `http://127.0.0.1:${relay.port}`;
  const strange: Record<string, string>[] = [
    { Origin: 'http://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ];
  const own: Record<string, string>[] = [
    {},
    { Origin: base },
    { 'Sec-Fetch-Site': 'same-origin' },
    { 'Sec-Fetch-Site': 'none' },
  ];
  for (const path of ['', '/list?stream=events', '/letter?stream=events&id=1', '/download?stream=events'])
    for (const headers of [...strange, ...own]) {
      const { status } = await fetch(`${base}/dead-letters${path}`, { headers });
      expect([path, headers, status === 403]).toEqual([path, headers, strange.includes(headers)]);
    }
});

test('X4 a disk that is full for letters stops the reading, says so, and loses none', async () => {
  const data = await newFolder();
  let full = false;
  const files: SegmentFiles = {
    ...diskFiles,
    write(file, pieces, place) {
      if (full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      diskFiles.write(file, pieces, place);
    },
  };
  const source = new ScriptedSource({ replayable: false });
  source.batch = 1;
  const spec = { fields: { n: 'int64' }, time: { field: 'timestamp' } };
  const relay = await startTestRelay(source, { data, files, spec });
  const feed = relay.feeds.get('events');
  const tab = await allOf(relay, 0);
  source.push(0, good(0));
  await tab.rowsAtLeast(1);
  full = true;
  source.push(0, ...Array.from({ length: 50 }, (_, n) => Buffer.from(`no json ${n}`)), good(51));
  await tab.until(() => (feed?.state.state === 'failed' ? true : undefined));
  expect(feed?.state.fix).toMatch(/make room on the disk/);
  expect((await fetch(`http://127.0.0.1:${relay.port}/readyz`)).status).toBe(503);
  const read = feed?.counts.records ?? 0;
  expect(read).toBeLessThan(10);
  full = false;
  await tab.rowsAtLeast(2);
  expect(feed?.state.state).not.toBe('failed');
  await relay.close();
  const again = await startTestRelay(source, { data, spec });
  const { count, letters } = await get<Listed>(again, '/dead-letters/list?stream=events&limit=100');
  expect(count).toBe(50);
  expect(letters.map(({ offset }) => offset)).toEqual(Array.from({ length: 50 }, (_, n) => 50 - n));
});
