import { expect, test } from 'vitest';
import { decodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { encodeRows } from '../../relay/serve/encode-rows.ts';
import { testSchema } from '../../tests/support/frames.ts';
import { decodeArrow } from '../store/arrow.ts';
import { openNodeDatabase } from '../store/open-node.ts';
import { FrameBlock } from './frame-block.ts';
import { stage } from './stage.ts';

/** Its time field is not the first one. */
const SCHEMA = {
  ...testSchema('s', {
    name: 'string',
    at: 'timestamp',
    price: 'float64',
    count: 'int64',
    'na"me2': 'string',
    ok: 'bool',
  }),
  timeField: 'at',
};

/** Every third cell is null; texts repeat, so that many rows make a dictionary of them and few do not. */
function block(rows: number, firstOffset: number, step: number): FrameBlock {
  const placed = Array.from({ length: rows }, (_, row) => ({
    offset: firstOffset + row * step,
    eventTimeUs: row * 1000,
    cells: [row * 7, `n${row % 4}`, row / 8, row, `ü${row % 3}`, row % 2 === 0].map((cell, column) =>
      (row + column) % 3 === 0 ? null : cell,
    ),
  }));
  const place = { partition: 0, firstOffset, nextOffset: firstOffset + rows * step };
  const header = { ...place, stream: 's', epoch: 'e', watermarkBeforeUs: MIN_TIME_US, sealedAtUs: 1 };
  return new FrameBlock(decodeFrame(encodeRows(header, SCHEMA, placed).message), SCHEMA, 0, () => {
    throw new RangeError('no expressions');
  });
}

const cases = { 'plain texts': [3, 1], dictionaries: [200, 1], 'holes between offsets': [70, 2] } as const;

for (const [what, [rows, step]] of Object.entries(cases))
  test(`W1 only the fields that expressions name are staged, with the values they had: ${what}`, async () => {
    const database = await openNodeDatabase(64 * 2 ** 20);
    try {
      const blocks = [block(rows, 0, step), block(rows, rows * step, step)];
      const staged = stage(blocks, SCHEMA, ['PRICE * 2', `"na""me2" || 'x'`, 'timestamp']);
      expect([...(staged?.fields ?? [])]).toEqual(['timestamp', 'price', 'na"me2']);
      database.insert(staged?.ipc ?? new Uint8Array(0), { schema: 'main', name: 'staged' }, true);
      const times = ['_event_time', 'timestamp'].map((name) => `epoch_us(${name})::DOUBLE AS ${name}_us`);
      const table = decodeArrow(database.run(`SELECT ${times}, price, "na""me2" FROM staged`));
      const unlessThird = <T>(row: number, column: number, cell: T) => ((row + column) % 3 === 0 ? null : cell);
      const wanted = Array.from({ length: rows }, (_, row) => [
        row * 1000,
        unlessThird(row, 0, row * 7),
        unlessThird(row, 2, row / 8),
        unlessThird(row, 4, `ü${row % 3}`),
      ]);
      const found = Array.from({ length: table.numRows }, (_, row) =>
        [0, 1, 2, 3].map((column) => table.getChildAt(column).at(row)),
      );
      expect(found).toEqual([...wanted, ...wanted]);
    } finally {
      database.close();
    }
  });

test('W1 what may name columns in other ways has them all', () => {
  const blocks = [block(3, 0, 1)];
  for (const sql of ['_offset % 2', 'least(COLUMNS(*))', 'least(columns /* all */ (*))', 'hash(*)', 'concat(name, *)'])
    expect(stage(blocks, SCHEMA, [sql])).toBeNull();
  expect(stage(blocks, SCHEMA, ['price*count'])?.fields).toEqual(new Set(['price', 'count']));
});
