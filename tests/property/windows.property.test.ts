import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Frame } from '../../contract/protocol/frame.ts';
import type { Row } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { type TestRow, testFrame, testSchema } from '../support/frames.ts';

/** Windows kept tick by tick against one SQL GROUP BY over all rows, in the same database. */
const SECOND = 1_000_000;
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const FIELDS = { action: 'string', user_id: 'int64', price: 'float64', ok: 'bool' } as const;

let engine: Engine;
let runs = 0;

beforeAll(async () => {
  console.log(`seed ${SEED} (SEED=${SEED} runs it again)`);
  engine = await openHeadless({ rawBudgetBytes: 256 * 2 ** 20, nowMs: () => performance.now() });
});
afterAll(() => engine.close());

const rowOf = fc.record({
  // Times before 1970 too, and steps that fall on window edges.
  step: fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 3 })),
  action: fc.option(fc.constantFrom('buy', 'see', 'cart', "o'hara", '')),
  user_id: fc.option(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(2 ** 53 + 2, -(2 ** 60), 2 ** 52))),
  price: fc.option(fc.oneof(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.constantFrom(0, -0, 1e9, 0.1))),
  ok: fc.option(fc.boolean()),
  partition: fc.integer({ min: 0, max: 2 }),
});

const input = fc.record({
  rows: fc.array(rowOf, { minLength: 1, maxLength: 120 }),
  cuts: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 }),
  framesPerTick: fc.integer({ min: 1, max: 6 }),
  repeat: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  sizeS: fc.constantFrom(1, 7, 10),
  offsetS: fc.integer({ min: 0, max: 6 }),
  delayS: fc.constantFrom(0, 3, 1000),
  allowS: fc.constantFrom(0, 5),
  sparse: fc.boolean(),
});
type Input = typeof input extends fc.Arbitrary<infer T> ? T : never;

interface Sent {
  readonly row: TestRow;
  readonly partition: number;
  /** Watermark before its frame. */
  readonly watermarkUs: number | null;
}

/** Cuts rows into frames in their order, each judged by the watermark before it, some frames sent twice. */
function framesOf(schema: ReturnType<typeof testSchema>, given: Input): { frames: Frame[]; sent: Sent[] } {
  const next = [0, 0, 0];
  const max: (number | null)[] = [null, null, null];
  const frames: Frame[] = [];
  const sent: Sent[] = [];
  let at = 0;
  let time = 0;
  const rows = given.rows.map(({ step, partition, ...fields }) => {
    time += step % 4 === 0 ? 250_000 : 0;
    return { partition, row: { timeUs: time + step * 250_000, ...fields } };
  });
  while (at < rows.length) {
    const wanted = given.cuts[frames.length % given.cuts.length] ?? 1;
    const { partition } = rows[at] ?? { partition: 0 };
    const run: TestRow[] = [];
    while (at < rows.length && run.length < wanted && rows[at]?.partition === partition)
      run.push((rows[at++] as { row: TestRow }).row);
    const seen = max.filter((own) => own !== null);
    const watermarkUs = seen.length === 0 ? null : Math.min(...seen) - given.delayS * SECOND;
    const held = sent.at(-1)?.watermarkUs ?? null;
    const judged = watermarkUs === null ? held : held === null ? watermarkUs : Math.max(held, watermarkUs);
    const firstOffset = next[partition] ?? 0;
    const offsets = run.map((_, index) => firstOffset + index * 3 + 1);
    const options = given.sparse
      ? { partition, watermarkUs, firstOffset, offsets }
      : { partition, watermarkUs, firstOffset };
    const frame = testFrame(schema, run, options);
    frames.push(frame);
    if (given.repeat[frames.length % given.repeat.length]) frames.push(frame);
    for (const row of run) sent.push({ row, partition, watermarkUs: judged });
    next[partition] = frame.header.nextOffset;
    max[partition] = Math.max(max[partition] ?? Number.NEGATIVE_INFINITY, ...run.map(({ timeUs }) => timeUs));
  }
  return { frames, sent };
}

const SELECT = {
  n: 'count()',
  buys: "count_if(action = 'buy')",
  users: 'count_distinct(user_id)',
  ids: 'sum(user_id)',
  revenue: 'sum(price)',
  mean: 'avg(price)',
  low: 'min(price)',
  high: 'max(user_id)',
  word: 'max(action)',
  oldest: 'first(price)',
  newest: 'last(action)',
  kinds: 'count_distinct(action)',
  dear: 'sum(price * 2) filter (ok)',
};

