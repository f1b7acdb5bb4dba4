import type { LetterState } from '../../contract/dead-letters.ts';
import type { Place } from '../log/segments.ts';
import type { DeadLetter } from './letter.ts';

/**
 * What is known of every letter without reading it.
 *
 *     waiting ─▶ replaying ─▶ replayed      a row, in the replay partition of a log; waits again when that log is gone
 *        │ ▲──────────┘
 *        ├─▶ read                           a row, in its own place: its source gave it again
 *        └─▶ dropped                        by hand
 */

export interface LetterEntry {
  readonly id: number;
  readonly place: Place;
  readonly epoch: string;
  readonly partition: number;
  readonly offset: number;
  readonly atMs: number;
  readonly kind: string;
  readonly field: string | null;
  readonly whole: boolean;
  state: LetterState;
  /** Where it is `replayed`: the epoch of the log that has the row. */
  rowIn: string | null;
}

export class LetterIndex {
  /** Ids rise. */
  readonly #entries = new Map<number, LetterEntry>();
  /** Epoch → partition → offset → its letter. */
  readonly #byOffset = new Map<string, Map<number, Map<number, LetterEntry>>>();
  /** Texts that many letters have in common, once. */
  readonly #texts = new Map<string, string>();
  #waiting = 0;

  get size(): number {
    return this.#entries.size;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Oldest first. */
  values(): Iterable<LetterEntry> {
    return this.#entries.values();
  }

  get(id: number): LetterEntry | null {
    return this.#entries.get(id) ?? null;
  }

  at(epoch: string, partition: number, offset: number): LetterEntry | null {
    // Asked for every row there is.
    if (this.#entries.size === 0) return null;
    return this.#byOffset.get(epoch)?.get(partition)?.get(offset) ?? null;
  }

  add({ id, epoch, partition, atMs, kind, field, whole, record }: DeadLetter, place: Place): void {
    const entry: LetterEntry = {
      id,
      place,
      epoch: this.#once(epoch),
      partition,
      offset: record.offset,
      atMs,
      kind: this.#once(kind),
      field: field === null ? null : this.#once(field),
      whole,
      state: 'waiting',
      rowIn: null,
    };
    this.#entries.set(id, entry);
    const partitions = this.#byOffset.get(entry.epoch) ?? new Map<number, Map<number, LetterEntry>>();
    const offsets = partitions.get(partition) ?? new Map<number, LetterEntry>();
    this.#byOffset.set(entry.epoch, partitions.set(partition, offsets.set(record.offset, entry)));
    this.#waiting++;
  }

  turn(entry: LetterEntry, state: LetterState, rowIn: string | null = null): void {
    this.#waiting += Number(isOpen(state)) - Number(isOpen(entry.state));
    entry.state = state;
    entry.rowIn = rowIn === null ? null : this.#once(rowIn);
  }

  /** The letters up to the end of a segment, oldest first. */
  upTo(segment: number): LetterEntry[] {
    const found: LetterEntry[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.place.segment > segment) break;
      found.push(entry);
    }
    return found;
  }

  /** Forgets letters that go; how many of them waited. */
  forget(entries: readonly LetterEntry[]): number {
    let waited = 0;
    for (const entry of entries) {
      this.#entries.delete(entry.id);
      const offsets = this.#byOffset.get(entry.epoch)?.get(entry.partition);
      if (offsets?.get(entry.offset) === entry) offsets.delete(entry.offset);
      if (isOpen(entry.state)) waited++;
    }
    this.#waiting -= waited;
    return waited;
  }

  #once(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size < MAX_TEXTS) this.#texts.set(text, text);
    return text;
  }
}

const MAX_TEXTS = 10_000;

/** Is it no row yet, and not dropped? */
function isOpen(state: LetterState): boolean {
  return state === 'waiting' || state === 'replaying';
}
