import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { FieldType } from '../../contract/spec/field.ts';
import { OpenBatch } from './open-batch.ts';
import { readRows } from './read-frame.ts';

const types: Record<FieldType, fc.Arbitrary<unknown>> = {
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float64: fc.double(),
  string: fc.string({ unit: 'grapheme' }),
  bool: fc.boolean(),
  timestamp: fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
};
const names = ['at', ...(Object.keys(types) as FieldType[])];
const schema: StreamSchema = {
  ...{ type: 'schema', stream: 's', version: 1, timeField: 'at', inferred: false },
  fields: names.map((name) => {
    const type = name === 'at' ? 'timestamp' : (name as FieldType);
    return { name, type, role: 'text', unit: null };
  }),
};

test('F3 rows come back from a frame as they went in, to the microsecond and the last bit', () => {
  const row = fc.record({
    skipped: fc.integer({ min: 0, max: 3 }),
    eventTimeUs: types.timestamp as fc.Arbitrary<number>,
    cells: fc.tuple(...Object.values(types).map((type) => fc.option(type))),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.nat(2 ** 40), (written, firstOffset) => {
      const batch = new OpenBatch(schema);
      let offset = firstOffset;
      const rows = written.map(({ skipped, eventTimeUs, cells }) => {
        offset += skipped;
        return { offset: offset++, eventTimeUs, cells: cells as (string | null)[] };
      });
      for (const one of rows) batch.append(one.offset, one);
      expect(readRows(batch.encode(firstOffset).payload, firstOffset, schema)).toEqual(rows);
    }),
  );
});
