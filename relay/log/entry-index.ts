import { MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { REPLAY_PARTITION } from '../../contract/protocol/position.ts';

/**
 * Where a log's entries are, by sequence and by partition:
 *
 *     sequence    start ── 17 ── 18 ── 19 ── 20 ── end
 *     partition 0           17          19               nextOffset and the newest event time so far: both only rise,
 *     partition 1                 18          20         so that a position or a time is found by halving
 */
export type Indexed = {
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
} & (
  | { readonly kind: 'frame' | 'progress' }
  | { readonly kind: 'gap'; readonly reason: string; readonly foundAtMs: number }
);

/** A gap of unknown size that lies at a floor: nobody can see by offsets that it was there. */
export interface FloorGap {
  readonly offset: number;
  readonly sequence: number;
  readonly reason: string;
  readonly foundAtMs: number;
}

interface Line {
  floor: number;
  head: number;
  /** Newest event time of all that came before the floor. */
  beforeUs: number;
  /** Is that so of everything the source ever had, or of what came here? */
  readonly fromFirst: boolean;
  /** Entries of this partition, oldest first, from `first` on. */
  entries: { readonly sequence: number; readonly nextOffset: number; readonly newestUs: number }[];
  first: number;
  /** Gaps of unknown size, which have no offsets in them, oldest first. */
  unknown: { readonly sequence: number; readonly offset: number }[];
}

/** Holes at the front of an array are closed when they are so many. */
const COMPACT = 1024;

export class EntryIndex<E extends Indexed> {
  readonly #lines = new Map<number, Line>();
  readonly #floor = new Map<number, number>();
  readonly #head = new Map<number, number>();
  readonly #floorGaps = new Map<number, FloorGap>();
  #entries: E[] = [];
  #first = 0;
  #start = 0;

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#start + this.#entries.length - this.#first;
  }

  get floor(): ReadonlyMap<number, number> {
    return this.#floor;
  }

  get head(): ReadonlyMap<number, number> {
    return this.#head;
  }

  get floorGaps(): ReadonlyMap<number, FloorGap> {
    return this.#floorGaps;
  }

  /** Partition → the newest gap of unknown size, where nothing has come since that has offsets. */
  headGaps(): Map<number, FloorGap> {
    const found = new Map<number, FloorGap>();
    for (const [partition, line] of this.#lines) {
      const newest = line.unknown.at(-1);
      const entry = newest?.offset === line.head ? this.at(newest.sequence) : null;
      const gap = entry === null ? this.#floorGaps.get(partition) : gapOf(entry, newest?.sequence ?? 0);
      if (gap !== undefined && gap.offset === line.head) found.set(partition, gap);
    }
    return found;
  }

  /** A gap at the head of a partition without entries, of before what is here. */
  lost(partition: number, gap: Pick<FloorGap, 'reason' | 'foundAtMs'>): void {
    const { head, entries, first } = this.#line(partition);
    if (entries.length === first) this.#floorGaps.set(partition, { ...gap, offset: head, sequence: this.start - 1 });
  }

  /** Partition → newest event time of all that ever came, MIN_TIME_US for none. */
  newestUs(): Map<number, number> {
    return new Map([...this.#lines].map(([partition, line]) => [partition, newestOf(line)]));
  }

  /** Partitions of which the source had more before what came here. */
  notFromFirst(): number[] {
    return [...this.#lines].flatMap(([partition, { fromFirst }]) => (fromFirst ? [] : [partition]));
  }

  at(sequence: number): E | null {
    return sequence < this.#start ? null : (this.#entries[this.#first + sequence - this.#start] ?? null);
  }

  /**
   * `beforeUs`: newest event time of what came here before `offset`; `fromFirst` false: the source had more, not read.
   * Ignored for a partition that is known.
   */
  open(partition: number, offset: number, fromFirst: boolean, beforeUs = MIN_TIME_US): void {
    if (this.#lines.has(partition)) return;
    this.#lines.set(partition, {
      floor: offset,
      head: offset,
      beforeUs,
      // Of replayed rows there are none but those that come here.
      fromFirst: fromFirst || partition === REPLAY_PARTITION,
      entries: [],
      first: 0,
      unknown: [],
    });
    this.#floor.set(partition, offset);
    this.#head.set(partition, offset);
  }

  /** Its partition is open, and ends at or before the entry. `maxEventTimeUs` null: it has no rows. */
  push(entry: E, maxEventTimeUs: number | null): number {
    const line = this.#line(entry.partition);
    const sequence = this.end;
    const newestUs = Math.max(newestOf(line), maxEventTimeUs ?? MIN_TIME_US);
    this.#entries.push(entry);
    line.entries.push({ sequence, nextOffset: entry.nextOffset, newestUs });
    if (entry.kind === 'gap' && entry.firstOffset === entry.nextOffset)
      line.unknown.push({ sequence, offset: entry.nextOffset });
    line.head = entry.nextOffset;
    this.#head.set(entry.partition, entry.nextOffset);
    return sequence;
  }

  /** Nothing of what is known of a partition without entries joins what comes: it goes on at `offset`. */
  skip(partition: number, offset: number): void {
    const line = this.#line(partition);
    line.floor = offset;
    line.head = offset;
    this.#floorGaps.delete(partition);
    this.#floor.set(partition, offset);
    this.#head.set(partition, offset);
  }

  dropFirst(): E | null {
    const oldest = this.#entries[this.#first];
    if (oldest === undefined) return null;
    this.#first++;
    this.#start++;
    const line = this.#line(oldest.partition);
    line.beforeUs = line.entries[line.first]?.newestUs ?? line.beforeUs;
    line.floor = oldest.nextOffset;
    line.first++;
    if ((line.unknown[0]?.sequence ?? this.#start) < this.#start) line.unknown.shift();
    this.#floor.set(oldest.partition, oldest.nextOffset);
    const gap = gapOf(oldest, this.#start - 1);
    if (gap !== undefined) this.#floorGaps.set(oldest.partition, gap);
    else if (oldest.nextOffset > oldest.firstOffset) this.#floorGaps.delete(oldest.partition);
    if (line.first >= COMPACT) {
      line.entries = line.entries.slice(line.first);
      line.first = 0;
    }
    if (this.#first >= COMPACT) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    return oldest;
  }

  /**
   * The first sequence that holds something at or after the position; null when that is not all here. A gap of unknown
   * size at the position counts: nobody can know whether it was told there.
   */
  seek(next: Readonly<Record<string, number>>): number | null {
    let found = this.end;
    for (const [partition, line] of this.#lines) {
      const wanted = next[partition] ?? 0;
      if (wanted < line.floor || wanted > line.head) return null;
      const entry = firstWhere(line, ({ nextOffset }) => nextOffset > wanted);
      if (entry !== undefined) found = Math.min(found, entry.sequence);
      const gap = line.unknown.find(({ offset }) => offset === wanted);
      if (gap !== undefined) found = Math.min(found, gap.sequence);
    }
    return found;
  }

  since(eventTimeUs: number): { next: Record<string, number>; whole: boolean } {
    const next: Record<string, number> = {};
    let whole = true;
    for (const [partition, line] of this.#lines) {
      if (!line.fromFirst || line.beforeUs >= eventTimeUs) whole = false;
      const entry = firstWhere(line, ({ newestUs }) => newestUs >= eventTimeUs);
      next[partition] = (entry === undefined ? null : this.at(entry.sequence)?.firstOffset) ?? line.head;
    }
    return { next, whole };
  }

  #line(partition: number): Line {
    const line = this.#lines.get(partition);
    if (line === undefined) throw new Error(`log: partition ${partition} is not open`);
    return line;
  }
}

function gapOf(entry: Indexed, sequence: number): FloorGap | undefined {
  if (entry.kind !== 'gap' || entry.firstOffset !== entry.nextOffset) return undefined;
  return { offset: entry.nextOffset, sequence, reason: entry.reason, foundAtMs: entry.foundAtMs };
}

function newestOf(line: Line): number {
  return line.entries.at(-1)?.newestUs ?? line.beforeUs;
}

function firstWhere(
  line: Line,
  fits: (entry: Line['entries'][number]) => boolean,
): Line['entries'][number] | undefined {
  let low = line.first;
  let high = line.entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = line.entries[middle];
    if (entry !== undefined && fits(entry)) high = middle;
    else low = middle + 1;
  }
  return line.entries[low];
}
