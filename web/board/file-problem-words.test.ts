import { expect, test } from 'vitest';
import { fileWords, shownWords } from './file-problem-words.ts';

test('B5 a file with problems says what stands on the page meanwhile', () => {
  const problem = (board: string | null) => ({ file: 'boards/shop.yaml', board, lines: ['one', 'two'] });
  const boards = { shop: {} };
  expect(fileWords(problem('shop'))).toBe('boards/shop.yaml has 2 problems.');
  expect(shownWords(problem('shop'), boards)).toBe('The last good version is shown.');
  expect(shownWords(problem('never_good'), boards)).toBe('It is shown when it is mended.');
  expect(shownWords(problem(null), boards)).toBe('What it said before still holds.');
});
