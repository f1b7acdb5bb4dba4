import { expect, test } from 'vitest';
import type { Fields } from '../decode/json.ts';
import { Rejected } from '../decode/rejected.ts';
import { readRow } from '../read-row.ts';
import type { RawRecord } from '../sources/source.ts';
import { MAX_LATE_NAMES, Shaper, type ShapeSpec } from './shaper.ts';

const record = (topic = 't'): RawRecord => ({
  offset: 0,
  topic,
  timestampMs: 1_700_000_000_000,
  key: null,
  value: null,
});

function shaperOf(sample: readonly Fields[], spec: Partial<ShapeSpec> = {}, topic?: string): Shaper {
  const shaper = new Shaper({ stream: 's', time: { format: 'auto' }, fields: undefined, topics: false, ...spec });
  for (const fields of sample) shaper.sample(record(topic), fields);
  shaper.settle();
  return shaper;
}

const described = (shaper: Shaper) => shaper.schema?.fields.map(({ name, type, role }) => `${name} ${type} ${role}`);

test('D3 D4 types, the time field and roles come from the records', () => {
  const rows = Array.from({ length: 100 }, (_, n) => ({
    user_id: n % 7,
    action: ['search', 'click'][n % 2],
    timestamp: '2025-04-04T10:00:00Z',
    price: n === 50 ? 1.5 : n,
    floor: n % 4,
    session: `s-${n}-${n * 7919}`,
    paid: n % 2 === 0,
    comment: `a longer text number ${n} that nobody groups by`,
    shipped_at: n % 2 === 0 ? '2025-04-05T10:00:00Z' : null,
  }));
  expect(described(shaperOf(rows))).toEqual([
    'timestamp timestamp time',
    'user_id int64 id',
    'action string dimension',
    'price float64 measure',
    'floor int64 dimension',
    'session string id',
    'paid bool dimension',
    'comment string text',
    'shipped_at timestamp time',
  ]);
});

test('B1 what never varies is only shown, and an integer that only rises is no measure; declared fields too', () => {
  const rows = Array.from({ length: 40 }, (_, n) => ({
    timestamp: '2025-04-04T10:00:00Z',
    site: 'north',
    version: 3,
    scale: 0.5,
    test: false,
    line: n + 1,
    temp: 20 + (n % 5) / 2,
    watts: (n * 37) % 101,
    state: ['on', 'off'][n % 2],
  }));
  const roles = (shaper: Shaper) =>
    Object.fromEntries(shaper.schema?.fields.map(({ name, role }) => [name, role] as const) ?? []);
  const expected = {
    timestamp: 'time',
    site: 'text',
    version: 'text',
    scale: 'text',
    test: 'text',
    line: 'id',
    temp: 'measure',
    watts: 'measure',
    state: 'dimension',
  };
  expect(roles(shaperOf(rows))).toEqual(expected);
  const fields = { site: 'string', scale: 'float64', state: 'string', line: 'int64' } as const;
  expect(roles(shaperOf(rows, { fields }))).toEqual(expected);
  // Of a few records nobody can tell.
  expect(roles(shaperOf(rows.slice(0, 5)))).toMatchObject({ site: 'dimension', version: 'measure', scale: 'measure' });
});

test('D4 a named field that is no time is passed over; without any, the record’s own time counts', () => {
  expect(shaperOf([{ time: 'soon', when: '2025-04-04T10:00' }]).schema?.timeField).toBe('when');
  expect(shaperOf([{ ts: 12, at: 1_743_760_800 }]).schema?.timeField).toBe('_event_time');
  expect(shaperOf([{ time: 1_743_760_800, timestamp: 1_743_760_801 }]).schema?.timeField).toBe('timestamp');
  const row = shaperOf([{ a: 1 }]).shape(record(), { a: 2 });
  expect(row).toEqual({ eventTimeUs: 1_700_000_000_000_000, cells: [2] });
});

test('D2 objects are flattened, lists are JSON text, names that differ in case or are reserved get a number', () => {
  const fields = { a: { b: 1, c: { d: 'x' } }, A_B: 2, list: [1, { k: 9007199254740993n }], _offset: 5 };
  const shaper = shaperOf([fields]);
  expect(shaper.schema?.fields.map(({ name }) => name)).toEqual(['a_b', 'a_c_d', 'A_B_2', 'list', '_offset_2']);
  expect(shaper.shape(record(), fields)).toMatchObject({ cells: [1, 'x', 2, '[1,{"k":9007199254740993}]', 5] });
});

