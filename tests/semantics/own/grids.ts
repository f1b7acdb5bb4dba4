import { batch, by, COUNT, type OwnCase, out, own } from './own-case.ts';

const DAY = 86_400;
const berlin = (text: string): number => Date.parse(text) / 1000;

/** Where windows begin and end. */
export const grids: readonly OwnCase[] = [
  own(
    'W6',
    'tumble with an offset, negative too, before 1970 too',
    'S1 F1',
    { window: 'tumble(10s, -3s)', select: COUNT },
    [
      batch(
        [
          ['a', -4],
          ['a', -3],
          ['a', 6.999],
          ['a', 7],
        ],
        [out(-13, -3, { n: 1 }), out(-3, 7, { n: 2 })],
      ),
    ],
    [out(7, 17, { n: 1 })],
  ),
  own(
    'W14',
    'an offset larger than the window is its remainder',
    'S1 F1',
    { window: 'tumble(10s, 27s)', select: COUNT },
    [
      batch(
        [
          ['a', 6],
          ['a', 7],
        ],
        [out(-3, 7, { n: 1 })],
      ),
    ],
    [out(7, 17, { n: 1 })],
  ),
  own(
    'W6',
    'a week of seven days starts on a Thursday, as the epoch did',
    'R10',
    { window: 'tumble(7d)', select: COUNT },
    [batch([['a', 4 * DAY]])],
    [out(0, 7 * DAY, { n: 1 })],
  ),
  own(
    'W15',
    'a calendar week starts on a Monday',
    'R10',
    { window: 'tumble(week, UTC)', select: COUNT },
    [
      batch(
        [
          ['a', 4 * DAY - 1],
          ['a', 4 * DAY],
        ],
        [out(-3 * DAY, 4 * DAY, { n: 1 })],
      ),
    ],
    [out(4 * DAY, 11 * DAY, { n: 1 })],
  ),
  own(
    'W6',
    'a hop whose size is no multiple of its slide: a row is in three or four windows',
    'S1 F2',
    { window: 'hop(10s, 3s)', by, select: COUNT },
    [
      batch(
        [
          ['a', 9],
          ['b', 10],
        ],
        [out(0, 10, { k: 'a', n: 1 })],
      ),
    ],
    [...[3, 6, 9].flatMap((start) => ['a', 'b'].map((k) => out(start, start + 10, { k, n: 1 })))],
  ),
  own(
    'W6',
    'a hop with an offset',
    'F2',
    { window: 'hop(10s, 5s, 2s)', select: COUNT },
    [batch([['a', 1]])],
    [out(-8, 2, { n: 1 }), out(-3, 7, { n: 1 })],
  ),
  own(
    'W6',
    'cumulate has no window that ends before its first row',
    'F3',
    { window: 'cumulate(15s, 5s)', select: COUNT },
    [batch([['a', 6]], []), batch([['a', 3]], []), batch([['a', 10]], [out(0, 5, { n: 1 })])],
    [out(0, 10, { n: 2 }), out(0, 15, { n: 3 })],
    { delay: '5s' },
  ),
  own(
    'W6',
    'cumulate with a negative offset, before 1970',
    'F3',
    { window: 'cumulate(10s, 5s, -2s)', select: COUNT },
    [batch([['a', -3]])],
    [out(-12, -2, { n: 1 })],
  ),
  own(
    'W15',
    'a day of Berlin has 23 hours when summer begins and 25 when it ends',
    'druid',
    { window: 'tumble(day, Europe/Berlin)', select: COUNT },
    [
      batch([
        ['a', berlin('2024-03-31T00:30:00+01:00')],
        ['a', berlin('2024-03-31T23:59:59+02:00')],
        ['a', berlin('2024-04-01T00:00:00+02:00')],
        ['a', berlin('2024-10-27T00:00:00+02:00')],
        ['a', berlin('2024-10-27T23:59:59+01:00')],
      ]),
    ],
    [out(berlin('2024-10-26T22:00:00Z'), berlin('2024-10-27T23:00:00Z'), { n: 2 })],
  ),
  own(
    'W16',
    'hours of a Berlin day, cumulated: the twenty-third ends the day in March',
    'F3',
    { window: 'cumulate(day, 1h, Europe/Berlin)', select: COUNT },
    [batch([['a', berlin('2024-03-31T22:30:00+02:00')]], [])],
    [22, 23].map((hours) => {
      const start = berlin('2024-03-30T23:00:00Z');
      return out(start, start + hours * 3600, { n: 1 });
    }),
  ),
  own(
    'W15',
    'months have their own lengths',
    'calendar',
    { window: 'tumble(month, UTC)', select: COUNT },
    [
      batch([
        ['a', berlin('2024-02-29T23:59:59Z')],
        ['a', berlin('2024-03-01T00:00:00Z')],
      ]),
    ],
    [out(berlin('2024-03-01T00:00:00Z'), berlin('2024-04-01T00:00:00Z'), { n: 1 })],
  ),
  own(
    'W18',
    'the global window has no bounds and closes with the input',
    'druid all',
    { window: 'global()', by, select: { sum: 'sum(v)' } },
    [
      batch(
        [
          ['a', 0, 1],
          ['b', -5, 2],
        ],
        [],
      ),
      batch([['a', 1_000, 4]], []),
    ],
    [
      { window_start_ms: null, window_end_ms: null, k: 'a', sum: 5 },
      { window_start_ms: null, window_end_ms: null, k: 'b', sum: 2 },
    ],
  ),
];
