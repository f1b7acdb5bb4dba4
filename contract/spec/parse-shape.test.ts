import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseShape } from './parse-shape.ts';

const S = 1e6;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

function shape(text: string): unknown {
  const parsed = parseShape(text);
  return 'shape' in parsed ? parsed.shape : parsed.problems;
}

function problem(text: string): string {
  const parsed = parseShape(text);
  return 'shape' in parsed ? 'none' : parsed.problems.map(({ found, expected }) => `${found} | ${expected}`).join('\n');
}

const calendar = (size: string, more: object = {}) => ({
  kind: 'calendar',
  size,
  slide: null,
  stepUs: null,
  zone: 'UTC',
  offsetUs: 0,
  ...more,
});

test('W14 hop takes a size, a slide and an offset of either sign, kept within the slide', () => {
  expect(shape('hop(1h, 5m)')).toEqual({ kind: 'hop', sizeUs: H, slideUs: 5 * M, offsetUs: 0 });
  expect(shape('HOP( 10s,3s , -1s )')).toEqual({ kind: 'hop', sizeUs: 10 * S, slideUs: 3 * S, offsetUs: 2 * S });
  expect(shape('hop(1s, 250us, 7ms)')).toMatchObject({ slideUs: 250, offsetUs: 0 });
  expect(problem('hop(1m, 5m)')).toBe('5m | a slide of at most the size, 1m: rows between windows would be in none');
});

test('W16 cumulate takes a size, a step that divides it, and an offset kept within the size', () => {
  expect(shape('cumulate(1d, 1h, -8h)')).toEqual({ kind: 'cumulate', sizeUs: D, stepUs: H, offsetUs: 16 * H });
  expect(problem('cumulate(1h, 7m)')).toBe('7m | a step that divides the size: the nearest is cumulate(1h, 400s)');
  expect(problem('cumulate(1h, 2h)')).toContain('2h | a step of at most the size, 1h');
});

test('W15 calendar units take a zone anywhere, with or without quotes; without one it is UTC', () => {
  expect(shape('tumble(day, Europe/Berlin)')).toEqual(calendar('day', { zone: 'Europe/Berlin' }));
  expect(shape("tumble('Europe/Berlin', 1 day)")).toEqual(calendar('day', { zone: 'Europe/Berlin' }));
  expect(shape('tumble(1d, europe/berlin)')).toEqual(calendar('day', { zone: 'Europe/Berlin' }));
  expect(shape('tumble(month)')).toEqual(calendar('month'));
  expect(shape('tumble(1w, UTC)')).toEqual(calendar('week'));
  expect(shape('tumble(1w)')).toEqual({ kind: 'tumble', sizeUs: 7 * D, offsetUs: 0 });
  expect(shape('hop(week, day, Europe/Berlin)')).toEqual(calendar('week', { slide: 'day', zone: 'Europe/Berlin' }));
  expect(shape('hop(year, month)')).toEqual(calendar('year', { slide: 'month' }));
  expect(shape('cumulate(day, 1h, Europe/Berlin)')).toEqual(calendar('day', { stepUs: H, zone: 'Europe/Berlin' }));
  expect(shape('cumulate(month, 1d)')).toEqual(calendar('month', { stepUs: D }));
});

test('W15 an offset of days and weeks is kept within them, of longer units less than the shortest', () => {
  expect(shape('tumble(day, 20.5h, America/Los_Angeles)')).toMatchObject({ offsetUs: 20.5 * H });
  expect(shape('tumble(day, America/Los_Angeles, -3.5h)')).toMatchObject({ offsetUs: 20.5 * H });
  expect(shape('hop(week, day, -1h)')).toMatchObject({ offsetUs: 23 * H });
  expect(shape('tumble(month, -1d, Europe/Berlin)')).toMatchObject({ offsetUs: -D });
  expect(problem('tumble(month, 28d)')).toBe('4w | an offset of less than the shortest month, 4w');
});

