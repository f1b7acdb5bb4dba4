import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PanelPicture, PanelRequest } from '../../contract/worker-api.ts';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import { foldOf, groupsOf, seriesOf, statesOf, viewOf } from '../../tests/support/requests.ts';
import type { Engine } from '../engine.ts';
import { openHeadless } from '../headless.ts';

const SECOND = 1_000_000;
let engine: Engine;

beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => performance.now() });
  const schema = testSchema('shop', { campaign: 'string', page: 'string', user_id: 'int64', price: 'float64' });
  engine.schema(schema);
  engine.begin('shop', 'fresh', { epoch: 'e1', next: {} });
  const select = {
    n: 'count()',
    users: 'count_distinct(user_id)',
    revenue: 'sum(price)',
    mean: 'avg(price)',
    share: 'revenue / users',
    p50: 'median(price)',
    seen: 'last(page)',
    latest: 'max(timestamp)',
  };
  expect(
    engine
      .windows({
        w: { from: 'shop', window: 'tumble(10s)', by: ['campaign', 'page'], select, late: { allow: '0s' } },
        buckets: {
          from: 'shop',
          window: 'tumble(10s)',
          by: { second: 'floor(price / 4) * 4' },
          where: 'price IS NOT NULL',
          select: { n: 'count()' },
          late: { allow: '0s' },
        },
        ever: {
          from: 'shop',
          window: 'global()',
          by: ['page'],
          select: { n: 'count()', seen: 'last(page)' },
          late: { allow: '0s' },
        },
        loop: {
          from: 'shop',
          window: 'tumble(10s)',
          by: [],
          select: { a: 'b + 1', b: 'a + 1' },
          late: { allow: '0s' },
        },
        typo: { from: 'shop', window: 'tumble(10s)', by: [], select: { a: 'sum(prize)' }, late: { allow: '0s' } },
        SHOP: { from: 'shop', window: 'tumble(10s)', by: [], select: { a: 'count()' }, late: { allow: '0s' } },
        words: { from: 'shop', window: 'tumble(10s)', by: [], select: { a: 'sum(page)' }, late: { allow: '0s' } },
      })
      .map(({ window }) => window),
  ).toEqual(['loop', 'typo', 'SHOP', 'words']);
  // Windows 0, 10, 30 (20 is empty); one user comes again in every window.
  const rows = [0, 5, 12, 31, 32].flatMap((second, index) =>
    ['x', 'y', null].map((campaign, at) => ({
      timeUs: second * SECOND,
      campaign,
      page: index % 2 ? 'p' : 'q',
      user_id: at,
      price: at === 2 ? null : second,
    })),
  );
  engine.apply([testFrame(schema, rows)], 7);
});
afterAll(() => engine.close());

type Of<K> = Extract<PanelPicture, { kind: K }>;
const fold = (options: Partial<Extract<PanelRequest, { kind: 'fold' }>>) =>
  engine.picture(foldOf('w', 'n', options)) as Of<'fold'>;
const series = (options: Partial<Extract<PanelRequest, { kind: 'series' }>>) =>
  engine.picture(seriesOf('w', ['n'], options)) as Of<'series'>;

test('W10 a fold merges states: distinct users are not added up, averages are of rows', () => {
  expect(fold({ measure: 'users' }).rows).toEqual([{ key: '', value: 3 }]);
  expect(fold({ measure: 'mean' }).rows).toEqual([{ key: '', value: 16 }]);
  expect(fold({ measure: 'share' }).rows).toEqual([{ key: '', value: 160 / 3 }]);
  expect(fold({ measure: 'users', over: null }).rows).toEqual([{ key: '', value: 3 }]);
  expect(fold({ measure: 'n', over: 30 * SECOND }).rows).toEqual([{ key: '', value: 9 }]);
  const median = fold({ measure: 'p50' });
  expect(median.relativeError).toBe(0);
  expect(Math.abs((median.rows[0]?.value ?? 0) - 12)).toBeLessThanOrEqual(0.12);
});

