import { batch, by, COUNT, type OwnCase, out, own } from './own-case.ts';

/** What is put out, and when. */
export const modes: readonly OwnCase[] = [
  own(
    'W32',
    'append: each window once, when no row can change it any more',
    'S17 R6',
    { window: 'tumble(5s)', select: COUNT, late: { allow: '5s' } },
    [
      batch([['a', 1]], []),
      batch([['a', 6]], []),
      batch([['a', 2]], []),
      batch([['a', 10]], [out(0, 5, { n: 2 })]),
      batch([['a', 3]], [], 1),
    ],
    [out(5, 10, { n: 1 }), out(10, 15, { n: 1 })],
  ),
  own(
    'W33',
    'update: the windows a batch has changed, with their state and revision',
    'S18 R6 F11',
    { window: 'tumble(5s)', select: COUNT, late: { allow: '5s' } },
    [
      batch([['a', 1]], [out(0, 5, { n: 1, state: 'provisional', revision: 0 })]),
      batch(
        [
          ['a', 2],
          ['a', 4],
        ],
        [out(0, 5, { n: 3, state: 'provisional', revision: 0 })],
      ),
    ],
    [],
    { mode: 'update', closes: false },
  ),
  own(
    'W33 W7',
    'allowed lateness: a late row revises the whole window',
    'R6 F11',
    { window: 'tumble(5s)', by, select: COUNT, late: { allow: '5s' } },
    [
      batch([
        ['a', 1],
        ['b', 6],
      ]),
      batch([['a', 2]], [out(0, 5, { k: 'a', n: 2, state: 'revised', revision: 1 })]),
      batch([['a', 3]], [out(0, 5, { k: 'a', n: 3, state: 'revised', revision: 2 })]),
      batch([['b', 10]]),
      batch([['a', 4]], [], 1),
    ],
    [],
    { mode: 'update', closes: false },
  ),
  own(
    'W34',
    'complete: every window each time, and none is ever closed to a row',
    'S19',
    { window: 'tumble(5s)', select: COUNT },
    [
      batch([['a', 1]], [out(0, 5, { n: 1 })]),
      batch([['a', 20]], [out(0, 5, { n: 1 }), out(20, 25, { n: 1 })]),
      batch([['a', 2]], [out(0, 5, { n: 2 }), out(20, 25, { n: 1 })], 0),
    ],
    [],
    { mode: 'complete', closes: false },
  ),
  own(
    'W34',
    'complete: a row joins a session that has ended too, for none has been taken as the last word; late ones are refused',
    'S19',
    { window: 'session(5s)', by, select: COUNT },
    [
      batch([['a', 0]], [out(0, 5, { k: 'a', n: 1 })]),
      batch([['z', 7]], [out(0, 5, { k: 'a', n: 1 }), out(7, 12, { k: 'z', n: 1 })]),
      batch([['a', 4]], [out(0, 9, { k: 'a', n: 2 }), out(7, 12, { k: 'z', n: 1 })], 0),
      batch([['b', 1]], [out(0, 9, { k: 'a', n: 2 }), out(7, 12, { k: 'z', n: 1 })], 1),
    ],
    [],
    { mode: 'complete', closes: false },
  ),
  own(
    'W33',
    'update: a session that has grown takes the place of the one it was',
    'K6',
    { window: 'session(5s)', by, select: COUNT },
    [
      batch([['a', 0]], [out(0, 5, { k: 'a', n: 1, state: 'provisional' })]),
      batch(
        [['a', 2]],
        [out(0, 5, { k: 'a', n: null, state: 'retracted' }), out(0, 7, { k: 'a', n: 2, state: 'provisional' })],
      ),
      batch([['a', 1]], [out(0, 7, { k: 'a', n: 3, state: 'provisional' })]),
    ],
    [],
    { mode: 'update', closes: false, delay: '10s' },
  ),
];
