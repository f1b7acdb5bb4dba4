import { batch, by, COUNT, type OwnCase, out, own } from './own-case.ts';

/** Windows that rows make themselves. */
export const sessions: readonly OwnCase[] = [
  own(
    'W30',
    'sessions end a gap after their last row, and touching ones are one',
    'S5 F4 K6',
    { window: 'session(5s)', by, select: COUNT },
    [
      batch(
        [
          ['a', 0],
          ['a', 5],
          ['a', 10.001],
          ['b', 3],
        ],
        [out(0, 10, { k: 'a', n: 2 }), out(3, 8, { k: 'b', n: 1 })],
      ),
    ],
    [out(10.001, 15.001, { k: 'a', n: 1 })],
  ),
  own(
    'W30',
    'a late row joins two sessions into one',
    'F10 K6',
    { window: 'session(5s)', by, select: { n: 'count()', distinct: 'count_distinct(v)' } },
    [batch([['a', 0, 7]], []), batch([['a', 9, 7]], []), batch([['a', 4.5, 8]], [])],
    [out(0, 14, { k: 'a', n: 3, distinct: 2 })],
    { delay: '10s' },
  ),
  own(
    'W30 W8',
    'the merged session is tested: a row behind the watermark is kept where its session is open, dropped where it is alone',
    'R5 F10',
    { window: 'session(3s)', by, select: COUNT },
    [
      batch([['a', 1]], []),
      batch([['a', 3]], []),
      batch([['b', 5]], []),
      // Watermark 5: a's session is [1, 6), which this joins although its own [1.5, 4.5) has passed.
      batch([['a', 1.5]], [], 0),
      // Alone, [1.5, 4.5) is too late.
      batch([['c', 1.5]], [], 1),
      batch([['b', 6]], [out(1, 6, { k: 'a', n: 3 })]),
    ],
    [out(5, 9, { k: 'b', n: 2 })],
    { tooLate: [['c', 1.5]] },
  ),
  own(
    'W30 W8',
    'judged alone: the row that would join an open session is too late by its own gap',
    'S14',
    { window: 'session(3s)', by, select: COUNT, late: { judged: 'alone' } },
    [
      batch([['a', 1]], []),
      batch([['a', 3]], []),
      batch([['b', 5]], []),
      batch([['a', 1.5]], [], 1),
      batch([['a', 2.5]], [], 0),
      batch([['b', 6]], [out(1, 6, { k: 'a', n: 3 })]),
    ],
    [out(5, 9, { k: 'b', n: 2 })],
    { tooLate: [['a', 1.5]] },
  ),
  own(
    'W30',
    'rows of one batch are merged before the test: the newer one keeps the older',
    'R5',
    { window: 'session(3s)', by, select: COUNT },
    [
      batch([['z', 10]], []),
      batch(
        [
          ['a', 6],
          ['a', 8],
        ],
        [],
        0,
      ),
    ],
    [out(6, 11, { k: 'a', n: 2 }), out(10, 13, { k: 'z', n: 1 })],
  ),
  own(
    'W17 W30',
    'the gap may come from the row; with none above 0 the row is in no session',
    'S6',
    {
      window:
        "session(CASE k WHEN 'a' THEN '2s' WHEN 'b' THEN '0s' WHEN 'c' THEN '-1s' WHEN 'd' THEN NULL ELSE '5s' END)",
      by,
      select: COUNT,
    },
    [
      batch(
        [
          ['a', 0],
          ['a', 1],
          ['b', 1],
          ['c', 1],
          ['d', 1],
          ['e', 1],
        ],
        [],
      ),
    ],
    [out(0, 3, { k: 'a', n: 2 }), out(1, 6, { k: 'e', n: 1 })],
  ),
  own(
    'W17 W30',
    'a row with a long gap reaches over shorter ones',
    'S6',
    { window: 'session(to_seconds(v))', select: { n: 'count()', sum: 'sum(v)' } },
    [
      batch(
        [
          ['a', 0, 10],
          ['a', 2, 1],
          ['a', 10, 1],
        ],
        [],
      ),
    ],
    [out(0, 11, { n: 3, sum: 12 })],
  ),
];
