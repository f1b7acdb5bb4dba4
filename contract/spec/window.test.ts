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
  for (const wrong of ['', '1', '1y', '-1s', '1 s s', '0.5us', '9e9h', '99999999999w'])
    expect(parseDurationUs(wrong)).toBeNull();
  for (const text of ['7us', '250ms', '10s', '1m', '90m', '1d', '2w'])
    expect(formatDurationUs(parseDurationUs(text) ?? 0)).toBe(text);
  expect(parseDurationUs('1234.567ms')).toBe(1234567);
  expect(formatDurationUs(0)).toBe('0s');
  expect(formatDurationUs(-1_500_000)).toBe('-1500ms');
  fc.assert(fc.property(fc.maxSafeNat(), (us) => parseDurationUs(formatDurationUs(us)) === us));
});

test('a semicolon within quotes is part of a name or a text, elsewhere it is refused', () => {
  const spec = { from: 's', window: 'tumble(1m)', select: { n: 'count()' }, late: { allow: '0s' } };
  expect(parseWindow({ ...spec, by: ['"a;b"'], where: `c = ';' AND "it''s;" > 1` })).toHaveProperty('window');
  expect(parseWindow({ ...spec, by: ['a; drop'], where: `c = 'x'; --'` })).toMatchObject({
    problems: [{ path: ['by', 0] }, { path: ['where'] }],
  });
});

const parsed = (more: object) => parseWindow(spec('tumble(1m)', more));
const problems = (more: object) => {
  const result = parsed(more);
  return 'problems' in result ? result.problems.map(({ path, expected }) => `${path.join('.')}: ${expected}`) : [];
};

test('W19 computed fields are written out in where, by, dedup, gaps and select; names stay as written', () => {
  const result = parseWindow(
    spec('session(pause)', {
      compute: { eur: 'price * 0.93', pause: "'10s'" },
      where: 'eur > 1',
      dedup: { by: ['eur'], within: '1m' },
      by: ['eur', 'country'],
      select: { total: 'sum(eur)', cheap: 'ratio(eur < 5)', name: 'arg_max(name, eur) filter (eur > 2)' },
    }),
  );
  expect(result).toMatchObject({
    window: {
      shape: { gapExpression: "('10s')" },
      where: '(price * 0.93) > 1',
      dedup: { by: ['(price * 0.93)'], withinUs: 60e6 },
      by: [
        { name: 'eur', expression: '(price * 0.93)' },
        { name: 'country', expression: 'country' },
      ],
      select: [
        { expression: { aggregate: { argument: '(price * 0.93)' } } },
        { expression: { left: { aggregate: { filter: '(price * 0.93) < 5' } } } },
        { expression: { aggregate: { by: '(price * 0.93)', filter: '(price * 0.93) > 2' } } },
      ],
    },
  });
});

test('by is a list, whose quoted names are told without quotes, or a map of names', () => {
  expect(parsed({ by: ['a', '"b c"', 'lower(d)'] })).toMatchObject({
    window: {
      by: [
        { name: 'a', expression: 'a' },
        { name: 'b c', expression: '"b c"' },
        { name: 'lower(d)', expression: 'lower(d)' },
      ],
    },
  });
  expect(parsed({ by: { hour: 'hour(ts)' } })).toMatchObject({
    window: { by: [{ name: 'hour', expression: 'hour(ts)' }], groupings: [[0]], hasGroupingSets: false },
  });
});

test('W36 grouping sets name by-columns, each once', () => {
  expect(parsed({ by: ['a', 'b'], grouping_sets: [['b', 'a'], ['a'], []] })).toMatchObject({
    window: { groupings: [[0, 1], [0], []], hasGroupingSets: true },
  });
  expect(problems({ by: ['a', 'b'], grouping_sets: [['c'], ['a', 'a'], ['a', 'b'], ['b', 'a']] })).toEqual([
    'grouping_sets.0.0: a by-column: a, b',
    'grouping_sets.1.1: each by-column once in a set',
    'grouping_sets.3: each set once',
  ]);
  expect(problems({ by: ['a'], grouping_sets: [] })[0]).toContain('at least one set');
});

