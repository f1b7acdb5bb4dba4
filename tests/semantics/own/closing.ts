import { batch, COUNT, type OwnCase, out, own } from './own-case.ts';

/** When windows close, and which rows come too late for them. */
export const closing: readonly OwnCase[] = [
  own(
    'W1 W7',
    'a window closes when the watermark reaches its end, not a millisecond before',
    'R1 S11 F8',
    { window: 'tumble(5s)', select: COUNT },
    [batch([['a', 1]], []), batch([['a', 4.999]], []), batch([['a', 5]], [out(0, 5, { n: 2 })])],
    [out(5, 10, { n: 1 })],
  ),
  own(
    'W2 W3',
    'an older row does not take the watermark back, and it trails by the delay',
    'R1 S8',
    { window: 'tumble(5s)', select: COUNT },
    [
      batch([['a', 14]], []),
      batch([['a', 3]], [], 1),
      batch([['a', 5]], []),
      batch([['a', 20]], [out(5, 10, { n: 1 }), out(10, 15, { n: 1 })]),
    ],
    [out(20, 25, { n: 1 })],
    { delay: '5s', tooLate: [['a', 3]] },
  ),
  own(
    'W5',
    'rows of one batch are judged by the watermark before it: none of these is late',
    'R2 S9',
    { window: 'tumble(5s)', select: COUNT },
    [
      batch(
        [
          ['a', 1],
          ['a', 20],
          ['a', 2],
        ],
        [out(0, 5, { n: 2 })],
        0,
      ),
    ],
    [out(20, 25, { n: 1 })],
  ),
  own(
    'W5 W8',
    'the same rows one by one: the third comes after its window closed',
    'R2 F9 K3',
    { window: 'tumble(5s)', select: COUNT },
    [batch([['a', 1]], []), batch([['a', 20]], [out(0, 5, { n: 1 })]), batch([['a', 2]], [], 1)],
    [out(20, 25, { n: 1 })],
    { tooLate: [['a', 2]] },
  ),
  own(
    'W8',
    'a late row is dropped from the windows that are closed only, and is too late when all are',
    'R4 F9',
    { window: 'hop(10s, 5s)', select: { n: 'count()', sum: 'sum(v)' } },
    [
      batch([['a', 1, 1]], []),
      batch([['a', 11, 2]], [out(-5, 5, { n: 1, sum: 1 }), out(0, 10, { n: 1, sum: 1 })]),
      batch([['a', 7, 4]], [], 0),
      batch([['a', 2, 8]], [], 1),
    ],
    [out(5, 15, { n: 2, sum: 6 }), out(10, 20, { n: 1, sum: 2 })],
    { tooLate: [['a', 2, 8]] },
  ),
  own(
    'W8',
    'without a watermark nothing is late, however old',
    'R1',
    { window: 'tumble(5s)', select: COUNT },
    [
      batch(
        [
          ['a', 0],
          ['a', -1_000_000],
          ['a', 1_700_000_000],
        ],
        [out(-1_000_000, -999_995, { n: 1 }), out(0, 5, { n: 1 })],
        0,
      ),
    ],
    [out(1_700_000_000, 1_700_000_005, { n: 1 })],
  ),
  own(
    'W8',
    'a watermark that starts at 0, as Spark’s does, closes what ended by 1970',
    'S8',
    { window: 'tumble(5s)', select: COUNT },
    [
      batch(
        [
          ['a', -7],
          ['a', -5],
          ['a', 1],
        ],
        [],
        2,
      ),
    ],
    [out(0, 5, { n: 1 })],
    { startMs: 0 },
  ),
];
