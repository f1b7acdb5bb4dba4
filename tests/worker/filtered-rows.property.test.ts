import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Filter } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { testFrame, testSchema } from '../support/frames.ts';
import { pictureOf, rowsOf } from '../support/requests.ts';

const SEED = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 2 ** 31);
const schema = testSchema('s', { id: 'int64', kind: 'string', ok: 'bool', price: 'float64' });
const KINDS = ['often', 'often', 'often', 'seldom', null];

let engine: Engine;
let offset = 0;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
});
afterAll(() => engine.close());

/** Rows at these seconds; one in a thousand is rare. */
function feed(seconds: readonly number[]): void {
  const rows = seconds.map((second, index) => ({
    timeUs: second * 1e6,
    id: offset + index,
    kind: (offset + index) % 1000 === 7 ? 'rare' : (KINDS[(offset + index) % KINDS.length] ?? null),
    ok: index % 3 === 0 ? null : index % 2 === 0,
    price: index % 4,
  }));
  engine.apply([testFrame(schema, rows, { firstOffset: offset })], 0);
  offset += rows.length;
}

async function check(filters: readonly Filter[], where: string, limit: number): Promise<void> {
  const { rows } = pictureOf(engine, rowsOf('s', { columns: ['id'], filters, limit }));
  const expected = await engine.query(
    `SELECT id FROM s WHERE ${where} ORDER BY _event_time DESC, _partition DESC, _offset DESC LIMIT ${limit}`,
  );
  expect(rows.map(({ cells: [id] }) => id)).toEqual(expected.map(({ id }) => id));
}

const CASES: readonly (readonly [Filter[], string])[] = [
  [[{ column: 'kind', values: ['rare'], not: false }], "kind = 'rare'"],
  [[{ column: 'kind', values: ['often'], not: true }], "kind IS DISTINCT FROM 'often'"],
  [[{ column: 'KIND', values: [null, 'rare'], not: false }], "kind IS NULL OR kind = 'rare'"],
  [
    [
      { column: 'ok', values: ['true'], not: false },
      { column: 'price', values: ['2', '7'], not: false },
    ],
    'ok AND price = 2',
  ],
  [[{ column: 'kind', values: ['nothing'], not: false }], 'false'],
];

test('V17 the newest rows that filters choose are those SQL finds among all that are kept, as more of them come', async () => {
  console.log(`filtered rows property: SEED=${SEED}`);
  const seconds = fc.array(fc.nat(5000), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2500 }),
      seconds,
      fc.integer({ min: 1, max: 30 }),
      async (before, later, limit) => {
        engine.begin('s', offset === 0 ? 'fresh' : 'reset', { epoch: 'e1', next: {} });
        offset = 0;
        feed(Array.from({ length: before }, (_, at) => at * 2));
        for (const more of [[], later]) {
          if (more.length > 0) feed(more);
          for (const [filters, where] of CASES) await check(filters, where, limit);
        }
      },
    ),
    { numRuns: 25, seed: SEED },
  );
}, 120_000);

test('V17 rows found further back say how they stood as far as that is known; a field that is not there is told', () => {
  engine.begin('s', 'reset', { epoch: 'e1', next: {} });
  offset = 0;
  feed(Array.from({ length: 3000 }, (_, at) => at));
  engine.progress('s', {}, 100 * 1e6);
  const rare: Filter = { column: 'kind', values: ['rare'], not: false };
  const picture = engine.picture(rowsOf('s', { columns: ['kind'], filters: [rare, { ...rare, column: 'machine' }] }));
  expect(picture).toMatchObject({
    unfiltered: ['machine'],
    rows: [2007, 1007, 7].map((second) => ({
      eventTimeUs: second * 1e6,
      state: second === 7 ? 'final' : 'provisional',
      cells: ['rare'],
    })),
  });
  engine.keepFor([]);
  expect(engine.picture(rowsOf('s', { columns: ['kind'], filters: [rare] }))).toMatchObject({ rows: [{}, {}, {}] });
});