test('dedup needs a key, and lasts 10 s where no stream says otherwise', () => {
  expect(parsed({ dedup: { by: ['id'] } })).toMatchObject({ window: { dedup: { by: ['id'], withinUs: 10e6 } } });
  const bad = { ...spec('tumble(1m)'), dedup: { by: [], within: 'soon' } };
  expect(parseWindow(bad)).toMatchObject({ problems: [{ path: ['dedup', 'by'] }, { path: ['dedup', 'within'] }] });
});

test('columns of a window have names of their own', () => {
  expect(problems({ by: ['state', 'a', 'A'], select: { a: 'count()', Window_End: 'count()' } })).toEqual([
    'by.0: another name, for there is a column that every window has of this one, as by: { state_2: "state" }',
    'by.2: another name, for there is a by-column of this one, as by: { A_2: "A" }',
    'select.a: another name, for there is a by-column of this one',
    'select.Window_End: another name, for there is a column that every window has of this one',
  ]);
  expect(problems({ by: ['_window', 'other'], select: { _OTHER: 'count()', _errors: 'sum(a)' } })).toEqual([
    'by.0: another name, for there is a key of printed rows of this one, as by: { _window_2: "_window" }',
    'select._OTHER: another name, for there is a key of printed rows of this one',
    'select._errors: another name, for there is a key of printed rows of this one',
  ]);
});

test('W22 columns that name each other in a circle, and rates of all of time, are refused', () => {
  expect(
    problems({ select: { a: 'b + 1', b: 'c', c: 'b * 2', n: 'count()' } }).map((text) => text.split(':')[0]),
  ).toEqual(['select.b', 'select.c']);
  expect(parseWindow(spec('global()', { select: { r: 'rate() * 60' } }))).toMatchObject({
    problems: [{ path: ['select', 'r'], expected: expect.stringContaining('no length') }],
  });
});

test('any spec is parsed or has problems with paths into it, and nothing is thrown', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc
      .array(
        fc.constantFrom(
          ..."a b eur ( ) , ; \" ' -- sum( count() ratio( rate() filter( where quantile(x,0.5) top_k(x,3) + - * / 1 $$ e'".split(
            ' ',
          ),
        ),
        { maxLength: 12 },
      )
      .map((pieces) => pieces.join(' ')),
  );
  const name = fc.constantFrom('a', 'b', 'eur', 'A', 'end', 'state', '_', 'constructor');
  const specs = fc.record(
    {
      from: fc.constant('s'),
      window: fc.oneof(text, fc.constantFrom('tumble(1m)', 'hop(day, 1h)', 'session(eur)', 'global()')),
      compute: fc.dictionary(name, text, { maxKeys: 4 }),
      where: text,
      dedup: fc.record({ by: fc.array(text, { maxLength: 2 }) }),
      by: fc.oneof(fc.array(text, { maxLength: 3 }), fc.dictionary(name, text, { maxKeys: 3 })),
      grouping_sets: fc.array(fc.array(name, { maxLength: 3 }), { maxLength: 3 }),
      select: fc.dictionary(name, text, { maxKeys: 4 }),
      late: fc.record({ allow: fc.constantFrom('0s', '1m', 'soon') }),
    },
    { requiredKeys: ['from', 'window', 'by', 'select', 'late'] },
  );
  fc.assert(
    fc.property(specs, (spec) => {
      const result = parseWindow(spec);
      if ('window' in result) return;
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { path, found, expected } of result.problems) {
        expect(found).toBeTypeOf('string');
        expect(expected).not.toBe('');
        let at: unknown = spec;
        for (const part of path) {
          expect(at).toHaveProperty([part]);
          at = (at as Record<string | number, unknown>)[part];
        }
      }
    }),
    { numRuns: 1000 },
  );
});
