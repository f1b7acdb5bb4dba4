import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Filter, Row } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { testFrame, testSchema } from '../support/frames.ts';
import { foldOf, groupsOf, pictureOf, seriesOf, statesOf } from '../support/requests.ts';

const SECOND = 1_000_000;
const SEED = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 2 ** 31);
const schema = testSchema('s', {
  id: 'int64',
  line: 'string',
  machine: 'string',
  ok: 'bool',
  price: 'float64',
  made: 'timestamp',
});

let engine: Engine;
let offset = 0;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => performance.now() });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const select = { n: 'count()', total: 'sum(price)', kinds: 'count_distinct(machine)', newest: 'last(machine)' };
  const spec = { from: 's', window: 'tumble(10s)', select, late: { allow: '1h' } };
  expect(
    engine.windows({
      one: { ...spec, by: ['line', 'ok'], where: "machine <> 'm9' OR line IS NULL" },
      named: {
        ...spec,
        by: { kind: "coalesce(line, 'none')", step: 'floor(price / 10) * 10' },
        compute: { dear: 'price > 50' },
      },
      sets: { ...spec, by: ['line', 'machine'], grouping_sets: [['line'], ['machine']] },
      minutes: {
        from: 'base',
        window: 'tumble(1m)',
        by: ['line'],
        select: { n: 'sum(n)' },
        late: { allow: '0s' },
      },
      base: { ...spec, by: ['line'], select: { n: 'count()' }, late: { allow: '0s' } },
    }),
  ).toEqual([]);
});
afterAll(() => engine.close());

interface Event {
  readonly second: number;
  readonly line: string | null;
  readonly machine: string | null;
  readonly ok: boolean | null;
  readonly price: number | null;
  readonly made: number | null;
}
const TEXTS = ['a', "it's", '', 'ü "q"', 'a\0b', '∅', '%'];
const event: fc.Arbitrary<Event> = fc.record({
  second: fc.nat(300),
  line: fc.constantFrom(...TEXTS, null),
  machine: fc.constantFrom('m1', 'm2', 'm9', null),
  ok: fc.constantFrom(true, false, null),
  price: fc.constantFrom(0, 0.1, 12.5, 1e21, -3, 1e-7, 55, null),
  made: fc.constantFrom(0, 1_500_250, -1_500_250, 1_700_000_000_123_456, null),
});

const rowsOfEvents: Event[] = [];
function feed(events: readonly Event[], again = false): void {
  if (!again) {
    engine.begin('s', 'reset', { epoch: 'e1', next: {} });
    rowsOfEvents.length = 0;
    offset = 0;
  }
  const made = events.map(({ second, ...fields }, index) => ({
    timeUs: second * SECOND,
    id: offset + index,
    ...fields,
  }));
  engine.apply([testFrame(schema, made, { firstOffset: offset })], 0);
  rowsOfEvents.push(...events);
  offset += events.length;
}

