import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expand, expandComputed } from './compute.ts';
import type { SpecProblem } from './spec-problem.ts';
import { tokensOf } from './sql-text.ts';

const computed = (compute: Record<string, string>) =>
  expandComputed(compute, ({ expected }) => expect.unreachable(expected));
const problems = (compute: Record<string, string>) => {
  const found: SpecProblem[] = [];
  expandComputed(compute, (problem) => found.push(problem));
  return found.map(({ path, expected }) => `${path.join('.')}: ${expected}`);
};

test('W19 a computed field is written out where it is named, and may use those above it', () => {
  const fields = computed({ eur: 'price * 0.93', big: 'eur > 100' });
  expect(expand("big AND country = 'DE'", fields)).toBe("((price * 0.93) > 100) AND country = 'DE'");
  expect(expand('EUR::int', fields)).toBe('(price * 0.93)::int');
  expect(expand('substring(eur from 2)', fields)).toBe('substring((price * 0.93) from 2)');
  expect(expand('[eur, eur]', fields)).toBe('[(price * 0.93), (price * 0.93)]');
});

test('W19 tokens are the whole text, whatever it is', () => {
  const piece = fc.constantFrom(
    ...`' '' " "" $ $$ $a$ e' -- /* :: := . 1.5e3 été _x \uD800 \u{1F600} ( [ {`.split(' '),
    ' ',
    '\n',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (text) => {
      const tokens = tokensOf(text);
      expect(tokens.map((token) => token.text).join('')).toBe(text);
      expect(expand(text, computed({ never_named: '1' }))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["'eur' || e'it\\'s eur' || $$eur$$", 'texts'],
  ['"eur"', 'quoted names: the field under it'],
  ['order.eur + neuro + eur_2', 'names after a dot, and other names'],
  ['eur (1)', 'functions'],
  ['CAST(x AS eur) + x::eur', 'types'],
  ["eur '2026-01-01'", 'literals of a type'],
  ['extract(eur FROM x)', 'parts of a time'],
  ["INTERVAL 1 eur + INTERVAL '1' eur", 'units of an interval'],
  ["struct_pack(eur := 1) + {eur: 1}['eur']", 'names of struct fields'],
])('W19 %s is left as it is (%s)', (sql) => {
  expect(expand(sql, computed({ eur: '1' }))).toBe(sql);
});

test('W19 a computed field of a field’s name shadows it; the field is reached in quotes', () => {
  expect(expand('price', computed({ price: '"price" / 100' }))).toBe('("price" / 100)');
  expect(problems({ price: 'price / 100' })).toEqual([expect.stringContaining('double quotes, "price"')]);
});

test('W19 names in a circle, below, twice, or of SQL itself are refused', () => {
  expect(problems({ a: 'b + 1', b: 'a + 1' })).toEqual(['compute.a: only computed fields above it; move b before a']);
  expect(problems({ a: '1', A: '2' })).toEqual(['compute.A: each name once, whatever its case']);
  expect(problems({ end: '1' })[0]).toContain('a name that SQL does not use itself');
  expect(problems({ a: "x) or ('", b: 'x -- y', c: ' ', d: 'f(x' })).toEqual([
    'compute.a: no ")" without its opening',
    'compute.b: one SQL expression without comments ("--")',
    'compute.c: an SQL expression, and this is empty',
    'compute.d: a closing parenthesis',
  ]);
});

test('W19 fields that grow without bound when written out are refused', () => {
  const compute: Record<string, string> = { a0: 'x + x' };
  for (let n = 1; n < 60; n++) compute[`a${n}`] = `a${n - 1} + a${n - 1}`;
  const found = problems(compute);
  expect(found.length).toBeGreaterThan(0);
  expect(found[0]).toContain('at most 100000 characters');
});