test('D3 names that never end make a bounded number of versions, and what is passed over is counted', () => {
  const shaper = shaperOf([{ ts: 1_743_760_800, counts: { all: 1 } }], { fields: { late_one: 'int64' } });
  for (let user = 0; user < 1_000; user++)
    shaper.shape(record(), { ts: 1_743_760_800, counts: { [`user_${user}`]: user }, [`empty_${user}`]: {} });
  expect(shaper.schema?.version).toBeLessThanOrEqual(1 + MAX_LATE_NAMES);
  expect(shaper.schema?.fields).toHaveLength(3 + MAX_LATE_NAMES / 2);
  expect(shaper.ignored).toEqual({ values: 2_000 - MAX_LATE_NAMES, first: 'counts.user_32' });
  // What was there and what is declared goes on.
  const row = shaper.shape(record(), { ts: 1_743_760_800, counts: { all: 7, user_3: 8 }, late: { one: 9 } });
  expect(row).toMatchObject({ cells: expect.arrayContaining([7, 8, 9]) });
});

test.each([
  ['inferred', undefined],
  ['declared', { TS: 'string' as const, ts: 'timestamp' as const }],
])('D8 the named time field keeps its name beside one that differs in case, with %s fields', (_how, fields) => {
  const row = { TS: 'x', ts: 1_743_760_800 };
  const shaper = shaperOf([row], { time: { field: 'ts', format: 'auto' }, fields });
  expect(shaper.schema?.fields.map(({ name }) => name)).toEqual(['ts', 'TS_2']);
  expect(shaper.shape(record(), row)).toEqual({ eventTimeUs: 1_743_760_800_000_000, cells: ['x'] });
});

test('D3 a declared field keeps its type and finds its value by path or by its flattened name', () => {
  const spec = {
    time: { field: 'at', format: 'seconds' as const },
    fields: {
      temp: { type: 'int64' as const, from: 'sensor.temp', unit: 'celsius' },
      sensor_name: 'string' as const,
      at: 'timestamp' as const,
    },
  };
  const shaper = shaperOf([], spec);
  expect(shaper.shape(record(), { at: 10, sensor: { temp: 4, name: 'n1' } })).toEqual({
    eventTimeUs: 10e6,
    cells: [4, 'n1'],
  });
  expect(shaper.shape(record(), { at: 10, sensor: { temp: 4.5 } })).toEqual(
    new Rejected('field "temp": expected int64, found number 4.5; send an int64, or declare temp as float64', {
      field: 'temp',
      kind: 'field "temp": expected int64, found number',
    }),
  );
  expect(shaper.schema).toMatchObject({ version: 1, timeField: 'at', inferred: false });
});

test('D4 a time field may be nested, and named with a dot or a _', () => {
  for (const field of ['meta.ts', 'meta_ts']) {
    const shaper = shaperOf([{ meta: { ts: 5 } }], { time: { field, format: 'auto' } });
    expect(shaper.shape(record(), { meta: { ts: 1_743_760_800 } })).toMatchObject({ eventTimeUs: 1_743_760_800e6 });
  }
});

test('D6 topic levels are fields, deeper ones when they come', () => {
  const shaper = shaperOf([{ value: 1 }], { topics: true }, 'line/1');
  expect(shaper.shape(record('line/2/temp'), { value: 3 })).toMatchObject({
    cells: ['line/2/temp', 'line', '2', 3, 'temp'],
  });
  expect(shaper.schema?.fields.map(({ name }) => name)).toEqual(['topic', 'topic_1', 'topic_2', 'value', 'topic_3']);
  expect(shaper.schema?.version).toBe(2);
});

test('D1 a number too large for its type is rejected, not rounded', () => {
  const shaper = shaperOf([{ id: 1, x: 0.5 }]);
  expect(shaper.shape(record(), { id: 2n ** 64n })).toMatchObject({
    reason: expect.stringMatching(/"id": expected int64, found number 18446744073709551616/),
  });
  expect(shaper.shape(record(), { x: Number.POSITIVE_INFINITY })).toMatchObject({
    reason: expect.stringMatching(/too large/),
  });
  expect(shaper.shape(record(), { id: -(2n ** 63n) })).toMatchObject({ cells: [-(2n ** 63n), null] });
});

test('N6 how long rows are kept goes out with every version of the schema', () => {
  const shaper = shaperOf([{ n: 1 }], { keepUs: 6e6 });
  expect(shaper.schema).toMatchObject({ version: 1, keepUs: 6e6 });
  expect(shaperOf([{ n: 1 }]).schema).not.toHaveProperty('keepUs');
});

const keyed = (more: Partial<RawRecord>): RawRecord => ({ ...record(), value: Buffer.from('{}'), ...more });

