import { expect, test } from 'vitest';
import { rowText } from './row-text.ts';

const ROW = {
  windowStartUs: 5_000_000,
  windowEndUs: 10_000_001,
  columns: {},
  state: 'final',
  revision: 0,
  other: false,
  errors: {},
} as const;

test('times have three digits after the point, six where they are needed, and null in the global window', () => {
  expect(rowText(ROW, null)).toBe(
    '{"window_start":"1970-01-01T00:00:05.000Z","window_end":"1970-01-01T00:00:10.000001Z","state":"final","revision":0}',
  );
  expect(rowText({ ...ROW, windowStartUs: null, windowEndUs: null }, 'all "w"')).toBe(
    '{"_window":"all \\"w\\"","window_start":null,"window_end":null,"state":"final","revision":0}',
  );
});

test('integers of any size are written out, what JSON has no number for is text, lists are lists', () => {
  const columns = {
    big: 9_007_199_254_740_993n,
    least: -(2n ** 63n),
    nan: Number.NaN,
    plus: Number.POSITIVE_INFINITY,
    minus: Number.NEGATIVE_INFINITY,
    zero: -0,
    fraction: 0.1,
    'a"b': 'é\n',
    yes: true,
    nothing: null,
    top: [
      { value: 'a', count: 2 },
      { value: 7n, count: 1 },
    ],
  };
  const text = rowText({ ...ROW, columns, other: true, errors: { p: 0.01, q: Number.POSITIVE_INFINITY } }, null);
  expect(text).toContain(
    '"big":9007199254740993,"least":-9223372036854775808,"nan":"NaN","plus":"Infinity","minus":"-Infinity","zero":0,',
  );
  expect(text).toContain(
    '"a\\"b":"é\\n","yes":true,"nothing":null,"top":[{"value":"a","count":2},{"value":7,"count":1}]',
  );
  expect(text).toMatch(/,"_other":true,"state":"final","revision":0,"_errors":\{"p":0\.01,"q":"Infinity"\}\}$/);
  expect(JSON.parse(text)).toMatchObject({ fraction: 0.1, yes: true });
});
