import { afterEach, expect, test } from 'vitest';
import type { Frame } from '../../contract/protocol/frame.ts';
import { type FrameOptions, testFrame, testSchema } from '../../tests/support/frames.ts';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';
import { decodeArrow } from '../store/arrow.ts';
import type { Database } from '../store/database.ts';
import { openNodeDatabase } from '../store/open-node.ts';

const schema = testSchema('s', { word: 'string', price: 'float64' });
const window = { from: 's', window: 'tumble(10s)', by: [], select: { n: 'count()' }, late: { allow: '0s' } };

let engine: Engine | null = null;
afterEach(() => {
  engine?.close();
  engine = null;
});

/** An engine whose database tells how often rows were put into tables, and can be told to refuse them. */
async function open(rawBudgetBytes = 64 * 2 ** 20) {
  const real = await openNodeDatabase(512 * 2 ** 20);
  const told = { inserts: 0, refuse: false };
  const database: Database = {
    ...real,
    insert(ipc, table, create) {
      told.inserts++;
      if (told.refuse) throw new Error('no room');
      real.insert(ipc, table, create);
    },
  };
  const opened = createEngine(database, { rawBudgetBytes, nowMs: () => performance.now() });
  engine = opened;
  opened.schema(schema);
  opened.begin('s', 'fresh', { epoch: 'e1', next: { 0: 0 } });
  expect(opened.windows({ w: window })).toEqual([]);
  const offsets = async () =>
    (await opened.query('SELECT _offset AS o FROM s ORDER BY o', { maxRows: 1_000_000 })).map(({ o }) => o);
  return { engine: opened, told, offsets };
}

function frame(firstOffset: number, rows: number, options: FrameOptions = {}): Frame {
  return testFrame(
    schema,
    Array.from({ length: rows }, (_, row) => ({ timeUs: firstOffset + row, word: `w${row % 3}`, price: row })),
    { firstOffset, ...options },
  );
}

test('P6 rows that are in no table yet count, are there for a query at once, and for a window added later', async () => {
  const { engine, told, offsets } = await open();
  engine.apply([frame(0, 3)], 0);
  engine.apply([frame(3, 2)], 0);
  expect(told.inserts).toBe(0);
  expect(engine.streamState('s')).toMatchObject({ rows: 5, received: 5 });
  const { memory } = engine.streamState('s');
  expect(memory).toBeGreaterThan(0);
  expect(await offsets()).toEqual([0, 1, 2, 3, 4]);
  expect(told.inserts).toBe(1);
  expect(engine.streamState('s')).toMatchObject({ rows: 5, received: 5, memory });
  engine.apply([frame(5, 2)], 0);
  expect(engine.windows({ later: { ...window, select: { total: 'sum(price)' } } })).toEqual([]);
  expect(await engine.query('SELECT total FROM later')).toEqual([{ total: 3 + 1 + 1 }]);
  expect(engine.streamState('s')).toMatchObject({ rows: 7 });
});

test('P6 rows do not wait without end, however many or few a frame has', async () => {
  const { engine, told } = await open();
  let offset = 0;
  for (; offset < 40_000; offset += 8000) engine.apply([frame(offset, 8000)], 0);
  expect(told.inserts).toBe(1);
  for (let one = 0; one < 600; one++) engine.apply([frame(offset + one, 1)], 0);
  expect(told.inserts).toBe(2);
});

test('P3 frames that overlap rows that wait, rows stored, or each other add only what is new', async () => {
  const { engine, offsets } = await open();
  engine.apply([frame(0, 4)], 0);
  expect(await offsets()).toEqual([0, 1, 2, 3]);
  engine.apply([frame(2, 4), frame(4, 4)], 0);
  engine.apply([frame(1, 3), frame(6, 3)], 0);
  engine.apply([frame(8, 4, { offsets: [8, 10, 12, 13] })], 0);
  expect(engine.streamState('s')).toMatchObject({ rows: 12, received: 12, duplicates: 2 + 2 + 3 + 2 + 1 });
  expect(await offsets()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13]);
  expect(await engine.query('SELECT n FROM w')).toEqual([{ n: 12 }]);
});

