import type { Log, LogEntry } from './log.ts';

export const MAX_LOG_BYTES = 256 * 1024 * 1024;
/** What an entry costs beside its message. */
const ENTRY_BYTES = 200;

/** A log in memory that lets its oldest entries go once it holds more than `maxBytes`; the newest entry always stays. */
export class MemoryLog implements Log {
  readonly #maxBytes: number;
  readonly #listeners = new Set<() => void>();
  readonly #floor = new Map<number, number>();
  readonly #head = new Map<number, number>();
  #entries: LogEntry[] = [];
  /** Index in `#entries` of the oldest entry kept. */
  #first = 0;
  #start = 0;
  #bytes = 0;

  constructor(maxBytes = MAX_LOG_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#start + this.#entries.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(sequence: number): LogEntry | null {
    return sequence < this.#start ? null : (this.#entries[this.#first + sequence - this.#start] ?? null);
  }

  append(entry: LogEntry): void {
    this.open(entry.partition, entry.firstOffset);
    const head = this.#head.get(entry.partition);
    if (head === undefined || (entry.kind === 'frame' ? entry.firstOffset !== head : entry.firstOffset < head))
      throw new Error(`log: partition ${entry.partition} is at ${head}, an entry starts at ${entry.firstOffset}`);
    this.#entries.push(entry);
    this.#head.set(entry.partition, entry.nextOffset);
    this.#bytes += sizeOf(entry);
    while (this.#bytes > this.#maxBytes && this.end - this.#start > 1) this.#dropOldest();
    for (const listener of this.#listeners) listener();
  }

  open(partition: number, offset: number): void {
    if (this.#head.has(partition)) return;
    this.#head.set(partition, offset);
    this.#floor.set(partition, offset);
  }

  floor(): ReadonlyMap<number, number> {
    return this.#floor;
  }

  head(): ReadonlyMap<number, number> {
    return this.#head;
  }

  seek(next: Readonly<Record<string, number>>): number | null {
    for (const [partition, floor] of this.#floor) {
      const wanted = next[partition] ?? 0;
      if (wanted < floor || wanted > (this.#head.get(partition) ?? 0)) return null;
    }
    return this.#start;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
    this.#start = this.end;
    this.#entries = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  #dropOldest(): void {
    const oldest = this.#entries[this.#first];
    if (oldest === undefined) return;
    this.#floor.set(oldest.partition, oldest.nextOffset);
    this.#bytes -= sizeOf(oldest);
    this.#first++;
    this.#start++;
    if (this.#first < 1024) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}

function sizeOf(entry: LogEntry): number {
  return ENTRY_BYTES + (entry.kind === 'frame' ? entry.message.length : entry.reason.length * 2);
}
