import { expect, onTestFinished, test } from 'vitest';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { openHeadless } from '../headless.ts';

const SECOND = 1e6;
const spec = (window: string) => ({
  from: 's',
  window,
  by: [],
  select: { n: 'count()', mean: 'avg(n)' },
  late: { allow: '0s' },
});

test('N4 windows longer than folded panes stay what they are; shorter ones become one window, drawn as their mean', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => 0 });
  onTestFinished(() => engine.close());
  const schema = testSchema('s', { n: 'int64' });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e', next: { 0: 0 } });
  expect(
    engine.windows({ second: spec('tumble(1s)'), minutes: spec('tumble(2m)'), hop: spec('hop(2m, 30s)') }),
  ).toEqual([]);
  const seconds = 2 * 3600;
  for (let start = 0; start < seconds; start += 600) {
    const rows = Array.from({ length: 600 }, (_, n) => ({ timeUs: (start + n) * SECOND, n }));
    const watermarkUs = start === 0 ? null : (start - 1) * SECOND;
    engine.apply([testFrame(schema, rows, { firstOffset: start, epoch: 'e', watermarkUs })], 0);
  }
  engine.progress('s', {}, seconds * SECOND);
  engine.apply(
    [
      testFrame(schema, [{ timeUs: seconds * SECOND, n: 0 }], {
        firstOffset: seconds,
        epoch: 'e',
        watermarkUs: seconds * SECOND,
      }),
    ],
    0,
  );
  expect(engine.windowState('second')?.coarseBeforeUs).toBeGreaterThanOrEqual(3500 * SECOND);
  expect(engine.windowState('minutes')?.coarseBeforeUs).toBeNull();

  const rows = (window: string) =>
    engine.query(
      `SELECT epoch(window_end - window_start) AS s, count(*) AS windows, sum(n) AS n, min(n) AS least FROM ${window} GROUP BY 1 ORDER BY 1`,
    );
  expect(await rows('minutes')).toEqual([{ s: 120, windows: 61, n: seconds + 1, least: 1 }]);
  const [fine, coarse] = await rows('second');
  expect(fine).toMatchObject({ s: 1, least: 1 });
  expect(coarse).toMatchObject({ s: 60, least: 60 });
  expect(Number(fine?.n) + Number(coarse?.n)).toBe(seconds + 1);
  // Windows of two minutes every half: those that begin within a folded minute are not told, the others are whole.
  const hops = await engine.query(
    'SELECT min(n) AS least, max(n) AS most FROM hop WHERE epoch(window_start) BETWEEN 120 AND 7000',
  );
  expect(hops).toEqual([{ least: 120, most: 120 }]);

  const picture = engine.picture({
    kind: 'series',
    window: 'second',
    measures: ['n', 'mean'],
    seriesBy: null,
    order: [],
    span: 'all',
    widthPx: 100_000,
  });
  if (picture.kind !== 'series') throw new Error(JSON.stringify(picture));
  expect(picture.coarseBeforeUs).toBe(engine.windowState('second')?.coarseBeforeUs);
  expect(new Set(picture.series[0]?.values)).toEqual(new Set([1]));
});
