import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDroppedFileSource } from './dropped-file.ts';
import { listElements } from './list-elements.ts';

test('D7 the numbers of a dropped list are those of the file, however large', async () => {
  const file = new File(
    ['\uFEFF[ {"big":9007199254740993,"huge":1e400},\n 12345678901234567890 , "a]\\",[" ]\n'],
    'x.json',
  );
  const values: string[] = [];
  const offsets: number[] = [];
  for await (const event of createDroppedFileSource(file).read('earliest', new AbortController().signal))
    if (event.kind === 'records')
      for (const { value, offset } of event.records) {
        values.push(new TextDecoder().decode(value ?? undefined));
        offsets.push(offset);
      }
  expect(values).toEqual(['{"big":9007199254740993,"huge":1e400}', '12345678901234567890', '"a]\\",["']);
  expect(offsets).toEqual([0, 1, 2]);
});

test('D7 any list is cut into the texts of its elements, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom('', ' ', '\n  '), (list, space) => {
      const texts = list.map((element) => JSON.stringify(element, null, space));
      const text = `${space}[${space}${texts.join(`${space},${space}`)}${space}]${space}`;
      expect([...listElements(text)]).toEqual(texts);
    }),
  );
});
