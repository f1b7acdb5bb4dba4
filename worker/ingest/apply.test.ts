import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Frame } from '../../contract/protocol/frame.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { rowsOf } from '../../tests/support/requests.ts';
import type { Engine } from '../engine.ts';
import { openHeadless } from '../headless.ts';

const SECOND = 1_000_000;
let engine: Engine;
let made = 0;

beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 400_000, nowMs: () => performance.now() });
});
afterAll(() => engine.close());

/** A stream of its own with one window, so that tests do not meet. */
function stream(where?: string) {
  const name = `s${made++}`;
  const schema = testSchema(name, { action: 'string', price: 'float64' });
  engine.schema(schema);
  engine.begin(name, 'fresh', { epoch: 'e1', next: { 0: 0 } });
  const window = {
    from: name,
    window: 'tumble(10s)',
    by: [],
    select: { n: 'count()', p: 'sum(price)' },
    late: { allow: '0s' },
  };
  expect(engine.windows({ [`w_${name}`]: where === undefined ? window : { ...window, where } })).toEqual([]);
  const frame = (firstOffset: number, times: readonly number[], options = {}) =>
    testFrame(
      schema,
      times.map((time) => ({ timeUs: Math.round(time * SECOND), action: 'a', price: time })),
      { firstOffset, ...options },
    );
  const windows = () => engine.query(`SELECT epoch(window_start)::INT AS s, n, state FROM w_${name} ORDER BY s`);
  const rows = () => engine.query(`SELECT count(*) AS n, count(DISTINCT _offset) AS d FROM ${name}`);
  return { name, schema, frame, windows, rows };
}

test('P3 a frame below the position changes nothing; of one that overlaps, only new rows count', async () => {
  const { name, frame, windows, rows } = stream();
  engine.apply([frame(0, [1, 2, 3])], 0);
  expect(engine.apply([frame(0, [1, 2, 3]), frame(1, [2, 3, 4, 5])], 0)).toMatchObject({ rows: 2, hole: null });
  expect(await rows()).toEqual([{ n: 5, d: 5 }]);
  expect(await windows()).toEqual([{ s: 0, n: 5, state: 'provisional' }]);
  expect(engine.streamState(name)).toMatchObject({ received: 5, duplicates: 5, rows: 5 });
});

test('P4 a frame beyond the position is a hole; what came before it is kept', async () => {
  const { name, frame, rows } = stream();
  const result = engine.apply([frame(0, [1, 2]), frame(5, [3]), frame(2, [4])], 0);
  expect(result).toMatchObject({ rows: 2, hole: { stream: name, position: { epoch: 'e1', next: { 0: 2 } } } });
  expect(engine.apply([frame(2, [4], { epoch: 'e2' })], 0).hole).not.toBeNull();
  expect(await rows()).toEqual([{ n: 2, d: 2 }]);
  expect(engine.position(name)).toEqual({ epoch: 'e1', next: { 0: 2 } });
});

test.each(['none', "price + 1 > 0 AND action <> 'zz'"])(
  'P6 a delivery with one bad frame changes nothing, and the next good one applies (where %s)',
  async (where) => {
    const { name, frame, windows, rows } = stream(where === 'none' ? undefined : where);
    const good = frame(0, [1, 2, 3]);
    engine.apply([good], 0);
    const before = { state: engine.streamState(name), windows: await windows() };
    const flip = (at: number): Frame => {
      const payload = good.payload.slice();
      for (let byte = at; byte < at + 40 && byte < payload.length; byte++) payload[byte] = (payload[byte] ?? 0) ^ 0x5a;
      return { header: { ...good.header, firstOffset: 6, nextOffset: 9 }, payload };
    };
    const bad = [
      { ...flip(0), payload: good.payload.subarray(0, good.payload.length - 8) },
      { header: { ...good.header, firstOffset: 6, nextOffset: 10, rows: 4 }, payload: good.payload },
      { header: { ...good.header, firstOffset: 6, nextOffset: 9, schemaVersion: 9 }, payload: good.payload },
      flip(8),
      flip(300),
    ];
    for (const broken of bad)
      expect(() => engine.apply([frame(3, [4, 5, 6]), broken], 0)).toThrow(
        expect.objectContaining({ code: 'store_failed' }),
      );
    expect(engine.streamState(name)).toEqual(before.state);
    expect(await windows()).toEqual(before.windows);
    engine.apply([frame(3, [4, 5, 6])], 0);
    expect(await rows()).toEqual([{ n: 6, d: 6 }]);
    expect(await windows()).toEqual([{ s: 0, n: 6, state: 'provisional' }]);
  },
);