test('P5 rows that wait keep their own past: the same offsets after a gap are other rows', async () => {
  const { engine, offsets } = await open();
  engine.apply([frame(0, 3)], 0);
  engine.begin('s', 'gap', { epoch: 'e2', next: { 0: 1 } });
  engine.apply([frame(0, 3, { epoch: 'e2' })], 0);
  expect(await offsets()).toEqual([0, 1, 1, 2, 2]);
});

test('P5 a reset drops rows that wait, and only that stream’s', async () => {
  const { engine, told, offsets } = await open();
  const other = testSchema('other', { price: 'float64' });
  engine.schema(other);
  engine.begin('other', 'fresh', { epoch: 'e1', next: {} });
  engine.apply([frame(0, 3), testFrame(other, [{ timeUs: 0, price: 1 }])], 0);
  expect(told.inserts).toBe(0);
  engine.begin('s', 'reset', { epoch: 'e2', next: { 0: 0 } });
  expect(engine.streamState('s')).toMatchObject({ rows: 0, memory: 0, released: 3, received: 3 });
  engine.apply([frame(0, 2, { epoch: 'e2' })], 0);
  expect(await offsets()).toEqual([0, 1]);
  expect(await engine.query('SELECT count(*) AS n FROM other')).toEqual([{ n: 1 }]);
});

test('N4 retention counts rows that wait', async () => {
  const { engine, offsets } = await open(400_000);
  for (let offset = 0; offset < 20_000; offset += 100) {
    engine.apply([frame(offset, 100)], 0);
    expect(engine.streamState('s').memory).toBeLessThanOrEqual(400_000);
  }
  const { rows, released } = engine.streamState('s');
  expect(rows).toBeGreaterThan(4000);
  expect(rows + released).toBe(20_000);
  expect(await offsets()).toEqual(Array.from({ length: rows }, (_, index) => released + index));
  expect(await engine.query('SELECT n FROM w')).toEqual([{ n: 20_000 }]);
});

test('P6 rows that cannot be put into their tables are an error of whoever needs them there', async () => {
  const { engine, told, offsets } = await open();
  engine.apply([frame(0, 3)], 0);
  told.refuse = true;
  const failed = expect.objectContaining({ code: 'store_failed', message: expect.stringContaining('no room') });
  await expect(offsets()).rejects.toEqual(failed);
  expect(() => engine.windows({ later: { ...window, by: ['word'] } })).toThrow(failed);
  expect(() => engine.apply([frame(3, 40_000)], 0)).toThrow(failed);
  told.refuse = false;
  expect(await offsets()).toHaveLength(40_003);
});

test('P6 what a table could not hold is refused at its tick', async () => {
  const { engine, told, offsets } = await open();
  engine.apply([frame(0, 3)], 0);
  const before = engine.streamState('s');
  const changed = (change: (payload: Uint8Array) => void): Frame => {
    const good = frame(3, 3);
    const payload = good.payload.slice();
    change(payload);
    return { ...good, payload };
  };
  const typed = (fields: Parameters<typeof testSchema>[1]) =>
    testFrame(testSchema('s', fields), [{ timeUs: 3, word: null, price: null }], { firstOffset: 3 });
  const set = (column: number, row: number, value: number) => (payload: Uint8Array) => {
    const [batch] = decodeArrow(payload).getChildAt(column).data as unknown as { values: Int32Array }[];
    if (!batch) throw new Error('a batch');
    batch.values[row] = value;
  };
  const bad = [
    changed(set(1, 1, 3)),
    changed(set(1, 2, -1)),
    changed((payload) => {
      payload[payload.findIndex((byte, at) => byte === 0x77 && payload[at + 1] === 0x31)] = 0xff;
    }),
    typed({ word: 'string', price: 'int64' }),
    typed({ word: 'bool', price: 'float64' }),
    typed({ price: 'float64', word: 'string' }),
    typed({ word: 'string' }),
  ];
  for (const broken of bad)
    expect(() => engine.apply([broken], 0)).toThrow(expect.objectContaining({ code: 'store_failed' }));
  expect(engine.streamState('s')).toEqual(before);
  engine.apply([changed(() => {})], 0);
  expect(told.inserts).toBe(0);
  expect(await offsets()).toEqual([0, 1, 2, 3, 4, 5]);
});
