import { createRequire } from 'node:module';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { FieldType } from '../../contract/spec/field.ts';
import type { Cell } from '../shape/row.ts';
import { OpenBatch } from './open-batch.ts';

const TYPES: readonly FieldType[] = ['int64', 'float64', 'bool', 'timestamp', 'string', 'string'];

function schemaOf(types: readonly FieldType[]): StreamSchema {
  const fields = types.map((type, index) => ({ name: `f${index}`, type, role: 'text' as const, unit: null }));
  return { type: 'schema', stream: 's', version: 1, timeField: '_event_time', inferred: true, fields };
}

const cells: fc.Arbitrary<Cell[]> = fc.tuple(
  fc.option(fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))),
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  fc.option(fc.boolean()),
  fc.option(fc.integer({ min: -8.64e15, max: 8.64e15 })),
  fc.option(fc.constantFrom('a', 'b', 'ü', '')),
  fc.option(fc.string({ unit: 'grapheme' })),
);

function plain(type: FieldType, cell: Cell): unknown {
  if (cell === null) return null;
  return type === 'int64' || type === 'timestamp' ? BigInt(cell as number | bigint) : cell;
}

test('F3 what goes in comes out: every type, nulls, offsets with holes', () => {
  const batch = new OpenBatch(schemaOf(TYPES));
  fc.assert(
    fc.property(fc.array(cells, { minLength: 1, maxLength: 200 }), fc.integer({ min: 0, max: 3 }), (rows, hole) => {
      batch.reset();
      rows.forEach((row, index) => {
        batch.append(100 + index * (1 + hole), { eventTimeUs: -index * 1001, cells: row });
      });
      const { payload, contiguous } = batch.encode(100);
      expect(payload.slice(-8)).toEqual(new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0]));
      expect(contiguous).toBe(hole === 0 || rows.length === 1);
      const table = tableFromIPC(payload);
      expect(table.batches).toHaveLength(1);
      const names = ['_event_time', ...TYPES.map((_, index) => `f${index}`), ...(contiguous ? [] : ['_delta'])];
      expect(table.schema.fields.map((field) => field.name)).toEqual(names);
      const raw = (name: string): ArrayLike<bigint> => table.getChild(name)?.data[0]?.values;
      for (const [index, row] of rows.entries()) {
        expect(raw('_event_time')[index]).toBe(BigInt(-index * 1001));
        if (!contiguous) expect(table.getChild('_delta')?.get(index)).toBe(index * (1 + hole));
        for (const [column, type] of TYPES.entries()) {
          const vector = table.getChild(`f${column}`);
          const value = vector?.get(index);
          const found = type === 'timestamp' && value !== null ? raw(`f${column}`)[index] : value;
          expect(Object.is(found, plain(type, row[column] ?? null)) || found === plain(type, row[column] ?? null)).toBe(
            true,
          );
        }
      }
    }),
  );
});

test('F3 DuckDB-WASM takes every payload: all null, dictionaries and plain text in turn', async () => {
  const require = createRequire(import.meta.url);
  const duckdb = require('@duckdb/duckdb-wasm/blocking') as typeof import('@duckdb/duckdb-wasm/blocking');
  const module = (name: string) => ({
    mainModule: require.resolve(`@duckdb/duckdb-wasm/dist/${name}`),
    mainWorker: '',
  });
  const bundles = { mvp: module('duckdb-mvp.wasm'), eh: module('duckdb-eh.wasm') };
  const database = await duckdb.createDuckDB(bundles, new duckdb.VoidLogger(), duckdb.NODE_RUNTIME);
  await database.instantiate(() => undefined);
  const connection = database.connect();
  connection.query(
    'create table t (_event_time timestamp, a bigint, b double, c boolean, d timestamp, e varchar, f varchar)',
  );
  const batch = new OpenBatch(schemaOf(TYPES));
  const nulls: Cell[] = [null, null, null, null, null, null];
  const insert = (rows: readonly Cell[][]): void => {
    batch.reset();
    rows.forEach((row, index) => {
      batch.append(index, { eventTimeUs: 1_743_760_800_000_000 + index, cells: row });
    });
    connection.insertArrowFromIPCStream(batch.encode(0).payload, { name: 't', create: false });
  };
  insert([nulls, nulls, nulls]);
  insert(
    Array.from({ length: 300 }, (_, n) => [
      2n ** 62n,
      n / 2,
      n % 2 === 0,
      n,
      ['x', 'y', null][n % 3] ?? null,
      `unique ${n}`,
    ]),
  );
  insert([nulls]);
  insert([[1, 1, true, 1, 'z', null]]);
  const [row] = connection
    .query(
      `select count(*)::int as n, count(a)::int as a, max(a)::varchar as most, sum(b) as b, count(c)::int as c,
       count(distinct e)::int as e,
       count(distinct f)::int as f, max(_event_time)::varchar as newest from t`,
    )
    .toArray();
  expect({ ...row }).toEqual({
    n: 305,
    a: 301,
    most: String(2n ** 62n),
    b: 22_426,
    c: 301,
    e: 3,
    f: 300,
    newest: '2025-04-04 10:00:00.000299',
  });
});
