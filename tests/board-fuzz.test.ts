import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boardText } from '../contract/spec/board-text.ts';
import { loadBoard, loadConfig } from '../contract/spec/load.ts';

const read = (name: string) => readFile(resolve(import.meta.dirname, '../boards', name), 'utf8');
const boards = await Promise.all(['shop.yaml', 'factory.yaml', 'hospital.yaml', 'warehouse.yaml'].map(read));
const config = await read('demo.yaml');
const known = {
  streams: ['shop_events', 'factory_events', 'hospital_events', 'warehouse_events'],
  windows: {},
  boards: [],
};

/** What a hand does to a file: a word for another, a line less, a line twice, a text cut short. */
const slip = fc.oneof(
  fc.record({
    kind: fc.constant('word' as const),
    at: fc.nat(),
    by: fc.constantFrom(
      '',
      '0',
      '-1',
      'null',
      '[]',
      '{}',
      '"',
      '{',
      '&a',
      '*a',
      '!!x',
      'window',
      'kind:',
      '1e99',
      '~',
      '\t',
    ),
  }),
  fc.record({
    kind: fc.constantFrom('without' as const, 'twice' as const, 'cut' as const),
    at: fc.nat(),
    by: fc.constant(''),
  }),
);

function slipped(text: string, slips: readonly (typeof slip extends fc.Arbitrary<infer T> ? T : never)[]): string {
  return slips.reduce((now, { kind, at, by }) => {
    const lines = now.split('\n');
    const line = at % lines.length;
    if (kind === 'cut') return now.slice(0, at % (now.length + 1));
    if (kind === 'without') return lines.toSpliced(line, 1).join('\n');
    if (kind === 'twice') return lines.toSpliced(line, 0, lines[line] ?? '').join('\n');
    const words = [...now.matchAll(/[\w.%$"']+/g)];
    const word = words[at % Math.max(1, words.length)];
    return word === undefined ? now : `${now.slice(0, word.index)}${by}${now.slice(word.index + word[0].length)}`;
  }, text);
}

test('B9 whatever is done to a board, it is one, or its problems are told with lines that are there', () => {
  fc.assert(
    fc.property(fc.constantFrom(...boards), fc.array(slip, { minLength: 1, maxLength: 4 }), (text, slips) => {
      const file = slipped(text, slips);
      const loaded = loadBoard(file, known);
      if ('problems' in loaded) {
        expect(loaded.problems.length).toBeGreaterThan(0);
        for (const { line, found, expected } of loaded.problems) {
          expect(line).toBeLessThanOrEqual(file.split('\n').length);
          expect(found.length * expected.length).toBeGreaterThan(0);
        }
      } else expect(loadBoard(boardText(loaded.board, 'x'), known)).toHaveProperty('board', loaded.board);
    }),
    { numRuns: 100 },
  );
});

test('B9 and to a configuration', () => {
  fc.assert(
    fc.property(fc.array(slip, { minLength: 1, maxLength: 4 }), (slips) => {
      const loaded = loadConfig(slipped(config, slips));
      const problems = 'problems' in loaded ? loaded.problems : loaded.playlistProblems(['shop']);
      for (const { line, expected } of problems) expect(line * expected.length).toBeGreaterThan(0);
      if ('problems' in loaded) expect(problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});
