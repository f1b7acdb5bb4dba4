import { expect, test } from 'vitest';
import { advance, meet, type Position, PositionSchema } from './position.ts';

const position: Position = { epoch: 'cluster:topic', next: { 0: 10, 1: 0 } };
const extent = (firstOffset: number, nextOffset: number, partition = 0, epoch = position.epoch) => ({
  epoch,
  partition,
  firstOffset,
  nextOffset,
});

test('P1 a frame of another epoch is never compared by offset', () => {
  expect(meet(position, extent(10, 20, 0, 'cluster:recreated'))).toEqual({ kind: 'other-epoch' });
});

test('P2 a position never moves back within an epoch', () => {
  expect(advance(position, 0, 7).next[0]).toBe(10);
  expect(advance(position, 0, 12)).toEqual({ epoch: position.epoch, next: { 0: 12, 1: 0 } });
  expect(position.next[0]).toBe(10);
});

test('P3 a frame wholly below the position is a duplicate, one that reaches past it overlaps', () => {
  expect(meet(position, extent(4, 10))).toEqual({ kind: 'duplicate' });
  expect(meet(position, extent(4, 11))).toEqual({ kind: 'overlap', fromOffset: 10 });
  expect(meet(position, extent(10, 11))).toEqual({ kind: 'apply' });
});

test('P4 a frame beyond the position is a hole with its bounds', () => {
  expect(meet(position, extent(12, 20))).toEqual({ kind: 'hole', wanted: 10, found: 12 });
});

test('P1 a partition not seen yet may be opened by any frame', () => {
  expect(meet(position, extent(500, 501, 7))).toEqual({ kind: 'apply' });
});

test('P1 a position read from the wire holds only partition numbers and whole offsets', () => {
  for (const next of [{ '-1': 0 }, { 0: 1.5 }, { 0: -1 }, { x: 1 }])
    expect(PositionSchema.safeParse({ epoch: 'e', next }).success).toBe(false);
  expect(PositionSchema.safeParse(position).success).toBe(true);
});
