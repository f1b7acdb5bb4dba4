import type { FloorGap } from './entry-index.ts';

/**
 * What a relay keeps of one stream and epoch, for its readers: frames and losses in the order they came.
 *
 *     sequence   start ………………………… end ┄┄┄┄┄┄▶       entries tile each partition: one starts where the one before ended
 *     partition  floor ────────── head ┄┄┄┄┄┄▶       offsets in [floor, head) are here; from head on they will be
 *                                     └ appended, and not shown yet: not on the disk, where that counts
 *
 * What every log promises (tests/contract/log.contract.ts, SPEC L1–L4):
 *   L1  Entries come back as they were appended, in that order, under rising sequence numbers without holes.
 *   L2  `seek` gives a sequence from which everything at or after the position is there, or null when it is not.
 *   L3  The floor only rises, and only by whole entries, oldest first.
 *   L4  What `kept` tells of is never taken back.
 */
export interface Log {
  readonly start: number;
  readonly end: number;
  /** Null: nothing is there, nothing yet, or it cannot be read for now. */
  get(sequence: number): LogEntry | null;
  /** The same without its message, which is not read for that. */
  extent(sequence: number): LogExtent | null;
  /** A frame's `firstOffset` must be where the partition's last entry ended, others' may be beyond it (nothing is there). */
  append(entry: LogEntry): void;
  /** A partition exists; its floor and head are `offset`. Ignored for one that is known. */
  open(partition: number, offset: number): void;
  /** Partition → offset. */
  floor(): ReadonlyMap<number, number>;
  head(): ReadonlyMap<number, number>;
  /** By partition: a gap of unknown size that was let go, and the floor has not moved on since. */
  floorGaps(): ReadonlyMap<number, FloorGap>;
  seek(next: Readonly<Record<string, number>>): number | null;
  /**
   * Per partition the offset from which every kept event at or after the time is there. `whole` false: there were, or may
   * have been, such events before the floor. (P7)
   */
  since(eventTimeUs: number): { readonly next: Readonly<Record<string, number>>; readonly whole: boolean };
  /** Why the disk has nothing at this sequence any more, for the viewer; null: it is there, or went for its size or age. */
  lostReason(sequence: number): string | null;
  /** Of all that ever came; MIN_TIME_US: none did. */
  newestUs(): number;
  /** Appended and not shown yet. */
  readonly hidden: number;
  readonly bytes: number;
  /** Why it cannot take more now; null when all is well. */
  readonly trouble: { readonly message: string; readonly fix: string } | null;
  /** Resolves when it can take more. Rejects when it never will again. */
  room(): Promise<void>;
  /** Resolves when what was appended is told as kept, or cannot be for now. */
  flush(): Promise<void>;
  /** What was appended is kept for another start. */
  close(): Promise<void>;
}

export interface LogEvents {
  /** Resolves when what entries stand on (dead letters) is on the disk; asked before the log itself is synced. */
  keeping?(): Promise<void>;
  /** `end` has moved. */
  shown(): void;
  /** Every record below these offsets is kept: on the disk, or in memory where that is all there is. */
  kept(next: Readonly<Record<string, number>>): void;
}

export type LogEntry =
  | {
      readonly kind: 'frame';
      readonly partition: number;
      readonly firstOffset: number;
      readonly nextOffset: number;
      readonly schemaVersion: number;
      readonly maxEventTimeUs: number;
      /** The whole message, sent as it is to every reader. (F6) */
      readonly message: Uint8Array;
      /** Bytes a reader's credit pays for: the payload's. */
      readonly payloadBytes: number;
    }
  /** Records that are no rows, or a watermark that has moved on without any. */
  | {
      readonly kind: 'progress';
      readonly partition: number;
      readonly firstOffset: number;
      readonly nextOffset: number;
      /** The stream's then; null: none yet. */
      readonly watermarkUs: number | null;
    }
  | {
      readonly kind: 'gap';
      readonly partition: number;
      readonly firstOffset: number;
      readonly nextOffset: number;
      readonly reason: string;
      /** When the loss was noticed, by the relay's clock. */
      readonly foundAtMs: number;
    };

/** What is known of an entry without reading it. */
export type LogExtent = Omit<Extract<LogEntry, { kind: 'frame' }>, 'message'> | Exclude<LogEntry, { kind: 'frame' }>;
