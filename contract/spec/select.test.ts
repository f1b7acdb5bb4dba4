import { expect, test } from 'vitest';
import { type Expression, parseSelect } from './select.ts';

function parse(text: string, names: string[] = []): Expression {
  const parsed = parseSelect('x', text, ['x', ...names]);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.select.expression;
}
const problem = (text: string) => {
  const parsed = parseSelect('x', text, ['x']);
  return 'problem' in parsed ? parsed.problem : null;
};
const aggregate = (text: string) => {
  const expression = parse(text);
  return expression.kind === 'aggregate' ? expression.aggregate : null;
};

test('an argument is SQL up to the comma or parenthesis that ends it', () => {
  expect(aggregate("sum(coalesce(price, 0) * if(country = 'a,b)', 2, 1))")).toEqual({
    fn: 'sum',
    argument: "coalesce(price, 0) * if(country = 'a,b)', 2, 1)",
    by: null,
    rank: null,
    k: null,
    filter: null,
  });
  expect(aggregate("sum(CASE WHEN name = 'it''s' THEN 1 END)")?.argument).toBe("CASE WHEN name = 'it''s' THEN 1 END");
});

test('count takes no argument, a star or a value; count_if is a filtered count', () => {
  expect(aggregate('count()')).toEqual({ fn: 'count', argument: null, by: null, rank: null, k: null, filter: null });
  expect(aggregate('COUNT(*)')).toEqual({ fn: 'count', argument: null, by: null, rank: null, k: null, filter: null });
  expect(aggregate("count_if(action = 'purchase')")).toEqual({
    fn: 'count',
    argument: null,
    by: null,
    rank: null,
    k: null,
    filter: "action = 'purchase'",
  });
  expect(aggregate("sum(price) filter (where action = 'purchase')")?.filter).toBe("action = 'purchase'");
});

test('quantile takes a rank; median is the rank one half', () => {
  expect(aggregate('quantile(latency_ms, 0.95)')).toEqual({
    fn: 'quantile',
    argument: 'latency_ms',
    by: null,
    rank: 0.95,
    k: null,
    filter: null,
  });
  expect(aggregate('median(latency_ms)')?.rank).toBe(0.5);
  expect(problem('quantile(latency_ms, 95)')).toContain('between 0 and 1');
});

test('variance, arg_max and top_k keep their second argument and their family', () => {
  expect(aggregate('var_samp(x)')?.fn).toBe('variance');
  expect(aggregate('stddev_samp(x)')?.fn).toBe('stddev');
  expect(aggregate('stddev_pop(x)')?.fn).toBe('stddev_pop');
  expect(aggregate('arg_max(name, coalesce(a, b)) filter (ok)')).toEqual({
    fn: 'arg_max',
    argument: 'name',
    by: 'coalesce(a, b)',
    rank: null,
    k: null,
    filter: 'ok',
  });
  expect(aggregate('top_k(page, 10)')).toMatchObject({ fn: 'top_k', argument: 'page', k: 10 });
  for (const wrong of ['top_k(page, 0)', 'top_k(page, 1001)', 'top_k(page, 1.5)', 'top_k(page, n)'])
    expect(problem(wrong)).toContain('a whole number from 1 to 1000');
});

test('ratio and rate are written with counts, sums and the length of the window', () => {
  expect(parse("ratio(action = 'buy') filter (where country = 'DE')")).toEqual({
    kind: 'binary',
    operator: '/',
    left: parse("count() filter ((action = 'buy') AND (country = 'DE'))"),
    right: parse("count() filter (country = 'DE')"),
  });
  expect(parse('rate()')).toEqual({
    kind: 'binary',
    operator: '/',
    left: parse('count()'),
    right: { kind: 'seconds' },
  });
  expect(parse('rate(bytes) filter (ok) * 8')).toMatchObject({ left: { left: parse('sum(bytes) filter (ok)') } });
});

test('arithmetic binds as in school, and names refer to other columns', () => {
  expect(parse('1 + 2 * 3')).toMatchObject({ operator: '+', right: { operator: '*' } });
  expect(parse('(1 + 2) * 3')).toMatchObject({ operator: '*', left: { operator: '+' } });
  expect(parse('a / b', ['a', 'b'])).toEqual({
    kind: 'binary',
    operator: '/',
    left: { kind: 'name', name: 'a' },
    right: { kind: 'name', name: 'b' },
  });
  expect(parse('1 - 2 - 3')).toMatchObject({ left: { operator: '-' }, right: { value: 3 } });
});

test('what is not the language is refused with what would be right', () => {
  expect(problem('total(price)')).toContain('one of count, count_if');
  expect(problem('price')).toContain('sum(price)');
  expect(problem('sum(price')).toContain('closing parenthesis');
  expect(problem('sum(a, b)')).toContain('sum as sum(x)');
  expect(problem('count() count()')).toContain('an operator or the end');
  expect(problem("sum('open)")).toContain("closing '");
  expect(problem('sum(1); drop table x')).toContain('an operator or the end');
  expect(problem('sum(1; drop)')).toContain('without ";"');
  expect(problem('')).toContain('an aggregate');
  expect(problem('sun(x)')).toContain('did you mean sum?');
  expect(problem('count(DISTINCT x)')).toContain('count_distinct(x)');
  expect(problem('sum(*)')).toContain('only count takes a star');
  expect(problem('sum(x) filter ()')).toContain('one condition');
  expect(problem('sum(x /* all */)')).toContain('without comments');
  expect(problem('9007199254740993')).toContain('up to 2^53');
  expect(problem('('.repeat(1000))).toContain('levels of nesting');
  expect(problem('-'.repeat(1000))).toContain('levels of nesting');
});