test('W5 W7 W8 a window is final by the watermark, revised by late rows it allows, closed to rows too late', async () => {
  const { name, schema, frame } = stream();
  const spec = { from: name, window: 'tumble(10s)', by: [], select: { n: 'count()' } };
  expect(
    engine.windows({ strict: { ...spec, late: { allow: '0s' } }, kind: { ...spec, late: { allow: '10s' } } }),
  ).toEqual([]);
  engine.apply([frame(0, [1, 5, 25])], 0);
  // The frame's own watermark judges it: [0, 10) has ended, and `kind` still allows it.
  engine.apply([frame(3, [2, 12, 26], { watermarkUs: 15 * SECOND })], 0);
  const read = (window: string) =>
    engine.query(`SELECT epoch(window_start)::INT AS s, n, state FROM ${window} ORDER BY s`);
  expect(await read('strict')).toEqual([
    { s: 0, n: 2, state: 'final' },
    { s: 10, n: 1, state: 'provisional' },
    { s: 20, n: 2, state: 'provisional' },
  ]);
  expect((await read('kind'))[0]).toEqual({ s: 0, n: 3, state: 'revised' });
  expect(engine.streamState(name)).toMatchObject({ late: 2, tooLate: 0, received: 6, rows: 6 });
  engine.progress(name, {}, 30 * SECOND);
  engine.apply([frame(6, [3])], 0);
  expect(engine.streamState(name)).toMatchObject({ late: 2, tooLate: 1, received: 7, watermarkUs: 30 * SECOND });
  expect(engine.picture(rowsOf(name, { columns: ['price'], limit: 7 }))).toMatchObject({
    rows: [26, 25, 12, 5, 3, 2, 1].map((second) => ({
      eventTimeUs: second * SECOND,
      state: { 12: 'late', 2: 'late', 3: 'too late' }[second] ?? 'final',
    })),
  });
  expect(schema.version).toBe(1);
});

test('N4 P6 retention lets whole segments go and counts them; windows and positions stay', async () => {
  const { name, frame, windows } = stream();
  let offset = 0;
  for (let tick = 0; tick < 40; tick++) {
    engine.apply(
      [
        frame(
          offset,
          Array.from({ length: 500 }, (_, index) => (offset + index) / 100),
        ),
      ],
      0,
    );
    offset += 500;
  }
  const state = engine.streamState(name);
  expect(state.released).toBeGreaterThan(5000);
  expect(state.rows + state.released).toBe(20_000);
  expect(state.memory).toBeLessThanOrEqual(400_000);
  expect(await engine.query(`SELECT count(*) AS n, max(_offset) AS o FROM ${name}`)).toEqual([
    { n: state.rows, o: 19_999 },
  ]);
  expect((await windows()).map(({ n }) => n)).toEqual(Array.from({ length: 20 }, () => 1000));
});

test('D3 a new field adds a column, an int64 that widens is cast; older rows have null', async () => {
  const name = `s${made++}`;
  const first = testSchema(name, { k: 'int64' });
  const second = testSchema(name, { k: 'float64', extra: 'string' }, 2);
  engine.schema(first);
  engine.begin(name, 'fresh', { epoch: 'e1', next: {} });
  engine.windows({
    w: { from: name, window: 'tumble(1m)', by: [], select: { total: 'sum(k)' }, late: { allow: '0s' } },
  });
  engine.apply([testFrame(first, [{ timeUs: 0, k: 1 }])], 0);
  engine.schema(second);
  engine.apply([testFrame(second, [{ timeUs: 1, k: 1.5, extra: 'x' }], { firstOffset: 1 })], 0);
  engine.apply([testFrame(first, [{ timeUs: 2, k: 2 }], { firstOffset: 2 })], 0);
  expect(await engine.query(`SELECT k, extra FROM ${name} ORDER BY _offset`)).toEqual([
    { k: 1, extra: null },
    { k: 1.5, extra: 'x' },
    { k: 2, extra: null },
  ]);
  expect(await engine.query('SELECT total FROM w')).toEqual([{ total: 4.5 }]);
});