test('D9 keys, headers and topics are columns: bytes that are no text as \\xNN, of headers of one name the last', () => {
  const spec: ShapeSpec = {
    stream: 's',
    time: { field: 'ts', format: 'auto' },
    fields: undefined,
    topics: false,
    columns: ['key', 'headers', 'topic'],
  };
  const shaper = new Shaper(spec);
  const headers = [
    ['trace', 'a'],
    ['trace', 'b'],
    ['__proto__', 'c'],
  ] as const;
  const one = keyed({ key: Buffer.from('café'), headers });
  shaper.sample(one, { ts: 1_743_760_800, key: 1 });
  shaper.settle();
  expect(shaper.schema?.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'ts timestamp',
    'key string',
    'header_trace string',
    'header___proto__ string',
    'topic string',
    'key_2 int64',
  ]);
  expect(shaper.shape(one, { ts: 1_743_760_800, key: 1 })).toMatchObject({ cells: ['café', 'b', 'c', 't', 1] });
  const two = keyed({ key: Buffer.from([0, 255, 65]), headers: [['later', 'x']] });
  expect(shaper.shape(two, { ts: 1_743_760_800 })).toMatchObject({
    cells: ['\\x00\\xffA', null, null, 't', null, 'x'],
  });
  for (let n = 0; n < 100; n++) shaper.shape(keyed({ headers: [[`h${n}`, 'x']] }), { ts: 1_743_760_800 });
  expect(shaper.schema?.fields).toHaveLength(6 + MAX_LATE_NAMES);
  expect(shaper.ignored).toEqual({ values: 37, first: 'headers.h63' });
});

test('D9 properties and the retained flag are columns of MQTT', () => {
  const shaper = new Shaper({
    stream: 's',
    time: { format: 'auto' },
    fields: { temp: 'float64' },
    topics: true,
    columns: ['properties', 'retained'],
  });
  const one = keyed({ topic: 'line/1', headers: [['unit', 'C']], retained: true });
  shaper.sample(one, { temp: 1 });
  shaper.settle();
  expect(shaper.shape(one, { temp: 2 })).toMatchObject({ cells: [2, 'line/1', 'line', '1', 'C', true] });
  expect(shaper.shape(keyed({ topic: 'line/2' }), { temp: 2 })).toMatchObject({
    cells: [2, 'line/2', 'line', '2', null, false],
  });
});

test('D9 a tombstone is a row of its key and nulls where the key is a column, never newer than the events before it', () => {
  const rules = { aheadUs: null, nowMs: () => 0 };
  const shaper = new Shaper({
    stream: 's',
    time: { field: 'ts', format: 'auto' },
    fields: { ts: 'timestamp', n: 'int64' },
    topics: false,
    columns: ['key'],
  });
  shaper.settle();
  const value = Buffer.from('{"ts": 1600000000, "n": 1}');
  expect(readRow({ ...record(), key: Buffer.from('k'), value }, { ...rules, shaper })).toMatchObject({
    cells: [1, 'k'],
  });
  expect(readRow({ ...record(), key: Buffer.from('k') }, { ...rules, shaper })).toEqual({
    eventTimeUs: 1_600_000_000e6,
    cells: [null, 'k'],
  });
  expect(readRow(record(), { ...rules, shaper })).toMatchObject({ reason: expect.stringMatching(/neither a key/) });
  const plain = shaperOf([{ n: 1 }]);
  expect(readRow({ ...record(), key: Buffer.from('k') }, { ...rules, shaper: plain })).toMatchObject({
    reason: expect.stringMatching(/empty/),
  });
});

/** What a log gives back. */
const stored = (shaper: Shaper, upTo = 99) =>
  Array.from({ length: upTo }, (_, index) => shaper.schemaOf(index + 1))
    .filter((schema) => schema !== null)
    .map((schema) => JSON.parse(JSON.stringify(schema)));

test('D12 after a restart the fields go on as they were, whatever order records show them in', () => {
  const rows = [{ ts: 1_743_760_800, a: { b: 1 }, A_B: 'x', price: 2, list: [1] }];
  const before = shaperOf(rows, { topics: true }, 'line/1');
  before.shape(record('line/1'), { ts: 1_743_760_800, price: 2.5, late: { er: true } });
  const after = new Shaper({ stream: 's', time: { format: 'auto' }, fields: undefined, topics: true }, stored(before));
  expect(after.incompatible).toBe(null);
  expect(after.schema).toEqual(before.schema);
  const fields = { A_B: 'y', late: { er: false }, price: 7, a: { b: 3 }, ts: 1_743_760_801 };
  expect(after.shape(record('line/2'), fields)).toEqual(before.shape(record('line/2'), fields));
  expect(after.schema?.version).toBe(before.schema?.version);
  after.shape(record('line/2'), { ts: 1_743_760_801, more: 1 });
  expect(after.schema?.version).toBe((before.schema?.version ?? 0) + 1);
});

