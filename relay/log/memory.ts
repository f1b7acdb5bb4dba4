import { MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { EntryIndex, type FloorGap } from './entry-index.ts';
import type { Log, LogEntry, LogEvents, LogExtent } from './log.ts';
import { MEMORY_BYTES } from './log-bytes.ts';
import { type MessageInPack, type Packer, PackReader, packMessages } from './packed-messages.ts';

/** What an entry costs beside its message. */
const ENTRY_BYTES = 200;
/** As many are left as they came: those are read by all who are not behind. */
const PACK_ENTRIES = 64;
/** Longer frames have many rows: they are less alike, and 64 of them would hold the relay up. */
const MAX_PACKED_BYTES = 8 * 1024;

type Frame = Extract<LogEntry, { kind: 'frame' }>;
/** An entry as it is held: a frame's message may be packed. */
type Held = Exclude<LogEntry, Frame> | (Omit<Frame, 'message'> & { message: Uint8Array | MessageInPack });

export interface MemoryLogOptions {
  readonly maxBytes?: number;
  /** Left out: messages are kept as they came. */
  readonly packer?: Packer;
  /** Entries packed together. */
  readonly packEntries?: number;
  /** Is there nothing before what it is given first? */
  readonly fromEarliest?: boolean;
  readonly events?: LogEvents;
}

/**
 * A log in memory that lets its oldest entries go once it holds more than `maxBytes`; the newest entry always stays.
 *
 *     start ── packed ── packed ── packed ─┬─ as they came ── end
 *                                       packed until
 */
export class MemoryLog implements Log {
  readonly #maxBytes: number;
  readonly #fromEarliest: boolean;
  readonly #events: LogEvents | null;
  readonly #packer: Packer | null;
  readonly #packEntries: number;
  readonly #packs = new PackReader();
  #index = new EntryIndex<Held>();
  #bytes = 0;
  #packedUntil = 0;
  readonly hidden = 0;
  readonly trouble = null;

  constructor(options: MemoryLogOptions = {}) {
    const { maxBytes = MEMORY_BYTES, packer, packEntries = PACK_ENTRIES, fromEarliest = true, events } = options;
    this.#maxBytes = maxBytes;
    this.#fromEarliest = fromEarliest;
    this.#events = events ?? null;
    this.#packer = packer ?? null;
    this.#packEntries = packEntries;
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
    const held = this.#index.at(sequence);
    if (held?.kind !== 'frame') return held;
    const { message } = held;
    return { ...held, message: message instanceof Uint8Array ? message : this.#packs.message(message) };
  }

  append(entry: LogEntry): void {
    this.open(entry.partition, entry.firstOffset);
    checkFollows(entry, this.#index.head.get(entry.partition));
    this.#index.push({ ...entry }, entry.kind === 'frame' ? entry.maxEventTimeUs : null);
    this.#bytes += sizeOf(entry);
    if (this.#packer) this.#pack(this.#packer);
    while (this.#bytes > this.#maxBytes && this.end - this.start > 1) {
      const dropped = this.#index.dropFirst();
      if (dropped !== null) this.#bytes -= sizeOf(dropped);
    }
    this.#events?.shown();
    this.#events?.kept({ [entry.partition]: entry.nextOffset });
  }

  #pack(packer: Packer): void {
    const from = Math.max(this.#packedUntil, this.start);
    if (this.end - from < 2 * this.#packEntries) return;
    this.#packedUntil = from + this.#packEntries;
    const frames: { message: Uint8Array | MessageInPack }[] = [];
    const messages: Uint8Array[] = [];
    for (let sequence = from; sequence < this.#packedUntil; sequence++) {
      const held = this.#index.at(sequence);
      if (held?.kind !== 'frame' || !(held.message instanceof Uint8Array)) continue;
      if (held.message.length > MAX_PACKED_BYTES) continue;
      frames.push(held);
      messages.push(held.message);
    }
    if (messages.length === 0) return;
    for (const [index, inPack] of packMessages(messages, packer).entries()) {
      const frame = frames[index];
      if (frame === undefined) continue;
      frame.message = inPack;
      this.#bytes += inPack.packedBytes - inPack.length;
    }
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
    this.#packs.forget();
    this.#bytes = 0;
  }
}

/** Throws where an entry leaves offsets out, or repeats them. */
export function checkFollows(entry: LogEntry, head: number | undefined): void {
  if (head === undefined || (entry.kind === 'frame' ? entry.firstOffset !== head : entry.firstOffset < head))
    throw new Error(`log: partition ${entry.partition} is at ${head}, an entry starts at ${entry.firstOffset}`);
}

function sizeOf(entry: Held): number {
  if (entry.kind === 'frame') {
    const { message } = entry;
    return ENTRY_BYTES + (message instanceof Uint8Array ? message.length : message.packedBytes);
  }
  return ENTRY_BYTES + (entry.kind === 'gap' ? entry.reason.length * 2 : 0);
}
