import { expect, onTestFinished, test } from 'vitest';
import type { Filter } from '../../contract/worker-api.ts';
import { createEngine } from '../../worker/create-engine.ts';
import type { Engine } from '../../worker/engine.ts';
import { openNodeDatabase } from '../../worker/store/open-node.ts';
import { testFrame, testSchema } from '../support/frames.ts';
import { foldOf, groupsOf, pictureOf, rowsOf, viewOf } from '../support/requests.ts';

const MIB = 2 ** 20;
const SECOND = 1_000_000;
const schema = testSchema('s', { line: 'string', machine: 'string' });

/** An engine whose readings of kept rows are counted, and may fail. */
async function opened(paneBudgetBytes = 64 * MIB) {
  const database = await openNodeDatabase(512 * MIB);
  const state = { readings: 0, fails: false, nowMs: 0, offset: 0 };
  const run = (sql: string) => {
    if (!sql.includes('rowid >=') && !sql.includes('ORDER BY _event_time DESC')) return database.run(sql);
    state.readings++;
    if (state.fails) throw new Error('the rows could not be read');
    return database.run(sql);
  };
  const watched = new Proxy(database, { get: (of, name) => (name === 'run' ? run : Reflect.get(of, name)) });
  const engine = createEngine(watched, { rawBudgetBytes: 64 * MIB, paneBudgetBytes, nowMs: () => state.nowMs });
  onTestFinished(() => engine.close());
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const spec = { from: 's', window: 'tumble(10s)', select: { n: 'count()' }, late: { allow: '1h' } };
  expect(engine.windows({ lines: { ...spec, by: ['line'] } })).toEqual([]);
  const feed = (rows: readonly { readonly line: string; readonly machine: string; readonly second?: number }[]) => {
    const made = rows.map(({ second = 5, ...row }) => ({ timeUs: second * SECOND, ...row }));
    engine.apply([testFrame(schema, made, { firstOffset: state.offset })], 0);
    state.offset += rows.length;
  };
  return { engine, state, feed };
}

const only = (column: string, ...values: string[]): Filter => ({ column, values, not: false });
const ofMachine = (machine: string) => foldOf('lines', 'n', { filters: [only('machine', machine)] });
const shown = (engine: Engine, machine: string) => {
  const { rows, unfiltered } = pictureOf(engine, ofMachine(machine));
  return [rows[0]?.value ?? null, unfiltered];
};

test('V17 what all that is watched needs is read once, and no other picture is made for it', async () => {
  const { engine, state, feed } = await opened();
  feed([
    { line: 'a', machine: 'm1' },
    { line: 'b', machine: 'm2' },
    { line: 'b', machine: 'm2' },
  ]);
  const revision = engine.revision(foldOf('lines', 'n'));
  expect(engine.paneMemory().budgetBytes).toBe(64 * MIB);
  engine.watch(['m1', 'm2', 'm3', 'm4'].map(ofMachine));
  expect(state.readings).toBe(1);
  expect(engine.revision(foldOf('lines', 'n'))).toBe(revision);
  expect(['m1', 'm2', 'm3'].map((machine) => shown(engine, machine))).toEqual([
    [1, []],
    [2, []],
    [0, []],
  ]);
  expect(state.readings).toBe(1);
  // What filters need has memory of its own, which is said.
  expect(engine.paneMemory().budgetBytes).toBe(72 * MIB);
  engine.keepFor([]);
  expect(engine.paneMemory().budgetBytes).toBe(64 * MIB);
});

test('V17 what is watched gives way to nobody, however long no picture of it was made; others wait for room', async () => {
  const { engine, state, feed } = await opened();
  feed([{ line: 'a', machine: 'm0' }]);
  const machines = Array.from({ length: 24 }, (_, at) => `m${at}`);
  engine.watch(machines.map(ofMachine));
  expect(state.readings).toBe(1);
  state.nowMs = 60_000;
  expect(shown(engine, 'm24')).toEqual([1, ['machine']]);
  const past = { ...ofMachine('m24'), view: viewOf('all', 20 * SECOND) };
  pictureOf(engine, past);
  expect(shown(engine, 'm0')).toEqual([1, []]);
  expect(state.readings).toBe(1);
  const before = [engine.revision(ofMachine('m24')), engine.revision(past)];
  engine.keepFor([...machines.slice(1), 'm24'].map(ofMachine));
  expect(engine.revision(ofMachine('m24'))).not.toBe(before[0]);
  expect(engine.revision(past)).not.toBe(before[1]);
  expect(shown(engine, 'm24')).toEqual([0, []]);
});