test('W15 what has no meaning on a calendar is refused with the reason', () => {
  expect(problem('tumble(day, Europe/Berln)')).toBe(
    'Europe/Berln | a time zone such as Europe/Berlin, America/New_York or UTC; did you mean Europe/Berlin?',
  );
  for (const letters of ['IST', 'BST', '+01:00', '__proto__'])
    expect(problem(`tumble(day, ${letters})`)).not.toBe('none');
  expect(problem('tumble(1h, Europe/Berlin)')).toContain('1h | a calendar unit (day, week, month, quarter, year)');
  expect(problem('tumble(2 days, UTC)')).toContain('one calendar unit, as day, or a fixed length, as 2d');
  expect(problem('hop(week, 1h, Europe/Berlin)')).toContain('1h | a slide of calendar units: day or week');
  expect(problem('hop(day, week)')).toContain('a slide of at most the size');
  expect(problem('hop(month, week, UTC)')).toContain('not always the same number of weeks');
  expect(problem('hop(month, day, UTC)')).toContain('not always the same number of days');
  expect(problem('hop(2h, day)')).toContain('a size that is a calendar unit');
  expect(problem('cumulate(month, day, Europe/Berlin)')).toContain('a step of a fixed length');
  expect(problem('cumulate(day, 7h, Europe/Berlin)')).toContain('the nearest is 8h');
  expect(problem('cumulate(year, 1m, Europe/Berlin)')).toContain('the nearest allowed is 3200s');
  expect(problem('cumulate(1h, day)')).not.toBe('none');
  expect(problem('tumble(day, UTC, Europe/Berlin)')).toContain('one time zone');
});

test('W17 session takes a gap, fixed or as SQL over a row', () => {
  expect(shape('session(30m)')).toEqual({ kind: 'session', gapUs: 30 * M, gapExpression: null });
  expect(shape("session('10s')")).toEqual({ kind: 'session', gapUs: 10 * S, gapExpression: null });
  const sql = "CASE WHEN kind = 'a,b)' THEN INTERVAL 5 seconds ELSE coalesce(gap, '10s') END";
  expect(shape(`session(${sql})`)).toEqual({ kind: 'session', gapUs: null, gapExpression: sql });
  expect(problem('session(0s)')).toContain('above 0');
  expect(problem('session(-5s)')).toContain('above 0');
  expect(problem('session(10 minutes)')).toContain('10 minutes | the gap of session(…)');
  expect(problem('session(30m, 5m)')).toContain('the gap alone');
  expect(problem('session()')).toContain('a gap: session(30m)');
});

test('W18 global takes nothing', () => {
  expect(shape('global()')).toEqual({ kind: 'global' });
  expect(problem('global(1h)')).toContain('without arguments');
  expect(problem('globl()')).toContain('did you mean global?');
});

test('W22 lengths of 0 and below, beyond what is exact, and windows of too many panes are refused', () => {
  for (const text of ['tumble(0s)', 'tumble(-1m)', 'hop(1m, 0s)', 'hop(0s, 1s)', 'cumulate(1m, -1s)'])
    expect(problem(text)).toContain('to be above 0');
  expect(problem('hop(0s, 0s)').split('\n')).toHaveLength(2);
  expect(problem('tumble(999999999999w)')).toContain('a whole number of microseconds up to');
  expect(problem('tumble(6000w)')).toContain('at most 5200w');
  expect(problem('tumble(0.5us)')).toContain('a whole number of microseconds');
  expect(problem('hop(1h, 7ms)')).toBe(
    '7ms | at most 10000 panes per window, and this has 3600000: the nearest allowed is hop(1h, 360ms)',
  );
  expect(problem('cumulate(1h, 1ms)')).toContain('the nearest allowed is cumulate(1h, 360ms)');
  expect(problem('tumble(1m, 1m, 1m)')).toContain('a size, and perhaps an offset and a zone');
  expect(problem('hop(1m)')).toContain('a size and a slide');
});

test('a suggestion is always allowed', () => {
  const length = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.constantFrom('us', 'ms', 's', 'm', 'h', 'd'));
  fc.assert(
    fc.property(fc.constantFrom('hop', 'cumulate'), length, length, (kind, size, step) => {
      const text = `${kind}(${size.join('')}, ${step.join('')})`;
      const said = /nearest(?: allowed)? is (\w+\([^)]*\))/.exec(problem(text))?.[1];
      if (said !== undefined) expect(shape(said)).toHaveProperty('kind', kind);
    }),
    { numRuns: 1000 },
  );
});

test('any text is a shape or has problems, and nothing is thrown', () => {
  const piece = fc.constantFrom(
    ..."tumble hop cumulate session global ( ) , ; \" ' -- /* 1m 1d -5s 0s day week month Europe/Berlin UTC CAST( AS $$ e' [ ] 7.5.3 1e9h".split(
      ' ',
    ),
    ' ',
    '\u{1F600}',
    '\uD800',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc
      .tuple(fc.constantFrom('tumble(', 'hop(', 'cumulate(', 'session('), fc.array(piece, { maxLength: 8 }))
      .map(([start, pieces]) => `${start}${pieces.join(',')})`),
  );
  fc.assert(
    fc.property(text, (text) => {
      const parsed = parseShape(text);
      if ('problems' in parsed) {
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { expected } of parsed.problems) expect(expected).not.toBe('');
      }
    }),
    { numRuns: 2000 },
  );
});
