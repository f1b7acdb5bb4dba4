import { expect, test } from 'vitest';
import type { FramePart } from '../../contract/protocol/frame.ts';
import type { Block } from './column.ts';
import { SeenKeys } from './seen-keys.ts';

/** Rows of these times, all of one event. */
function rowsAt(times: readonly number[], parts?: readonly FramePart[], from = 0): Block {
  return {
    ...{ rows: times.length, from, parts },
    partitionAt: () => 0,
    timeUs: Float64Array.from(times),
    offsetAt: (row) => row,
    column: () => ({ kind: 'number', values: new Float64Array(times.length), validity: null }),
  };
}

const part = (rows: number, watermarkBeforeUs: number): FramePart => ({ rows, watermarkBeforeUs });
const verdicts = (block: Block, watermarkUs: number | null, seen = new SeenKeys({ by: ['id'], withinUs: 10 })) => {
  const judge = seen.judge(block, watermarkUs);
  return Array.from({ length: block.rows - block.from }, (_, index) => judge(block.from + index));
};

test('W31 F10 rows of a part are judged by its watermark: what it has reached is forgotten', () => {
  const times = [10, 11, 30, 31, 32];
  expect(verdicts(rowsAt(times), 5)).toEqual(['new', 'duplicate', 'duplicate', 'duplicate', 'duplicate']);
  const parts = [part(2, 5), part(1, 20), part(2, 31)];
  expect(verdicts(rowsAt(times, parts), 5)).toEqual(['new', 'duplicate', 'new', 'too late', 'duplicate']);
});

test('W31 F10 of parts that are known a row is left out, and a watermark from before them stays', () => {
  const parts = [part(1, 5), part(2, 19)];
  expect(verdicts(rowsAt([10, 11, 20], parts, 1), null)).toEqual(['too late', 'new']);
  expect(verdicts(rowsAt([10, 22, 40], parts), 21)).toEqual(['too late', 'new', 'duplicate']);
});