test('P5 reset drops rows and panes; gap moves on and keeps them', async () => {
  const { name, frame, windows, rows } = stream();
  engine.apply([frame(0, [1, 2])], 0);
  engine.begin(name, 'gap', { epoch: 'e1', next: { 0: 10 } });
  engine.apply([frame(10, [3])], 0);
  expect(await windows()).toEqual([{ s: 0, n: 3, state: 'provisional' }]);
  engine.begin(name, 'reset', { epoch: 'e2', next: { 0: 0 } });
  expect(await rows()).toEqual([{ n: 0, d: 0 }]);
  expect(await windows()).toEqual([]);
  engine.apply([frame(0, [5], { epoch: 'e2' })], 0);
  expect(await windows()).toEqual([{ s: 0, n: 1, state: 'provisional' }]);
  expect(engine.streamState(name)).toMatchObject({ rows: 1, received: 4, released: 3 });
});

test('D3 a relay that counts schema versions anew is believed', async () => {
  const name = `s${made++}`;
  const first = testSchema(name, { k: 'string' });
  engine.schema(first);
  engine.begin(name, 'fresh', { epoch: 'e1', next: {} });
  engine.apply([testFrame(first, [{ timeUs: 0, k: 'x' }])], 0);
  engine.schema(structuredClone(first));
  const anew = testSchema(name, { k: 'float64', b: 'bool' });
  engine.schema(anew);
  engine.apply([testFrame(anew, [{ timeUs: 1, k: 1.5, b: true }], { firstOffset: 1 })], 0);
  expect(await engine.query(`SELECT k, b FROM ${name} ORDER BY _offset`)).toEqual([
    { k: null, b: null },
    { k: 1.5, b: true },
  ]);
});

test('Q3 a segment may be let go while a query reads it', async () => {
  const { name, frame } = stream();
  let offset = 0;
  const send = () => {
    engine.apply(
      [
        frame(
          offset,
          Array.from({ length: 500 }, (_, index) => (offset + index) / 100),
        ),
      ],
      0,
    );
    offset += 500;
  };
  for (let tick = 0; tick < 8; tick++) send();
  const { rows } = engine.streamState(name);
  const counted = engine.query(
    `SELECT count(*) AS n, sum(h) AS h FROM ${name}, (SELECT count(*) AS h FROM range(20000000) WHERE hash(range) = 5)`,
  );
  await new Promise((resolve) => setTimeout(resolve, 60));
  for (let tick = 0; tick < 40; tick++) send();
  expect(engine.streamState(name).released).toBeGreaterThan(0);
  expect((await counted)[0]).toMatchObject({ n: rows });
  expect(await engine.query(`SELECT count(*) AS n FROM ${name}`)).toEqual([{ n: engine.streamState(name).rows }]);
});

test('W12 an expression that fails on a row is null there, and the stream goes on', async () => {
  const name = `s${made++}`;
  const schema = testSchema(name, { word: 'string' });
  engine.schema(schema);
  engine.begin(name, 'fresh', { epoch: 'e1', next: {} });
  const spec = {
    from: name,
    window: 'tumble(1m)',
    by: ['word::INT % 2'],
    select: { n: 'count()', s: 'sum(word::INT + word::INT - word::INT)' },
    late: { allow: '0s' },
  };
  expect(engine.windows({ w: spec })).toEqual([]);
  engine.apply(
    [
      testFrame(
        schema,
        ['1', 'x', '3', '4'].map((word, index) => ({ timeUs: index, word })),
      ),
    ],
    0,
  );
  expect(await engine.query('SELECT * EXCLUDE (window_start, window_end, state, revision) FROM w ORDER BY 1')).toEqual([
    { 'word::INT % 2': 0, n: 1, s: 4 },
    { 'word::INT % 2': 1, n: 2, s: 4 },
    { 'word::INT % 2': null, n: 1, s: null },
  ]);
});

test('where a stream has another time field by now, rows of the time before have nothing in the old one', async () => {
  const before = testSchema('moved', { price: 'float64' });
  const now = { ...testSchema('moved', { price: 'float64', at: 'timestamp' }, 2), timeField: 'at' };
  for (const schema of [before, now]) engine.schema(schema);
  engine.begin('moved', 'fresh', { epoch: 'e1', next: { 0: 0 } });
  const select = { n: "count(epoch_us(timestamp) || '')", p: "max(price || '')" };
  expect(
    engine.windows({ w_moved: { from: 'moved', window: 'tumble(10s)', by: [], select, late: { allow: '0s' } } }),
  ).toEqual([]);
  engine.apply([testFrame(before, [{ timeUs: SECOND, price: 1 }])], 0);
  engine.apply([testFrame(now, [{ timeUs: SECOND, price: 2, timestamp: SECOND }], { firstOffset: 1 })], 0);
  expect(await engine.query('SELECT n, p FROM w_moved')).toEqual([{ n: 1, p: '2.0' }]);
});
