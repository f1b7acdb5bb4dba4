import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './lines.ts';

test('lines and their numbers do not depend on how the bytes are cut into chunks', () => {
  const line = fc.string({ unit: fc.constantFrom('a', '€', '😀', ' ', '\r', '{'), maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.boolean(),
      (lines, sizes, ends) => {
        const bytes = Buffer.from(lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));
        const whole = split([bytes]);
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(split(chunks)).toEqual(whole);
        const expected = lines
          .map((text, offset) => ({ offset, text: text.replace(/\r$/, '') }))
          .filter(({ text }) => /[^ \t]/.test(text));
        expect(whole).toEqual(expected);
      },
    ),
  );
});

function split(chunks: readonly Buffer[]) {
  const splitter = new LineSplitter(1_000);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()].map(({ offset, value }) => ({
    offset,
    text: Buffer.from(value).toString(),
  }));
}

test('of an endless line only the limit is kept', () => {
  const splitter = new LineSplitter(10);
  for (let chunk = 0; chunk < 1_000; chunk++) expect(splitter.push(Buffer.alloc(100, 0x61))).toEqual([]);
  const [line] = splitter.push(Buffer.from('\n'));
  expect(line?.value).toEqual(Buffer.from([...Buffer.from('aaaaaaaaaa'), 0xff]));
});
