import { expect, test } from 'vitest';
import { type WindowSpec, WindowSpecSchema } from '../../contract/spec/window.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { openHeadless } from '../headless.ts';

const schema = testSchema('s', { country: 'string', page: 'string' });

function window(from: string, spec: Partial<WindowSpec>): WindowSpec {
  return WindowSpecSchema.parse({ from, window: 'tumble(1h)', ...spec });
}

test('W35 a window over grouping sets takes one set by its grouping_id, and then counts each row once', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const total = { n: 'sum(n)', most: 'max(n)' };
  const windows = {
    minutes: window('s', {
      window: 'tumble(1m)',
      by: ['country', 'page'],
      grouping_sets: [['country', 'page'], ['country'], []],
      select: { n: 'count()' },
    }),
    finest: window('minutes', { where: 'grouping_id = 0', select: total }),
    countries: window('minutes', { where: 'grouping_id = 1', by: ['country'], select: total }),
    sets: window('minutes', { by: ['grouping_id'], select: total }),
    odd: window('minutes', { where: 'grouping_id % 2 = 1 AND page IS NULL', select: total }),
  };
  expect(engine.windows(windows)).toEqual([]);
  const rows = Array.from({ length: 60 }, (_, index) => ({
    timeUs: index * 5e6,
    country: index % 3 === 0 ? 'DE' : 'FR',
    page: index % 4 === 0 ? null : 'home',
  }));
  engine.apply([testFrame(schema, rows)], 0);
  engine.progress('s', {}, 3600e6);
  expect(await engine.query('SELECT n FROM finest')).toEqual([{ n: 60 }]);
  expect(await engine.query('SELECT country, n, most FROM countries ORDER BY country')).toEqual([
    { country: 'DE', n: 20, most: 4 },
    { country: 'FR', n: 40, most: 8 },
  ]);
  expect(await engine.query('SELECT grouping_id, n FROM sets ORDER BY grouping_id')).toEqual(
    [0, 1, 3].map((grouping_id) => ({ grouping_id, n: 60 })),
  );
  expect(await engine.query('SELECT n FROM odd')).toEqual([{ n: 120 }]);
  engine.close();
});
