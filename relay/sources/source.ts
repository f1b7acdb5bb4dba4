import type { SourceState } from '../../contract/protocol/down.ts';
import type { Position } from '../../contract/protocol/position.ts';

/**
 * Where a stream's records come from. A source turns an outside system into one ordered sequence of events per
 * partition, and knows nothing of formats, fields or readers.
 *
 *     read(from, signal) ─▶ opened ─▶ (records | caught-up | gap | state)* ─▶ ended?
 *                                      └─▶ reset ─▶ opened ─▶ …   the past no longer joins (topic recreated)
 *
 * What every source promises (tests/contract/source.contract.ts):
 *   S1  `opened` comes before any records and names every partition's next offset.
 *   S2  Per partition, offsets only rise, and `records.firstOffset` equals the `nextOffset` (or opened offset) before it.
 *   S3  Reading from a position gives every record at or after it, or a `gap` first that says what is lost.
 *   S4  Nothing is read ahead without bound while the consumer does not pull.
 *   S5  A broken outside world is a `state` event with what was found and what to do, and is retried with backoff; `read`
 *       throws only for what trying again cannot mend.
 *   S6  Aborting `signal` ends the iteration soon, without an error, and frees everything.
 */
export interface Source {
  /** Can it be read again from an older position? Kafka and files can; MQTT has no past. */
  readonly replayable: boolean;
  /** Why its past is another at every start, and no continuation of what a tab has, in a sentence for the viewer. */
  readonly startsAnew?: string;
  /** Partition-independent name for messages: `kafka topic user_events at localhost:9092`. */
  readonly label: string;
  read(from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent>;
  /**
   * Every record below these offsets is kept for good (in the log on disk, or among the dead letters): what waits for
   * that, the acknowledgement of an MQTT message, may be sent. Sources that keep their past do without. (S8)
   */
  committed?(next: Readonly<Record<string, number>>): void;
}

/**
 * `sinceMs`: the first record whose own time is at or after it. `offsets`: by partition, others from the earliest.
 * `certain`: where what is kept ends; from there to the position, which is no record's, something may have been lost.
 */
export type StartFrom =
  | 'earliest'
  | 'latest'
  | (Position & { readonly certain?: Readonly<Record<string, number>> })
  | { readonly sinceMs: number }
  | { readonly offsets: Readonly<Record<string, number>> };

/** The position asked for; null where something else was. */
export function positionOf(from: StartFrom): Extract<StartFrom, Position> | null {
  return typeof from === 'object' && 'epoch' in from ? from : null;
}

/** A small text a source keeps beside the stream's log: what it must know again after a restart (a client id, slots). */
export interface SourceMemory {
  /** null: nothing was saved. */
  load(): Promise<string | null>;
  /** Resolves when it is on disk. */
  save(text: string): Promise<void>;
}

export type SourceEvent =
  | { readonly kind: 'opened'; readonly position: Position }
  | {
      readonly kind: 'records';
      readonly partition: number;
      /** Covers offsets [firstOffset, nextOffset); holes (compaction, aborted transactions) are inside. */
      readonly firstOffset: number;
      readonly nextOffset: number;
      /** Records the source still has beyond this batch in this partition; null when it cannot say. */
      readonly behind: number | null;
      /** May be empty when the whole stretch was holes. */
      readonly records: readonly RawRecord[];
    }
  /** Everything that existed when last asked has been delivered. */
  | { readonly kind: 'caught-up' }
  /** A partition had nothing to deliver when it was opened, though others have. */
  | { readonly kind: 'partition-at-end'; readonly partition: number }
  | {
      readonly kind: 'gap';
      readonly partition: number;
      readonly firstOffset: number;
      readonly nextOffset: number;
      readonly reason: string;
      /** When the loss was noticed; left out: now. */
      readonly foundAtMs?: number;
    }
  | { readonly kind: 'reset'; readonly reason: string }
  | { readonly kind: 'state'; readonly state: SourceState }
  | { readonly kind: 'ended' };

/** One record as it came, undecoded. */
export interface RawRecord {
  readonly offset: number;
  /** Kafka topic, MQTT topic or file path. */
  readonly topic: string;
  /** The source's own time of the record (Kafka record timestamp, else arrival), ms since the epoch. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  /** null: a tombstone. */
  readonly value: Uint8Array | null;
  /** Kafka headers or MQTT user properties, in their order; names may repeat. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** MQTT: kept by the broker from before, a snapshot rather than an event. */
  readonly retained?: boolean;
}
