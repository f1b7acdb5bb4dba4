import { expect, test } from 'vitest';
import type { Emissions } from '../../contract/emitted-row.ts';
import type { Frame } from '../../contract/protocol/frame.ts';
import { type WindowSpec, WindowSpecSchema } from '../../contract/spec/window.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import type { Engine } from '../engine.ts';
import { openHeadless } from '../headless.ts';

const schema = testSchema('s', { user: 'string', page: 'string' });

async function sessionsOf(spec: Partial<WindowSpec>): Promise<{ engine: Engine; emissions: Emissions }> {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const whole = { from: 's', window: 'session(10s)', by: ['user'], select: { n: 'count()' }, ...spec };
  expect(engine.windows({ sessions: WindowSpecSchema.parse(whole) })).toEqual([]);
  return { engine, emissions: engine.emissions('sessions', 'update') };
}

function frame(firstOffset: number, ...times: number[]): Frame {
  const rows = times.map((seconds) => ({ timeUs: seconds * 1e6, user: 'ann', page: 'a' }));
  return testFrame(schema, rows, { firstOffset });
}

test('W33 a session of a grouping set that has grown is retracted under the id of that set', async () => {
  const { engine, emissions } = await sessionsOf({
    by: ['user', 'page'],
    grouping_sets: [['user', 'page'], ['user'], []],
  });
  engine.apply([frame(0, 0)], 0);
  emissions.next();
  engine.apply([frame(1, 5)], 0);
  const rows = emissions.next().map(({ state, columns }) => [state, columns.grouping_id, columns.page]);
  expect(rows.filter(([state]) => state === 'retracted')).toEqual([
    ['retracted', 0, 'a'],
    ['retracted', 1, null],
    ['retracted', 3, null],
  ]);
  engine.close();
});

test('W33 a session that takes a row within its bounds and then grows, between two looks, is retracted', async () => {
  const { engine, emissions } = await sessionsOf({});
  engine.apply([frame(0, 0, 5)], 0);
  emissions.next();
  engine.apply([frame(2, 3), frame(3, 9)], 0);
  expect(emissions.next().map(({ state, windowEndUs, columns }) => [state, windowEndUs, columns.n])).toEqual([
    ['retracted', 15e6, null],
    ['provisional', 19e6, 4],
  ]);
  engine.apply([frame(4, 4)], 0);
  expect(emissions.next().map(({ state, windowEndUs, columns }) => [state, windowEndUs, columns.n])).toEqual([
    ['provisional', 19e6, 5],
  ]);
  engine.close();
});

test('W24 top_k puts out whole numbers beyond 2^53 exactly, and floats as they are', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  const numbers = testSchema('s', { id: 'int64', f: 'float64' });
  engine.schema(numbers);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const spec = { from: 's', window: 'tumble(1m)', select: { ids: 'top_k(id, 3)', floats: 'top_k(f, 3)' } };
  expect(engine.windows({ top: WindowSpecSchema.parse(spec) })).toEqual([]);
  const emissions = engine.emissions('top', 'update');
  const ids = [9007199254740993n, 9007199254740993n, -9223372036854775807n, 7n];
  const rows = ids.map((id, index) => ({ timeUs: index, id, f: index === 0 ? 0.5 : 1e17 }));
  engine.apply([testFrame(numbers, rows)], 0);
  expect(emissions.next().map(({ columns }) => columns)).toEqual([
    {
      ids: [
        { value: 9007199254740993n, count: 2 },
        { value: -9223372036854775807n, count: 1 },
        { value: 7, count: 1 },
      ],
      floats: [
        { value: 1e17, count: 3 },
        { value: 0.5, count: 1 },
      ],
    },
  ]);
  engine.close();
});

test('W34 when complete emissions are closed, windows refuse late rows as before', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const spec = { from: 's', window: 'tumble(10s)', select: { n: 'count()' } };
  expect(engine.windows({ one: WindowSpecSchema.parse(spec), two: WindowSpecSchema.parse(spec) })).toEqual([]);
  const emissions = engine.emissions('one', 'complete');
  engine.apply([frame(0, 1, 100)], 0);
  engine.progress('s', {}, 100e6);
  engine.apply(
    [testFrame(schema, [{ timeUs: 2e6, user: 'ann', page: 'a' }], { firstOffset: 2, watermarkUs: 100e6 })],
    0,
  );
  expect(emissions.next().map(({ columns }) => columns.n)).toEqual([2, 1]);
  emissions.close();
  engine.apply(
    [testFrame(schema, [{ timeUs: 3e6, user: 'ann', page: 'a' }], { firstOffset: 3, watermarkUs: 100e6 })],
    0,
  );
  for (const window of ['one', 'two']) expect(engine.windowState(window)?.tooLateRows).toBe(1);
  engine.close();
});
