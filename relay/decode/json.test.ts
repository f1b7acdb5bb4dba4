import { expect, test } from 'vitest';
import { decodeJson } from './json.ts';

const decode = (text: string) => decodeJson(Buffer.from(text));

test('D7 integers beyond 2^53 are read from their text, wherever they are', () => {
  expect(decode('{"a": 9007199254740993, "b": {"c": [-9223372036854775808, 1]}, "d": 1e300, "e": 12}')).toEqual({
    a: 9007199254740993n,
    b: { c: [-9223372036854775808n, 1] },
    d: 1e300,
    e: 12,
  });
});

test('D2 a bare scalar becomes the field value', () => {
  expect(decode('21.5')).toEqual({ value: 21.5 });
  expect(decode('"on"')).toEqual({ value: 'on' });
});

test('D1 a byte order mark is no reason to refuse', () => {
  expect(decode('\ufeff{"a": 1}')).toEqual({ a: 1 });
});

test.each([
  ['', /empty/],
  ['null', /is null/],
  ['[]', /a list/],
  ['{"a": NaN}', /not JSON/],
  ['{"a": 1} {"a": 2}', /not JSON/],
])('D1 %j is rejected', (text, reason) => {
  expect(decode(text)).toMatchObject({ reason: expect.stringMatching(reason) });
});

test('D1 a tombstone, bytes that are not UTF-8 and a record too large are rejected', () => {
  expect(decodeJson(null)).toMatchObject({ reason: expect.stringMatching(/empty/) });
  expect(decodeJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toMatchObject({ reason: expect.stringMatching(/UTF-8/) });
  expect(decodeJson(Buffer.from('{"a": 1}'), 7)).toMatchObject({
    reason: expect.stringMatching(/8 bytes: expected at most 7/),
  });
});

test('D1 what is nested deeper than 100 levels is rejected, also beside an integer beyond 2^53', () => {
  const nested = (levels: number, inner: string) => '{"a":'.repeat(levels) + inner + '}'.repeat(levels);
  expect(decode(nested(100, '1'))).toMatchObject({ a: { a: {} } });
  for (const text of [
    nested(101, '1'),
    nested(10_000, '1'),
    `{"a": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    `{"big": 9007199254740993, "a": ${nested(10_000, '1')}}`,
  ])
    expect(decode(text)).toMatchObject({ reason: expect.stringMatching(/deeper than 100 levels/) });
});
