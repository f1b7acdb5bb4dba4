import { expect, test } from 'vitest';
import { isAccepted, refusedWords } from './accepted.ts';

test('K11 files that are not of JSON are refused by name, all of them counted', () => {
  const files = ['a.jsonl', 'B.JSON', 'c.ndjson', 'd.csv', 'e.jsonl.gz', 'f'].map((name) => ({ name }));
  expect(files.filter(isAccepted).map(({ name }) => name)).toEqual(['a.jsonl', 'B.JSON', 'c.ndjson']);
  expect(refusedWords(files.slice(0, 3))).toBeNull();
  expect(refusedWords(files.slice(0, 4))).toBe('d.csv is not a .jsonl, .ndjson or .json file: it was not read.');
  expect(refusedWords(files.slice(0, 5))).toMatch(/^d\.csv and one more are not .*: they were not read\.$/);
  expect(refusedWords(files)).toMatch(/^d\.csv and 2 more /);
});
