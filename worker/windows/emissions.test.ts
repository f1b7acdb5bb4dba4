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
