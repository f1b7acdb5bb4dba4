import { MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { EntryIndex, type FloorGap } from './entry-index.ts';
import type { Log, LogEntry, LogEvents, LogExtent } from './log.ts';

export const MAX_LOG_BYTES = 256 * 1024 * 1024;
/** What an entry costs beside its message. */
const ENTRY_BYTES = 200;

export interface MemoryLogOptions {
  readonly maxBytes?: number;
  /** Is there nothing before what it is given first? */
  readonly fromEarliest?: boolean;
  readonly events?: LogEvents;
}

/** A log in memory that lets its oldest entries go once it holds more than `maxBytes`; the newest entry always stays. */
export class MemoryLog implements Log {
  readonly #maxBytes: number;
  readonly #fromEarliest: boolean;
  readonly #events: LogEvents | null;
  #index = new EntryIndex<LogEntry>();
  #bytes = 0;
  readonly hidden = 0;
  readonly trouble = null;

  constructor({ maxBytes = MAX_LOG_BYTES, fromEarliest = true, events }: MemoryLogOptions = {}) {
    this.#maxBytes = maxBytes;
    this.#fromEarliest = fromEarliest;
    this.#events = events ?? null;
  }

  get start(): number {
    return this.#index.start;
  }

  get end(): number {
    return this.#index.end;
  }

  get bytes(): number {
    return this.#bytes;
  }

  extent(sequence: number): LogExtent | null {
    return this.#index.at(sequence);
  }

  get(sequence: number): LogEntry | null {
    return this.#index.at(sequence);
  }

  append(entry: LogEntry): void {
    this.open(entry.partition, entry.firstOffset);
    checkFollows(entry, this.#index.head.get(entry.partition));
    this.#index.push(entry, entry.kind === 'frame' ? entry.maxEventTimeUs : null);
    this.#bytes += sizeOf(entry);
    while (this.#bytes > this.#maxBytes && this.end - this.start > 1) {
      const dropped = this.#index.dropFirst();
      if (dropped !== null) this.#bytes -= sizeOf(dropped);
    }
    this.#events?.shown();
    this.#events?.kept({ [entry.partition]: entry.nextOffset });
  }

  open(partition: number, offset: number): void {
    this.#index.open(partition, offset, offset === 0 || this.#fromEarliest);
  }

  floor(): ReadonlyMap<number, number> {
    return this.#index.floor;
  }

  head(): ReadonlyMap<number, number> {
    return this.#index.head;
  }

  floorGaps(): ReadonlyMap<number, FloorGap> {
    return this.#index.floorGaps;
  }

  seek(next: Readonly<Record<string, number>>): number | null {
    return this.#index.seek(next);
  }

  since(eventTimeUs: number): { next: Readonly<Record<string, number>>; whole: boolean } {
    return this.#index.since(eventTimeUs);
  }

  lostReason(): null {
    return null;
  }

  newestUs(): number {
    return Math.max(MIN_TIME_US, ...this.#index.newestUs().values());
  }

  async flush(): Promise<void> {}

  async room(): Promise<void> {}

  async close(): Promise<void> {
    this.#index = new EntryIndex();
    this.#bytes = 0;
  }
}

/** Throws where an entry leaves offsets out, or repeats them. */
export function checkFollows(entry: LogEntry, head: number | undefined): void {
  if (head === undefined || (entry.kind === 'frame' ? entry.firstOffset !== head : entry.firstOffset < head))
    throw new Error(`log: partition ${entry.partition} is at ${head}, an entry starts at ${entry.firstOffset}`);
}

function sizeOf(entry: LogEntry): number {
  if (entry.kind === 'frame') return ENTRY_BYTES + entry.message.length;
  return ENTRY_BYTES + (entry.kind === 'gap' ? entry.reason.length * 2 : 0);
}