/** A value as pictures show it. */
function shown(value: unknown): string | null {
  return value === null ? null : String(value);
}
const VALUE: Readonly<Record<string, (event: Event) => string | null>> = {
  line: ({ line }) => line,
  machine: ({ machine }) => machine,
  ok: ({ ok }) => shown(ok),
  price: ({ price }) => shown(price),
  made: ({ made }) => (made === null ? null : new Date(made / 1000).toISOString()),
  kind: ({ line }) => line ?? 'none',
  step: ({ price }) => shown(price === null ? null : Math.floor(price / 10) * 10),
  dear: ({ price }) => shown(price === null ? null : price > 50),
};
const filterOf = (columns: readonly string[]): fc.Arbitrary<Filter> =>
  fc.constantFrom(...columns).chain((column) =>
    fc.record({
      column: fc.constant(column),
      values: fc.array(
        fc.oneof(
          event.map((one) => VALUE[column]?.(one) ?? null),
          fc.constantFrom('m1', 'true', '0', 'nothing', '0.10'),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      not: fc.boolean(),
    }),
  );
const passes = (one: Event, filters: readonly Filter[]) =>
  filters.every(({ column, values, not }) => values.includes(VALUE[column]?.(one) ?? null) !== not);

async function compare(window: string, groupBy: string, sqlBy: string, filters: readonly Filter[], where = 'true') {
  const ids = rowsOfEvents.flatMap((one, id) => (passes(one, filters) ? [id] : []));
  const chosen = `id IN (${[-1, ...ids].join(', ')}) AND (${where})`;
  const [total] = await engine.query(
    `SELECT count(*) AS n, sum(price) AS total, count(DISTINCT machine) AS kinds FROM s WHERE ${chosen}`,
  );
  for (const measure of ['n', 'total', 'kinds']) {
    const made = pictureOf(engine, foldOf(window, measure, { filters }));
    expect(made.unfiltered).toEqual([]);
    close(made.rows[0]?.value ?? null, total?.[measure]);
  }
  const byGroup = await engine.query(
    `SELECT ${sqlBy} AS k, count(*) AS n, last(machine ORDER BY _event_time, _offset) FILTER (machine IS NOT NULL) AS m
     FROM s WHERE ${chosen} GROUP BY 1 ORDER BY n DESC, k NULLS LAST`,
  );
  const groups = pictureOf(engine, groupsOf(window, ['n', 'newest'], { by: [groupBy], filters }));
  expect(sorted(groups.rows.map(({ cells }) => cells))).toEqual(sorted(byGroup.map((row) => Object.values(row))));
  const counted = await engine.query(
    `SELECT floor(epoch_us(_event_time) / 1e7) * 10 AS x, count(*) AS n FROM s WHERE ${chosen} GROUP BY 1 ORDER BY 1`,
  );
  const series = pictureOf(engine, seriesOf(window, ['n'], { filters }));
  expect(
    [...series.xSeconds].flatMap((x, at) => (series.series[0]?.values[at] ? [[x, series.series[0].values[at]]] : [])),
  ).toEqual(counted.map(({ x, n }: Row) => [x, n]));
}

test('V17 a filtered window is what SQL says of the rows chosen: by its groups, by fields, by computed ones', async () => {
  console.log(`filters property: SEED=${SEED}`);
  const filters = {
    one: fc.array(filterOf(['line', 'ok', 'machine', 'price', 'made']), { minLength: 1, maxLength: 3 }),
    named: fc.array(filterOf(['kind', 'step', 'dear', 'machine', 'line']), { minLength: 1, maxLength: 2 }),
  };
  const events = fc.array(event, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(events, events, filters.one, filters.named, async (first, more, one, named) => {
      engine.keepFor([]);
      feed(first);
      for (const again of [false, true]) {
        if (again) feed(more, true);
        await compare('one', 'line', 'line', one, "machine <> 'm9' OR line IS NULL");
        await compare('named', 'kind', "coalesce(line, 'none')", named);
      }
    }),
    { numRuns: 25, seed: SEED, interruptAfterTimeLimit: 60_000 },
  );
}, 300_000);

test('V17 where no grouping has all columns, the rows are filtered; a column nobody has is told', async () => {
  feed([
    { second: 5, line: 'a', machine: 'm1', ok: true, price: 1, made: null },
    { second: 6, line: 'a', machine: 'm2', ok: true, price: 2, made: null },
    { second: 15, line: 'b', machine: 'm2', ok: true, price: 3, made: null },
  ]);
  const only = (column: string, ...values: string[]): Filter => ({ column, values, not: false });
  const byLine = pictureOf(engine, groupsOf('sets', ['n'], { by: ['line'], filters: [only('machine', 'm2')] }));
  expect(byLine.rows.map(({ cells }) => cells)).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
  const unknown = pictureOf(
    engine,
    foldOf('one', 'n', { filters: [only('line', 'a'), only('shift', 'early'), only('shift', 'late')] }),
  );
  expect([unknown.rows[0]?.value, unknown.unfiltered]).toEqual([2, ['shift']]);
  const states = pictureOf(engine, statesOf('one', 'newest', { rowsBy: 'line', filters: [only('price', '2', '3')] }));
  expect(states.rows.map(({ key, stretches }) => [key, stretches.map(({ state }) => state)])).toEqual([
    ['a', ['m2']],
    ['b', ['m2']],
  ]);
});

test('V17 a window over a window is filtered by the base’s groups, or where the stream’s rows come in', () => {
  feed(
    [5, 15, 25, 65, 75, 130].map((second) => ({
      second,
      line: second % 2 ? 'a' : 'b',
      machine: second < 20 ? 'm1' : 'm2',
      ok: true,
      price: 1,
      made: null,
    })),
  );
  engine.progress('s', {}, 130 * SECOND);
  const of = (filters: readonly Filter[]) => {
    const made = pictureOf(engine, seriesOf('minutes', ['n'], { filters }));
    return [[...(made.series[0]?.values ?? [])], made.unfiltered];
  };
  expect(of([])).toEqual([[3, 2], []]);
  expect(of([{ column: 'line', values: ['b'], not: true }])).toEqual([[3, 2], []]);
  expect(of([{ column: 'machine', values: ['m1'], not: true }])).toEqual([[1, 2], []]);
  expect(of([{ column: 'nothing', values: ['m1'], not: true }])).toEqual([[3, 2], ['nothing']]);
  feed([{ second: 140, line: 'a', machine: 'm2', ok: true, price: 1, made: null }], true);
  engine.progress('s', {}, 200 * SECOND);
  expect(of([{ column: 'machine', values: ['m1'], not: true }])[0]).toEqual([1, 2, 2]);
});

test('V17 a filter that is for other windows and streams filters nothing, and that is told', () => {
  feed([
    { second: 5, line: 'a', machine: 'm1', ok: true, price: 1, made: null },
    { second: 5, line: 'b', machine: 'm2', ok: true, price: 1, made: null },
  ]);
  const filtered = (column: string, of: readonly string[]) => {
    const { rows, unfiltered } = pictureOf(
      engine,
      foldOf('one', 'n', { filters: [{ column, values: ['a'], not: false, of }] }),
    );
    return [rows[0]?.value, unfiltered];
  };
  expect(filtered('line', ['one', 's'])).toEqual([1, []]);
  expect(filtered('line', ['base', 's'])).toEqual([2, ['line']]);
  expect(filtered('machine', ['s'])).toEqual([2, ['machine']]);
  const rowsOf = (of: readonly string[]) => {
    const filters = [{ column: 'line', values: ['a'], not: false, of }];
    const now = engine.picture({ kind: 'rows', stream: 's', columns: ['line'], limit: 2, filters });
    return now.kind === 'rows' ? [now.rows.length, now.unfiltered] : [now];
  };
  expect(rowsOf(['one'])).toEqual([2, ['line']]);
  expect(rowsOf(['s'])[1]).toEqual([]);
});

test('V17 what filters need is let go once nobody asks, comes back with the rows that are kept, and counts as memory', () => {
  feed([{ second: 5, line: 'a', machine: 'm1', ok: true, price: 1, made: null }]);
  const request = foldOf('one', 'n', { filters: [{ column: 'machine', values: ['m1'], not: false }] });
  engine.keepFor([]);
  const before = engine.paneMemory().usedBytes;
  expect(pictureOf(engine, request).rows[0]?.value).toBe(1);
  expect(engine.paneMemory().usedBytes).toBeGreaterThan(before);
  const revision = engine.revision(request);
  engine.keepFor([request]);
  expect(engine.revision(request)).toBe(revision);
  engine.keepFor([]);
  expect(engine.paneMemory().usedBytes).toBe(before);
  expect(pictureOf(engine, request).rows[0]?.value).toBe(1);
  // Not beyond a bound: what more would need is not filtered, and says so.
  const many = Array.from({ length: 40 }, (_, at) =>
    pictureOf(engine, foldOf('one', 'n', { filters: [{ column: 'machine', values: [`x${at}`], not: false }] })),
  );
  expect(many[0]?.unfiltered).toEqual([]);
  expect(many.at(-1)?.unfiltered).toEqual(['machine']);
  expect(many.at(-1)?.rows[0]?.value).toBe(1);
  engine.keepFor([]);
});

function sorted(rows: readonly (readonly unknown[])[]): unknown[] {
  return rows.map((cells) => JSON.stringify(cells)).sort();
}

function close(found: unknown, expected: unknown): void {
  if (typeof found === 'number' && typeof expected === 'number')
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  else expect(found ?? null).toEqual(expected ?? null);
}
