/**
 * What a relay keeps of one stream and epoch, for its readers: frames and losses in the order they came.
 *
 *     sequence   start …………………………… end          entries tile each partition: a frame starts where the one before ended
 *     partition  floor ──────────── head         offsets in [floor, head) are here; from head on they will be
 *
 * What every log promises (tests/contract/log.contract.ts):
 *   L1  Entries come back as they were appended, in that order, under rising sequence numbers without holes.
 *   L2  `seek` gives a sequence from which everything at or after the position is there, or null when it is not.
 *   L3  The floor only rises, and only by whole entries, oldest first.
 *   L4  A listener hears of every append after it was added, until it is removed.
 */
export interface Log {
  readonly start: number;
  readonly end: number;
  get(sequence: number): LogEntry | null;
  /** A frame's `firstOffset` must be the partition's head, a gap's may be beyond it (what lies between had no rows). */
  append(entry: LogEntry): void;
  /** A partition exists; its floor and head are `offset`. Ignored for one that is known. */
  open(partition: number, offset: number): void;
  /** Partition → offset. */
  floor(): ReadonlyMap<number, number>;
  head(): ReadonlyMap<number, number>;
  seek(next: Readonly<Record<string, number>>): number | null;
  subscribe(listener: () => void): () => void;
  readonly bytes: number;
  close(): void;
}

export type LogEntry =
  | {
      readonly kind: 'frame';
      readonly partition: number;
      readonly firstOffset: number;
      readonly nextOffset: number;
      readonly schemaVersion: number;
      /** The whole message, sent as it is to every reader. (F6) */
      readonly message: Uint8Array;
      /** Bytes a reader's credit pays for: the payload's. */
      readonly payloadBytes: number;
    }
  | {
      readonly kind: 'gap';
      readonly partition: number;
      readonly firstOffset: number;
      readonly nextOffset: number;
      readonly reason: string;
    };