test('V17 rows that are watched are looked for once each, however many choices there are', async () => {
  const { engine, state, feed } = await opened();
  feed(Array.from({ length: 2000 }, (_, at) => ({ line: 'a', machine: `m${at % 100}`, second: at })));
  const requests = Array.from({ length: 50 }, (_, at) =>
    rowsOf('s', { limit: 30, filters: [only('machine', `m${at}`)] }),
  );
  engine.watch(requests);
  for (const turn of [1, 2])
    for (const request of requests) expect([turn, pictureOf(engine, request).rows.length]).toEqual([turn, 20]);
  expect(state.readings).toBe(50);
});

test('V17 N5 where groups were folded the rows are filtered, but for who asks for (other)', async () => {
  const { engine, feed } = await opened(1);
  // A pane holds a hundred groups at least.
  for (let at = 0; at < 40; at++)
    feed(Array.from({ length: 10 }, (_, of) => ({ line: `l${at * 10 + of}`, machine: 'm1' })));
  const filtered = (...values: string[]) =>
    pictureOf(engine, groupsOf('lines', ['n'], { by: ['line'], filters: [only('line', ...values)] })).rows.map(
      ({ cells }) => cells,
    );
  const [[, folded] = []] = filtered('(other)');
  expect(folded).toBeGreaterThan(100);
  expect(filtered('l399')).toEqual([['l399', 1]]);
  expect(filtered('l0', 'l399')).toEqual([
    ['l0', 1],
    ['l399', 1],
  ]);
  const rest = pictureOf(engine, foldOf('lines', 'n', { filters: [{ ...only('line', 'l399'), not: true }] }));
  expect(rest.rows[0]?.value).toBe(399);
});

test('V17 N5 where sessions were left out for room, those that a filter asks for are there', async () => {
  const { engine, feed } = await opened(1);
  const spec = { from: 's', window: 'session(10s)', by: ['line'], select: { n: 'count()' }, late: { allow: '1h' } };
  engine.windows({ visits: spec });
  for (let at = 0; at < 90; at++)
    feed(Array.from({ length: 10 }, (_, of) => ({ line: `l${at * 10 + of}`, machine: 'm1' })));
  expect(engine.windowState('visits')?.droppedRows).toBeGreaterThan(0);
  const made = pictureOf(engine, groupsOf('visits', ['n'], { by: ['line'], filters: [only('line', 'l0', 'l899')] }));
  expect(made.rows.map(({ cells }) => cells)).toEqual([
    ['l0', 1],
    ['l899', 1],
  ]);
});

test('W13 windows that could not be filled change nothing of those that run', async () => {
  const { engine, state, feed } = await opened();
  feed([{ line: 'a', machine: 'm1' }]);
  expect(shown(engine, 'm1')).toEqual([1, []]);
  state.fails = true;
  expect(() => shown(engine, 'm2')).toThrow('the rows could not be read');
  expect(() => engine.watch([ofMachine('m3')])).toThrow('the rows could not be read');
  expect(shown(engine, 'm1')).toEqual([1, []]);
  feed([{ line: 'a', machine: 'm1' }]);
  expect(shown(engine, 'm1')).toEqual([2, []]);
  expect(pictureOf(engine, foldOf('lines', 'n')).rows[0]?.value).toBe(2);
  state.fails = false;
  expect(shown(engine, 'm2')).toEqual([0, []]);
});

test('W13 V17 what came too late for a window is not in the one its filters make of it', async () => {
  const { engine, feed } = await opened();
  const spec = { from: 's', window: 'tumble(10s)', by: ['line'], select: { n: 'count()' } };
  const [strict, patient] = [
    { ...spec, late: { allow: '0s' } },
    { ...spec, late: { allow: '1h' } },
  ];
  engine.windows({ strict, patient });
  feed([
    { line: 'a', machine: 'm1', second: 5 },
    { line: 'a', machine: 'm1', second: 105 },
  ]);
  engine.progress('s', {}, 100 * SECOND);
  feed([
    { line: 'a', machine: 'm2', second: 6 },
    { line: 'a', machine: 'm1', second: 7 },
    { line: 'b', machine: 'm1', second: 108 },
  ]);
  const counted = (window: string, filters: readonly Filter[]) =>
    pictureOf(engine, foldOf(window, 'n', { filters })).rows[0]?.value;
  for (const [window, all, m1, m2] of [
    ['strict', 3, 3, 0],
    ['patient', 5, 4, 1],
  ] as const) {
    expect([window, counted(window, [])]).toEqual([window, all]);
    expect([window, counted(window, [only('machine', 'm1')])]).toEqual([window, m1]);
    expect([window, counted(window, [only('machine', 'm2')])]).toEqual([window, m2]);
  }
  // As a window that is added later.
  engine.windows({ strict, patient, later: { ...strict, window: 'tumble(20s)', by: ['machine'] } });
  expect(counted('later', [])).toBe(3);
  expect(engine.windowState('later')).toMatchObject({ tooLateRows: 2 });
});
