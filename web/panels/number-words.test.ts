import { expect, test } from 'vitest';
import { slices } from './donut-arcs.ts';
import { DIAL, dialType, gaugeZones, placeOn } from './gauge-arc.ts';
import { costliest, oeeOf } from './oee-words.ts';
import { dotsOf, nearestDot, radiusOf } from './scatter-dots.ts';
import { shownValue } from './shown-value.ts';
import { cellLook } from './table-cells.ts';
import { reached } from './target-words.ts';

test('a dial has a zone per stretch between its limits, and ends where it ends', () => {
  const dial = { min: 0, max: 100, warnAbove: 70, alarmAbove: 90, alarmBelow: 10 };
  expect(gaugeZones(dial).map(({ from, to, color }) => [from, to, color])).toEqual([
    [0, 0.1, 'down'],
    [0.1, 0.7, 'live'],
    [0.7, 0.9, 'late'],
    [0.9, 1, 'down'],
  ]);
  expect(gaugeZones({ min: 0, max: 100 })).toEqual([]);
  expect(gaugeZones({ min: 0, max: 100, warnAbove: 150 }).map(({ color }) => color)).toEqual(['live']);
  expect([-5, 50, 120].map((value) => placeOn(dial, value))).toEqual([0, 0.5, 1]);
});

test('K1 words of a dial are as large as is wanted where it has room, and never cut or upon each other', () => {
  const ends: [string, string] = ['0 %', '100 %'];
  const type = (width: number, height: number, value = '73.9', suffix = '%', of = ends) => {
    const found = dialType({ width, height }, 20, of, value, suffix);
    const perUnit = Math.min(width / DIAL.width, height / found.high);
    const px = [found.end, found.figure, found.unit].map((size) => Math.round(size * perUnit));
    const [from, to] = found.endsX;
    const halves = of.map((text) => 0.31 * text.length * found.end) as [number, number];
    expect([from - halves[0], to + halves[1]].every((x) => x >= DIAL.left - 0.01 && x <= DIAL.left + DIAL.width)).toBe(
      true,
    );
    expect(to - halves[1] - (from + halves[0])).toBeGreaterThan(4);
    expect(0.62 * (value.length * found.figure + suffix.length * found.unit)).toBeLessThan(134);
    return px;
  };
  expect(type(300, 190)).toEqual([20, 45, 23]);
  // A low one gives its drawing for its words; one that is lower still has no room.
  expect(type(300, 110)).toEqual([20, 24, 20]);
  expect(type(300, 60)).toEqual([12, 14, 14]);
  expect(type(300, 190, '1,234,567', 'parts/h')).toEqual([20, 15, 15]);
  expect(type(300, 190, '1,234', 'rpm', ['−12,000 rpm', '12,000 rpm'])).toEqual([17, 35, 20]);
  // On a desk its ends are never smaller than they were.
  expect(dialType({ width: 500, height: 500 }, 12, ends, '60', '%').end).toBe(11);
});

test('what was reached against what was wanted, on either side of it', () => {
  const words = (actual: number | null, target: number | null, better: 'above' | 'below' = 'above') =>
    reached(actual, target, better, String, (part) => `${Math.round(part * 100)} %`);
  expect(words(92, 100)).toEqual({
    good: false,
    part: 0.92,
    words: '92 % of target, 8 behind',
    short: '92 %, 8 behind',
  });
  expect(words(100, 100)?.words).toBe('100 % of target, just reached');
  expect(words(12, 10, 'below')).toMatchObject({ good: false, words: '120 % of target, 2 above it' });
  expect(words(8, 10, 'below')).toMatchObject({ good: true, words: '80 % of target, 2 below it' });
  expect(words(3, 0)).toEqual({ good: true, part: null, words: '3 ahead', short: '3 ahead' });
  expect([words(null, 1), words(1, null)]).toEqual([null, null]);
});

test('OEE is a product, and the factor that costs most is the smallest', () => {
  const line = oeeOf('a', { availability: 0.9, performance: 0.8, quality: 0.95 });
  expect(line.oee).toBeCloseTo(0.684, 9);
  expect(costliest(line)?.factor).toBe('performance');
  expect(costliest(line)?.withoutIt).toBeCloseTo(0.855, 9);
  expect(costliest(oeeOf('b', { availability: 1, performance: 1.02, quality: 1 }))).toBeNull();
  expect(oeeOf('c', { availability: 1, performance: null, quality: 1 }).oee).toBeNull();
});

test('shares go round once, the others last; what is not above 0 has none', () => {
  const found = slices(
    [
      { key: 'a', value: 50 },
      { key: 'b', value: -10 },
      { key: 'c', value: 25 },
      { key: 'd', value: null },
    ],
    25,
  );
  expect(found.slices.map(({ key, from, part }) => [key, from, part])).toEqual([
    ['a', 0, 0.5],
    ['c', 0.5, 0.25],
    [null, 0.75, 0.25],
  ]);
  expect(found).toMatchObject({ total: 100, negative: 1 });
});

test('dots are groups with both values, large ones below small ones; the nearest is found by its edge', () => {
  const column = (name: string, role: 'group' | 'measure') => ({ name, role, isNumber: role === 'measure' });
  const picture = {
    windowSizeUs: 1,
    stepUs: 1,
    columns: [column('machine', 'group'), column('x', 'measure'), column('y', 'measure'), column('n', 'measure')],
    rows: [{ cells: ['a', 1, 2, 3] }, { cells: [null, 4, 5, 90] }, { cells: ['c', null, 5, 1] }],
    restGroups: 0,
    relativeError: 0,
    keptFromUs: null,
  };
  const { dots, without } = dotsOf(picture, { label: 'machine', x: 'x', y: 'y', size: 'n' });
  expect([dots.map(({ key }) => key), without]).toEqual([['∅', 'a'], 1]);
  // A quarter of the size is a quarter of the area.
  expect(radiusOf(25, 100, 12)).toBe(6);
  const places = [
    { left: 0, top: 0, radius: 10 },
    { left: 12, top: 0, radius: 2 },
  ];
  expect([nearestDot(places, 11, 0, 5), nearestDot(places, 5, 0, 5), nearestDot(places, 40, 0, 5)]).toEqual([1, 0, -1]);
});

test('a limit passed colours before a mapping does; a cell without a unit of its own keeps its text', () => {
  const spec = { warnAbove: 5, mappings: [{ from: 0, color: 3, text: 'some' }] };
  expect(shownValue(6, spec)).toMatchObject({ text: 'some', color: 'var(--late)', passed: { level: 'warn' } });
  expect(shownValue(1, spec)).toMatchObject({ text: 'some', color: 'var(--series-3)', passed: null });
  expect(shownValue(null, spec)).toMatchObject({ text: '—', color: null });
  expect(cellLook(30, '30 pieces', { bar: true }, 120)).toMatchObject({ text: '30 pieces', bar: 0.25 });
  expect(cellLook('run', 'run', { mappings: [{ value: 'run', text: 'running', color: 'good' }] }, undefined)).toEqual({
    text: 'running',
    color: 'var(--live)',
  });
});
