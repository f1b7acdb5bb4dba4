import { expect, test } from 'vitest';
import { type WindowSpec, WindowSpecSchema } from '../../contract/spec/window.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { foldOf } from '../../tests/support/requests.ts';
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

test('W13 N4 a window over folded windows, added later, begins after them and says so', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const base = { tens: window('s', { window: 'tumble(10s)', select: { n: 'count()' } }) };
  const hourly = (spec: Partial<WindowSpec>) => window('tens', { select: { n: 'sum(n)' }, ...spec });
  expect(engine.windows({ ...base, early: hourly({}) })).toEqual([]);
  const hours = 4;
  for (let minute = 0; minute < hours * 60; minute++) {
    const rows = Array.from({ length: 60 }, (_, second) => ({ timeUs: (minute * 60 + second) * 1e6 }));
    engine.apply([testFrame(schema, rows, { firstOffset: minute * 60, watermarkUs: minute * 60e6 })], 0);
  }
  engine.progress('s', {}, hours * 3600e6);
  expect(engine.windows({ ...base, early: hourly({}), later: hourly({ where: 'n > 0' }) })).toEqual([]);
  const hour = { n: 3600 };
  expect(await engine.query('SELECT n FROM early ORDER BY window_start')).toEqual([hour, hour, hour, hour]);
  expect(await engine.query('SELECT n, epoch(window_start) AS s FROM later')).toEqual([{ ...hour, s: 3 * 3600 }]);
  expect(engine.windowState('later')).toMatchObject({ tooLateRows: 0 });
  expect(engine.windowState('later')?.keptFromUs).toBeGreaterThan(2 * 3600e6);
  engine.close();
});

test('V1 a picture of derived rows has the stream’s own times beside its own, however many windows lie between', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 16 * 2 ** 20, nowMs: () => 0 });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const total = { n: 'sum(n)' };
  const windows = {
    minutes: window('s', { window: 'tumble(1m)', select: { n: 'count()' }, late: { allow: '10s' } }),
    hours: window('minutes', { select: total }),
    days: window('hours', { window: 'tumble(1d)', select: total }),
  };
  expect(engine.windows(windows)).toEqual([]);
  const picture = (name: string) => engine.picture(foldOf(name, 'n', { over: null }));
  expect(picture('days')).toMatchObject({ streamTime: { maxEventTimeUs: null, watermarkUs: null } });
  const newestUs = 7500e6;
  const streamTime = { maxEventTimeUs: newestUs, watermarkUs: newestUs - 5e6 };
  engine.apply([testFrame(schema, [{ timeUs: 30e6 }, { timeUs: 3630e6 }, { timeUs: newestUs }])], 40);
  engine.progress('s', {}, streamTime.watermarkUs);
  expect(picture('minutes')).toMatchObject({ ...streamTime, receivedAtMs: 40 });
  expect(picture('minutes')).not.toHaveProperty('streamTime');
  expect(picture('hours')).toMatchObject({ stream: 's', maxEventTimeUs: 3660e6 - 1, streamTime, receivedAtMs: 40 });
  expect(picture('days')).toMatchObject({ stream: 's', maxEventTimeUs: 7200e6 - 1, streamTime, receivedAtMs: 40 });
  engine.close();
});
