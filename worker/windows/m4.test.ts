import { expect, test } from 'vitest';
import { reduceM4 } from './m4.ts';

test('M4 keeps first, last and both extremes of every pixel, marks its revisions, and keeps the newest window apart', () => {
  const count = 10_007;
  const newest = -1e12;
  const xs = Float64Array.from({ length: count }, (_, index) => index);
  const values = xs.map((x) => Math.sin(x / 40) * x);
  values[5000] = 1e9;
  values[5042] = Number.NaN;
  const revised = new Uint8Array(count);
  revised[77] = 1;
  const reduced = reduceM4(
    Float64Array.of(...xs, count),
    [Float64Array.of(...values, newest)],
    Uint8Array.of(...revised, 0),
    100,
  );
  expect(reduced.xs).toHaveLength(401);
  expect([reduced.xs[400], reduced.series[0]?.[400]]).toEqual([count, newest]);
  for (let column = 0; column < 100; column++) {
    const part = values
      .slice(Math.floor((column * count) / 100), Math.floor(((column + 1) * count) / 100))
      .filter((value) => !Number.isNaN(value));
    expect(part.length).toBeGreaterThan(4);
    const four = [...(reduced.series[0] ?? [])].slice(column * 4, column * 4 + 4);
    expect(four[0]).toBe(part[0]);
    expect(four[3]).toBe(part.at(-1));
    expect(Math.min(...four)).toBe(Math.min(...part));
    expect(Math.max(...four)).toBe(Math.max(...part));
  }
  expect([...reduced.xs]).toEqual([...reduced.xs].sort((left, right) => left - right));
  expect(reduced.revised.slice(0, 4)).toEqual(new Uint8Array([1, 1, 1, 1]));
  expect(reduced.revised.slice(4).every((mark) => mark === 0)).toBe(true);
});

test('M4 leaves a line alone that the pixels can show', () => {
  const xs = Float64Array.of(1, 2, 3);
  expect(reduceM4(xs, [xs], new Uint8Array(3), 100).xs).toBe(xs);
});