function oracle(table: string, { sizeS, offsetS }: Input, where: string): string {
  const order = '_event_time, _partition, _offset';
  return `SELECT time_bucket(INTERVAL ${sizeS} SECONDS, _event_time, TIMESTAMP '1970-01-01' + INTERVAL ${offsetS} SECONDS) AS window_start,
    action, ok, count(*) AS n, count(*) FILTER (action = 'buy') AS buys, count(DISTINCT user_id) AS users, sum(user_id)::VARCHAR AS ids,
    fsum(price) AS revenue, favg(price) AS mean, min(price) AS low, max(user_id) AS high, max(action) AS word,
    first(price ORDER BY ${order}) FILTER (price IS NOT NULL) AS oldest, last(action ORDER BY ${order}) FILTER (action IS NOT NULL) AS newest,
    count(DISTINCT action) AS kinds, fsum(price * 2) FILTER (ok) AS dear
    FROM ${table} WHERE ${where} GROUP BY ALL ORDER BY ALL`;
}

const FLOATS = ['revenue', 'mean', 'dear'];

/** Everything is equal, but floats summed in another order agree to the last digits of the largest value summed. */
function expectSame(found: readonly Row[], wanted: readonly Row[]): void {
  const exact = (rows: readonly Row[]) =>
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          Object.is(value, -0) ? 0 : FLOATS.includes(name) ? value === null : value,
        ]),
      ),
    );
  expect(exact(found)).toEqual(exact(wanted));
  for (const [index, row] of found.entries())
    for (const name of FLOATS) {
      const right = wanted[index]?.[name];
      if (typeof right !== 'number') continue;
      const scale = Math.max(1, Math.abs(right));
      expect(Math.abs(Number(row[name]) - right), `${name} ${row[name]} is not ${right}`).toBeLessThanOrEqual(
        scale * 1e-9,
      );
    }
}

test('N2 W5 W8 W9 P3 windows equal one GROUP BY over the rows that were in time, and kept + too late = input', async () => {
  await fc.assert(
    fc.asyncProperty(input, async (given) => {
      const stream = `s${runs++}`;
      const window = `w_${stream}`;
      const schema = testSchema(stream, FIELDS);
      const { frames, sent } = framesOf(schema, given);
      const { sizeS, offsetS, allowS, framesPerTick } = given;
      engine.schema(schema);
      engine.begin(stream, 'fresh', { epoch: 'e1', next: {} });
      const spec = {
        from: stream,
        window: `tumble(${sizeS}s, ${offsetS}s)`,
        by: ['action', 'ok'],
        select: SELECT,
        late: { allow: `${allowS}s` },
      };
      expect(engine.windows({ [window]: spec })).toEqual([]);
      for (let at = 0; at < frames.length; at += framesPerTick)
        expect(engine.apply(frames.slice(at, at + framesPerTick), 0).hole).toBeNull();

      const start = (timeUs: number) => Math.floor((timeUs / SECOND - offsetS) / sizeS) * sizeS + offsetS;
      const inTime = sent.filter(
        ({ row, watermarkUs }) => watermarkUs === null || (start(row.timeUs) + sizeS + allowS) * SECOND > watermarkUs,
      );
      const state = engine.streamState(stream);
      expect(state.received).toBe(sent.length);
      expect(state.tooLate).toBe(sent.length - inTime.length);
      const columns = Object.keys(SELECT).map((name) => (name === 'ids' ? 'ids::VARCHAR AS ids' : name));
      const kept = await engine.query(
        `SELECT window_start, action, ok, ${columns.join(', ')} FROM ${window} ORDER BY window_start, action, ok`,
      );
      expect(kept.reduce((sum, row) => sum + Number(row.n), 0) + state.tooLate).toBe(sent.length);
      // Rows that were too late are told from the others by their time and the watermark before their frame.
      const offsets = new Map<number, number>();
      const cut = await engine.query(`SELECT _partition, _offset FROM ${stream} ORDER BY _partition, _offset`);
      const byPartition = [0, 1, 2].map((partition) =>
        cut.filter((row) => row._partition === partition).map((row) => row._offset),
      );
      const late = sent.flatMap((one) => {
        const index = offsets.get(one.partition) ?? 0;
        offsets.set(one.partition, index + 1);
        return inTime.includes(one) ? [] : [`(${one.partition}, ${byPartition[one.partition]?.[index]})`];
      });
      const where = late.length === 0 ? 'true' : `(_partition, _offset) NOT IN (${late.join(', ')})`;
      const expected = await engine.query(oracle(stream, given, where));
      expectSame(kept, expected);

      // N4 and window add: the same window computed from the kept rows, when nothing was late, is the same.
      if (late.length === 0) {
        engine.windows({});
        engine.windows({ [window]: spec });
        const again = await engine.query(
          `SELECT window_start, action, ok, ${columns.join(', ')} FROM ${window} ORDER BY window_start, action, ok`,
        );
        expectSame(again, expected);
      }
      engine.begin(stream, 'reset', { epoch: 'e2', next: {} });
      engine.windows({});
    }),
    { numRuns: Number(process.env.RUNS ?? 60), seed: SEED },
  );
});