test('a fold by a column: top, rest, order, null as its own group', () => {
  expect(fold({ by: 'campaign', top: 1 })).toMatchObject({
    rows: [{ key: 'x', value: 5 }],
    rest: { keys: 2, value: 10 },
  });
  expect(fold({ by: 'campaign', measure: 'revenue' })).toMatchObject({
    rows: [
      { key: 'x', value: 80 },
      { key: 'y', value: 80 },
      { key: '∅', value: null },
    ],
  });
  expect(fold({ by: 'campaign', order: ['y', 'none'] }).rows).toEqual([
    { key: 'y', value: 5 },
    { key: 'none', value: null },
  ]);
  expect(fold({ by: 'campaign', measure: 'users', top: 1 }).rest).toEqual({ keys: 2, value: null });
});

test('V15 a fold stands by value or by its groups; groups have several measures, and are sorted by any of them', () => {
  const buckets = (options: Parameters<typeof foldOf>[2]) =>
    (engine.picture(foldOf('buckets', 'n', { by: 'second', ...options })) as Of<'fold'>).rows.map(({ key }) => key);
  expect(buckets({ sort: 'group' })).toEqual(['0', '4', '12', '28', '32']);
  expect(buckets({ sort: 'group', top: 2 })).toEqual(['0', '4']);
  expect(buckets({ sort: 'descending', top: 1 })).toEqual(['0']);
  expect(fold({ by: 'campaign', sort: 'group' }).rows.map(({ key }) => key)).toEqual(['x', 'y', '∅']);
  const groups = (options: Parameters<typeof groupsOf>[2]) =>
    engine.picture(groupsOf('w', ['n', 'mean', 'seen'], options)) as Of<'groups'>;
  expect(groups({ by: ['campaign'], top: 2, sort: { by: 'campaign', direction: 'descending' } })).toMatchObject({
    columns: [
      { name: 'campaign', role: 'group', isNumber: false },
      { name: 'n', role: 'measure', isNumber: true },
      { name: 'mean', role: 'measure', isNumber: true },
      { name: 'seen', role: 'measure', isNumber: false },
    ],
    rows: [{ cells: ['y', 5, 16, 'q'] }, { cells: ['x', 5, 16, 'q'] }],
    restGroups: 1,
    relativeError: 0,
  });
  expect(groups({}).rows).toEqual([{ cells: [15, 16, 'q'] }]);
  expect(groups({ by: ['campaign'], sort: { by: 'mean', direction: 'ascending' } }).rows.at(-1)?.cells[0]).toBeNull();
  expect(groups({ by: ['campaign'], sort: { by: 'users', direction: 'ascending' }, top: 1 }).columns).toHaveLength(4);
  expect(groups({ sort: { by: 'nothing', direction: 'ascending' } })).toMatchObject({ kind: 'error' });
  const times = engine.picture(groupsOf('w', ['latest'], { by: ['page'], sort: null })) as Of<'groups'>;
  expect(times.rows).toEqual([
    { cells: ['q', '1970-01-01T00:00:32.000Z'] },
    { cells: ['p', '1970-01-01T00:00:31.000Z'] },
  ]);
});

test('V14 a global window is all it counted, whatever is in view', () => {
  const view = viewOf(10 * SECOND, 40 * SECOND);
  expect(engine.picture(foldOf('ever', 'n', { view, over: 10 * SECOND }))).toMatchObject({ rows: [{ value: 15 }] });
  expect(engine.picture(seriesOf('ever', ['n'], { view }))).toMatchObject({
    series: [{ values: Float64Array.of(15) }],
  });
  const states = engine.picture(statesOf('ever', 'seen', { rowsBy: 'page', view })) as Of<'states'>;
  expect(states.rows.map(({ key, stretches: [one] }) => [key, one?.state, one?.fromUs, one?.untilUs])).toEqual([
    ['p', 'p', 30 * SECOND, 40 * SECOND],
    ['q', 'q', 30 * SECOND, 40 * SECOND],
  ]);
});

