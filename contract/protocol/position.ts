import { z } from 'zod';

/**
 * A position says, per partition, the next offset a reader wants. Offsets only mean something inside one epoch:
 * Kafka's is cluster id + topic id, MQTT's is the relay's run. (SPEC P1–P5)
 */
export const PositionSchema = z.strictObject({
  epoch: z.string().max(200),
  /** Partition number (as text, JSON keys) → next offset. */
  next: z.record(z.string().regex(/^\d+$/), z.int().nonnegative()),
});
export type Position = z.infer<typeof PositionSchema>;

/** Rows that were dead letters are a partition of their own, beside the source's; its offsets count them. (X5) */
export const REPLAY_PARTITION = 0xffff_0000;

/**
 * A loss of so many offsets or more says nothing of how many records it was: after a damaged end a source without a past
 * goes on so far above it, so that no offset is ever given to two records.
 */
export const UNKNOWN_SPAN = 2 ** 32;

/** Records in a loss of so many offsets; null: nobody knows. */
export function recordsLost(offsets: number): number | null {
  return offsets > 0 && offsets < UNKNOWN_SPAN ? offsets : null;
}

/** What a frame covers: offsets `[firstOffset, nextOffset)` of one partition; there may be holes inside. */
export interface Extent {
  readonly epoch: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
}

/** How a frame meets a position. Only `apply` and `overlap` change the store. */
export type Meeting =
  | { readonly kind: 'apply' }
  /** Rows below `fromOffset` are already there; the rest is new. (P3) */
  | { readonly kind: 'overlap'; readonly fromOffset: number }
  | { readonly kind: 'duplicate' }
  /** Offsets `[wanted, found)` were never delivered nor declared lost: ask again from `wanted`. (P4) */
  | { readonly kind: 'hole'; readonly wanted: number; readonly found: number }
  | { readonly kind: 'other-epoch' };

/** Decides what to do with a frame; `next` is undefined for a partition not seen yet, which any frame may open. */
export function meet(position: Position, extent: Extent): Meeting {
  if (extent.epoch !== position.epoch) return { kind: 'other-epoch' };
  const next = position.next[extent.partition];
  if (next === undefined || extent.firstOffset === next) return { kind: 'apply' };
  if (extent.nextOffset <= next) return { kind: 'duplicate' };
  if (extent.firstOffset < next) return { kind: 'overlap', fromOffset: next };
  return { kind: 'hole', wanted: next, found: extent.firstOffset };
}

/** The position after `partition` has been applied up to `nextOffset`; never moves back. (P2) */
export function advance(position: Position, partition: number, nextOffset: number): Position {
  const before = position.next[partition] ?? 0;
  return { epoch: position.epoch, next: { ...position.next, [partition]: Math.max(before, nextOffset) } };
}
