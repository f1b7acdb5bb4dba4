import { expect, onTestFinished, test } from 'vitest';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { pictureOf, seriesOf } from '../../tests/support/requests.ts';
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

  const picture = pictureOf(engine, seriesOf('second', ['n', 'mean'], { widthPx: 100_000 }));
  expect(picture.coarseBeforeUs).toBe(engine.windowState('second')?.coarseBeforeUs);
  expect(new Set(picture.series[0]?.values)).toEqual(new Set([1]));
});

test('N4 W8 late rows a window refused stay out of it when its panes are folded', async () => {
  const engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => 0 });
  onTestFinished(() => engine.close());
  const schema = testSchema('s', { n: 'int64' });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e', next: { 0: 0 } });
  expect(
    engine.windows({ second: spec('tumble(10s)'), minute: spec('tumble(1m)'), hop: spec('hop(2m, 10s)') }),
  ).toEqual([]);
  let offset = 0;
  const send = (seconds: readonly number[], watermark: number | null) => {
    const rows = seconds.map((second) => ({ timeUs: second * SECOND, n: 1 }));
    const watermarkUs = watermark === null ? null : watermark * SECOND;
    engine.apply([testFrame(schema, rows, { firstOffset: offset, epoch: 'e', watermarkUs })], 0);
    offset += rows.length;
  };
  send([601, 611, 665], null);
  send([640, 641, 642], 665);
  const counts = async () => ({
    minute: await engine.query('SELECT n FROM minute WHERE epoch(window_start) = 600'),
    hop: await engine.query('SELECT n FROM hop WHERE epoch(window_start) = 600'),
  });
  const before = await counts();
  expect(before).toEqual({ minute: [{ n: 2 }], hop: [{ n: 6 }] });
  for (let second = 800; second <= 7900; second += 100) send([second], second - 35);
  engine.progress('s', {}, 8000 * SECOND);
  send([8001], 8000);
  expect(engine.windowState('second')?.coarseBeforeUs).toBe(650 * SECOND);
  expect(await counts()).toEqual(before);
  // Folded, the windows of ten seconds are one, without the rows they refused.
  const folded = await engine.query('SELECT sum(n) AS n FROM second WHERE epoch(window_start) BETWEEN 600 AND 659');
  expect(folded).toEqual([{ n: 2 }]);
  expect(engine.windowState('minute')?.tooLateRows).toBe(3);
});