test('V15 as many series as asked for: the largest of what adds up, else those in most windows', () => {
  const names = (options: Parameters<typeof seriesOf>[2]) => {
    const made = series({ seriesBy: 'campaign', ...options });
    return [made.series.map(({ name }) => name), made.hiddenSeries];
  };
  expect(names({ maxSeries: 2 })).toEqual([['x', 'y'], 1]);
  expect(names({ maxSeries: 1, order: ['∅'] })).toEqual([['∅'], 2]);
  expect(names({ measures: ['mean'], maxSeries: 2 })).toEqual([['x', 'y'], 1]);
});

test('series stand on one grid: an empty window is 0 for counts and sums, NaN for the rest', () => {
  const picture = series({ measures: ['n', 'revenue', 'mean'] });
  expect([...picture.xSeconds]).toEqual([0, 10, 20, 30]);
  expect(picture.series.map(({ name, values }) => [name, [...values]])).toEqual([
    ['n', [6, 3, 0, 6]],
    ['revenue', [10, 24, 0, 126]],
    ['mean', [2.5, 12, Number.NaN, 31.5]],
  ]);
  expect(picture).toMatchObject({ maxEventTimeUs: 32 * SECOND, receivedAtMs: 7, watermarkUs: null, keptFromUs: null });
  const by = series({ seriesBy: 'page', view: viewOf(20 * SECOND) });
  expect([...by.xSeconds]).toEqual([10, 20, 30]);
  expect(by.series.map(({ name, values }) => [name, [...values]])).toEqual([
    ['q', [3, 0, 3]],
    ['p', [0, 0, 3]],
  ]);
  expect(fold({ sparkSpan: 20 * SECOND }).spark).toEqual({
    xSeconds: Float64Array.of(10, 20, 30),
    values: Float64Array.of(3, 0, 6),
  });
});

test('V3 every event of the range is in the picture: also those of a window that has begun before it', () => {
  // Events at 0, 5, 12, 31 and 32 s, three of each.
  for (const [spanSeconds, events] of [
    [1, 6],
    [11, 6],
    [12, 6],
    [13, 9],
    [20, 9],
    [22, 9],
    [23, 15],
    [27, 15],
  ] as const) {
    const { series: lines } = series({ view: viewOf(spanSeconds * SECOND) });
    const total = lines[0]?.values.reduce((sum, value) => sum + value, 0);
    expect(total, `${spanSeconds} s`).toBe(events);
  }
});

test('V3 what begins at a time and follows has all since then, however long it was said to be', () => {
  const view = { span: SECOND, until: 'newest', earlierUs: 0, fromUs: 10 * SECOND } as const;
  const shown = series({ view });
  expect(shown).toMatchObject({ fromUs: 10 * SECOND, untilUs: 32 * SECOND });
  expect([...shown.xSeconds]).toEqual([10, 20, 30]);
  expect(fold({ view, over: SECOND }).rows).toEqual([{ key: '', value: 9 }]);
  // An hour of it is what it was: the last so much.
  expect(fold({ view, over: 2 * SECOND }).rows).toEqual([{ key: '', value: 6 }]);
});

test('a panel that asks for what is not there says what is', () => {
  const missing = engine.picture(seriesOf('typo', ['a']));
  expect(missing).toMatchObject({
    kind: 'error',
    message: expect.stringContaining('prize'),
    fix: expect.stringContaining('typo'),
  });
  expect(fold({ measure: 'nothing' })).toMatchObject({ kind: 'error', message: expect.stringContaining('nothing') });
  expect(fold({ by: 'user_id' })).toMatchObject({ kind: 'error', message: expect.stringContaining('campaign, page') });
});
