import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_TIME_US, MIN_TIME_US } from '../protocol/frame.ts';
import { formatDurationUs, parseDurationUs } from './duration.ts';
import { parseWindow, WindowSpecSchema, windowStartUs } from './window.ts';

const spec = (window: string, more: object = {}) =>
  WindowSpecSchema.parse({ from: 's', window, select: { n: 'count()' }, ...more });
const shape = (window: string) => {
  const parsed = parseWindow(spec(window));
  const found = 'window' in parsed ? parsed.window.shape : null;
  return found?.kind === 'tumble' ? [found.sizeUs, found.offsetUs] : null;
};

test('W6 tumble takes a size and an offset of either sign, kept within the size', () => {
  expect(shape('tumble(1m)')).toEqual([60e6, 0]);
  expect(shape('tumble(1h, 15m)')).toEqual([3600e6, 900e6]);
  expect(shape('tumble(1h, -15m)')).toEqual([3600e6, 2700e6]);
  expect(shape(' tumble( 10s , 70s ) ')).toEqual([10e6, 0]);
  for (const wrong of ['tumble(1x)', 'tumble(0s)', 'tumble()', 'hop(1m)', '1m', 'tumble(1m, x)'])
    expect(shape(wrong)).toBeNull();
});

test('W6 a window start holds its time and lies on the grid, before 1970 too', () => {
  expect(windowStartUs(-1, 60e6, 0)).toBe(-60e6);
  const time = fc.integer({ min: MIN_TIME_US, max: MAX_TIME_US });
  fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 2 ** 40 }), fc.nat(), (timeUs, sizeUs, offset) => {
      const offsetUs = offset % sizeUs;
      const startUs = windowStartUs(timeUs, sizeUs, offsetUs);
      expect(startUs <= timeUs && timeUs < startUs + sizeUs).toBe(true);
      expect(Math.abs((startUs - offsetUs) % sizeUs)).toBe(0);
    }),
  );
});

test('every problem of a window is told, each with its path', () => {
  const parsed = parseWindow(spec('tumble(1x)', { select: { a: 'total(x)', b: 'count()', c: 'nope' }, where: 'x; y' }));
  expect('problems' in parsed && parsed.problems.map((problem) => problem.path.join('.'))).toEqual([
    'window',
    'where',
    'select.a',
    'select.c',
  ]);
});

test('a duration is read and written back', () => {
  expect(parseDurationUs('1.5h')).toBe(5400e6);
  expect(parseDurationUs('250 ms')).toBe(250e3);
  for (const wrong of ['', '1', '1y', '-1s', '1 s s']) expect(parseDurationUs(wrong)).toBeNull();
  for (const text of ['250ms', '10s', '1m', '90m', '1d', '2w'])
    expect(formatDurationUs(parseDurationUs(text) ?? 0)).toBe(text);
});

test('a semicolon within quotes is part of a name or a text, elsewhere it is refused', () => {
  const spec = { from: 's', window: 'tumble(1m)', select: { n: 'count()' }, late: { allow: '0s' } };
  expect(parseWindow({ ...spec, by: ['"a;b"'], where: `c = ';' AND "it''s;" > 1` })).toHaveProperty('window');
  expect(parseWindow({ ...spec, by: ['a; drop'], where: `c = 'x'; --'` })).toMatchObject({
    problems: [{ path: ['by', 0] }, { path: ['where'] }],
  });
});
