import { expect, test } from 'vitest';
import { Laps } from './laps.ts';

/** Laps as [held, records]: whether each is one of a reader that falls behind. */
function judged(...laps: readonly (readonly [held: boolean, records: number])[]): boolean[] {
  const judge = new Laps();
  return laps.map(([held, records], lap) => {
    if (held) judge.held();
    const behind = judge.at(lap * 10, (lap + 1) * 10, () => records);
    // Within the lap nothing changes.
    expect(judge.at(lap * 10 + 9, 1_000, () => 1_000_000)).toBe(behind);
    return behind;
  });
}

test('F8 history is no falling behind, nor is what came while it was read, as long as it grows less', () => {
  expect(judged([true, 1_000_000], [true, 300_000], [true, 90_000], [true, 27_000], [true, 8_000])).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('F8 a reader that is slower than the stream falls behind from its second lap on', () => {
  expect(judged([true, 50_000], [true, 60_000], [true, 72_000])).toEqual([false, true, true]);
});

test('F8 a reader that was never held up is not behind, however much came', () => {
  expect(judged([false, 100], [false, 50_000], [false, 90_000])).toEqual([false, false, false]);
});

test('F8 a reader that stood still is behind until it has caught up', () => {
  expect(judged([true, 100], [true, 80], [true, 20_000], [true, 500], [true, 0])).toEqual([
    false,
    false,
    true,
    false,
    false,
  ]);
});
