import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { openHeadless } from '../headless.ts';

test('W33 a session of a grouping set that has grown is retracted under the id of that set', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  const schema = testSchema('s', { user: 'string', page: 'string' });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const sessions = WindowSpecSchema.parse({
    from: 's',
    window: 'session(10s)',
    by: ['user', 'page'],
    grouping_sets: [['user', 'page'], ['user'], []],
    select: { n: 'count()' },
  });
  expect(engine.windows({ sessions })).toEqual([]);
  const emissions = engine.emissions('sessions', 'update');
  const seen = (timeUs: number, page: string, offset: number) => {
    engine.apply([testFrame(schema, [{ timeUs, user: 'ann', page }], { firstOffset: offset })], 0);
    return emissions.next().map(({ state, columns }) => [state, columns.grouping_id, columns.page]);
  };
  seen(0, 'a', 0);
  expect(seen(5e6, 'a', 1).filter(([state]) => state === 'retracted')).toEqual([
    ['retracted', 0, 'a'],
    ['retracted', 1, null],
    ['retracted', 3, null],
  ]);
  engine.close();
});