test('D12 a spec that only adds, drops, widens or renames goes on with the next version', () => {
  const time = { field: 'ts', format: 'auto' as const };
  const spec: Partial<ShapeSpec> = { time, fields: { n: 'int64', price: 'float64', gone: 'string' } };
  const before = shaperOf([], spec);
  const after = new Shaper(
    {
      stream: 's',
      time,
      topics: false,
      columns: ['key'],
      fields: { n: 'float64', price: { type: 'float64', from: ['cost', 'price'], unit: 'currencyEUR' }, fresh: 'bool' },
    },
    stored(before),
  );
  expect(after.incompatible).toBe(null);
  expect(after.schema?.version).toBe(2);
  expect(after.schema?.fields.map(({ name, type, unit }) => `${name} ${type} ${unit}`)).toEqual([
    'ts timestamp null',
    'n float64 null',
    'price float64 currencyEUR',
    'gone string null',
    'fresh bool null',
    'key string null',
  ]);
  const row = (fields: Fields) => after.shape(record(), { ts: 1_743_760_800, ...fields });
  expect(row({ n: 1.5, cost: 3 })).toMatchObject({ cells: [1.5, 3, null, null, null] });
  expect(row({ price: 4 })).toMatchObject({ cells: [null, 4, null, null, null] });
  // The name that is declared first counts, in whatever order they come.
  expect(row({ cost: 3, price: 4 })).toMatchObject({ cells: [null, 3, null, null, null] });
  expect(row({ price: 4, cost: 3 })).toMatchObject({ cells: [null, 3, null, null, null] });
  expect(after.schema?.version).toBe(2);
});

test.each([
  [{ fields: { n: 'string' } }, 'field "n" was int64 and is now string'],
  [{ fields: { x: 'int64' } }, 'field "x" was float64 and is now int64'],
  [{ time: { field: 'at', format: 'auto' } }, 'event time was field "ts" and is now field "at"'],
] as const)('D12 %j cannot go on: it says why, and version numbers go on all the same', (change, reason) => {
  const before = shaperOf([{ ts: 1_743_760_800, n: 1, x: 0.5 }]);
  const spec = { stream: 's', time: { format: 'auto' }, fields: undefined, topics: false, ...change } as const;
  const after = new Shaper(spec, stored(before));
  expect(after.incompatible).toBe(reason);
  expect(after.schema).toBe(null);
  expect(after.schemaOf(1)).toBe(null);
  after.sample(record(), { ts: 1_743_760_800, at: 1_743_760_800, n: 'a' });
  expect(after.settle().version).toBe(2);
});

test('D4 a declared field that is found to be the time is the time field, and those after it keep their places', () => {
  const fields = { n: 'int64' as const, ts: 'timestamp' as const, x: 'float64' as const };
  const shaper = shaperOf([{ ts: 1_743_760_800, n: 1, x: 2 }], { fields });
  expect(shaper.schema?.fields.map(({ name }) => name)).toEqual(['ts', 'n', 'x']);
  expect(shaper.schema?.timeField).toBe('ts');
  expect(shaper.shape(record(), { x: 2.5, ts: 1_743_760_801, n: 7 })).toEqual({
    eventTimeUs: 1_743_760_801_000_000,
    cells: [7, 2.5],
  });
  const after = new Shaper({ stream: 's', time: { format: 'auto' }, fields, topics: false }, stored(shaper));
  expect(after.schema).toEqual(shaper.schema);
  expect(after.shape(record(), { x: 1, n: 2, ts: 1_743_760_801 })).toMatchObject({ cells: [2, 1] });
});

test('D10 records that are no rows make no version: what they showed is told with the next row', () => {
  const shaper = shaperOf([{ timestamp: '2025-04-04T10:00:00Z', id: 1 }]);
  expect(shaper.shape(record(), { zz: 5, id: 1.5 })).toBeInstanceOf(Rejected);
  expect(shaper.schema?.version).toBe(1);
  expect(shaper.shape(record(), { timestamp: '2025-04-04T10:00:01Z', id: 2 })).not.toBeInstanceOf(Rejected);
  expect(described(shaper)).toEqual(['timestamp timestamp time', 'id float64 id', 'zz int64 measure']);
});
