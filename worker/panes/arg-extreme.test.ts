import { expect, test } from 'vitest';
import { columnOf, feed, feedCells } from '../../tests/support/accumulate.ts';
import { ArgExtreme } from './arg-extreme.ts';

test('W27 arg_min and arg_max give x of the row with the least or greatest y; rows without x or y do not count', () => {
  const x = ['a', 'b', null, 'd', 'e'];
  const y = [3, 1, 0, 9, null];
  expect(feedCells(new ArgExtreme(-1), x, y).value(0)).toBe('b');
  expect(feedCells(new ArgExtreme(1), x, y).value(0)).toBe('d');
  expect(feedCells(new ArgExtreme(1), ['a', null], [null, 5]).value(0)).toBeNull();
});

test('W27 of equal y the earliest row counts: by time, then partition, then offset, in any order of rows and merges', () => {
  const rows = [
    { x: 1, timeUs: 20, partition: 0, offset: 0 },
    { x: 2, timeUs: 10, partition: 1, offset: 1 },
    { x: 3, timeUs: 10, partition: 0, offset: 9 },
    { x: 4, timeUs: 10, partition: 0, offset: 7 },
  ];
  for (let turn = 0; turn < rows.length; turn++) {
    const turned = [...rows.slice(turn), ...rows.slice(0, turn)];
    const states = turned.map(({ x, timeUs, partition, offset }) =>
      feed(new ArgExtreme(1), 1, {
        argument: columnOf([x]),
        by: columnOf(['same']),
        timeUs: [timeUs],
        partitions: [partition],
        offsets: [offset],
      }),
    );
    const merged = new ArgExtreme(1);
    merged.resize(1);
    for (const state of states) merged.merge(state, 0, 0);
    expect(merged.value(0)).toBe(4);
    const whole = feed(new ArgExtreme(-1), 4, {
      argument: columnOf(turned.map(({ x }) => x)),
      by: columnOf(turned.map(() => 0.5)),
      timeUs: turned.map(({ timeUs }) => timeUs),
      partitions: turned.map(({ partition }) => partition),
      offsets: turned.map(({ offset }) => offset),
    });
    expect(whole.value(0)).toBe(4);
  }
});

test('W27 NaN is the greatest y, int64 that float64 cannot tell apart are told apart', () => {
  expect(feedCells(new ArgExtreme(1), [1, 2, 3], [5, Number.NaN, Number.POSITIVE_INFINITY]).value(0)).toBe(2);
  expect(feedCells(new ArgExtreme(1), [1, 2, 3], [2n ** 60n, 2n ** 60n + 1n, 5n]).value(0)).toBe(2);
  expect(feedCells(new ArgExtreme(-1), [1, 2, 3], [2n ** 60n, 2n ** 60n - 1n, 2n ** 61n]).value(0)).toBe(2);
});
