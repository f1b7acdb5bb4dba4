import { batch, by, COUNT, type OwnCase, out, own } from './own-case.ts';

/** What becomes of rows: groups, computed fields, deduplication, windows over windows. */
export const rows: readonly OwnCase[] = [
  own(
    'W9',
    'null is a group; aggregates pass nulls over',
    'R8 F6',
    { window: 'tumble(5s)', by, select: { n: 'count()', values: 'count(v)', sum: 'sum(v)' } },
    [
      {
        rows: [
          { k: null, ts_ms: 0, v: null },
          { k: null, ts_ms: 1, v: 3 },
          { k: 'a', ts_ms: 1, v: null },
        ],
        expected: [],
      },
    ],
    [out(0, 5, { k: null, n: 2, values: 1, sum: 3 }), out(0, 5, { k: 'a', n: 1, values: 0, sum: null })],
  ),
  own(
    'W36',
    'grouping sets: a null that was grouped by is told from one that stands for all',
    'F6',
    { window: 'tumble(5s)', by, grouping_sets: [['k'], []], select: COUNT },
    [
      batch(
        [
          ['a', 0],
          [null, 1],
          ['a', 2],
        ],
        [],
      ),
    ],
    [
      out(0, 5, { k: 'a', grouping_id: 0, n: 2 }),
      out(0, 5, { k: null, grouping_id: 0, n: 1 }),
      out(0, 5, { k: null, grouping_id: 1, n: 3 }),
    ],
  ),
  own(
    'W19',
    'computed fields come before the condition and may use one another',
    'druid transforms',
    {
      window: 'tumble(5s)',
      compute: { twice: 'v * 2', word: "k || '-' || twice" },
      where: 'twice > 2',
      by: ['word'],
      select: { sum: 'sum(twice)' },
    },
    [
      batch(
        [
          ['a', 0, 1],
          ['a', 1, 2],
          ['b', 2, 3],
        ],
        [],
      ),
    ],
    [out(0, 5, { word: 'a-4', sum: 4 }), out(0, 5, { word: 'b-6', sum: 6 })],
  ),
  own(
    'W9',
    'first and last go by event time, not by arrival',
    'F15',
    { window: 'tumble(5s)', by, select: { first: 'first(v)', last: 'last(v)', at_most: 'arg_max(ts_ms, v)' } },
    [batch([['a', 3, 30]]), batch([['a', 1, 99]]), batch([['a', 2, 20]])],
    [out(0, 5, { k: 'a', first: 99, last: 30, at_most: '1970-01-01T00:00:01.000Z' })],
    { delay: '10s' },
  ),
  own(
    'W31',
    'deduplication: the first wins, for as long as the delay; a repeat does not prolong that',
    'R7 S22',
    { window: 'global()', dedup: { by: ['k'] }, by: ['k', 'v'], select: COUNT },
    [
      batch([['a', 17, 1]], [{ k: 'a', v: 1, n: 1 }]),
      batch([['a', 18, 2]], []),
      // Watermark 19: the entry of 17 has expired at 19.
      batch([['b', 21, 3]], [{ k: 'b', v: 3, n: 1 }]),
      batch([['a', 20, 4]], [{ k: 'a', v: 4, n: 1 }]),
      batch([['c', 18, 5]], [], 1),
    ],
    [],
    { mode: 'update', delay: '2s', closes: false },
  ),
  own(
    'W31',
    'deduplication: a row at the watermark is too late as well, for what came before it may be forgotten',
    'S21 S22',
    { window: 'global()', dedup: { by: ['k'] }, by, select: COUNT },
    [
      batch([['a', 5]], [{ k: 'a', n: 1 }]),
      batch([['b', 7]], [{ k: 'b', n: 1 }]),
      // Watermark 5: an entry of 3 would be gone at 5.
      batch([['c', 5]], [], 1),
      batch([['d', 5.001]], [{ k: 'd', n: 1 }], 0),
    ],
    [],
    { mode: 'update', delay: '2s', closes: false },
  ),
  own(
    'W31',
    'deduplication over all columns before a window: thrice sent is once counted',
    'R7 S21',
    { window: 'tumble(5s)', dedup: { by: ['k', 'ts_ms'], within: '1h' }, select: COUNT },
    [
      batch(
        [
          ['a', 1],
          ['a', 1],
          ['a', 2],
          ['b', 1],
        ],
        [],
      ),
      batch(
        [
          ['a', 1],
          ['b', 30],
        ],
        [out(0, 5, { n: 3 })],
      ),
    ],
    [out(30, 35, { n: 1 })],
    { delay: '10s' },
  ),
  own(
    'W35',
    'a window over a window: its rows have the time just before their end',
    'S4 R9',
    { from: 'minutes', window: 'tumble(1h)', by, select: { most: 'max(n)', minutes: 'count()' } },
    [
      batch(
        [
          ['a', 0],
          ['a', 30],
          ['a', 3599],
          ['b', 61],
        ],
        [],
      ),
      // Watermark 1 h: the last minute ends there, and so does the hour.
      batch(
        [['z', 3600]],
        [out(0, 3600, { k: 'a', most: 2, minutes: 2 }), out(0, 3600, { k: 'b', most: 1, minutes: 1 })],
      ),
    ],
    [out(3600, 7200, { k: 'z', most: 1, minutes: 1 })],
    { windows: { minutes: { window: 'tumble(1m)', by, select: COUNT } } },
  ),
];
