import type { Place } from '../log/segments.ts';
import { GoneRows, goneMarks } from './gone-rows.ts';
import { type DeadLetter, decodeLetter, LETTER } from './letter.ts';
import { type LetterEntry, LetterIndex } from './letter-index.ts';
import { decodeMark, encodeMark, MARK, type Mark } from './mark.ts';

/**
 * What letters and marks say together, in the order they were written: the same whether they are written now or were read
 * from the disk.
 *
 *     letter ─▶ index ◀─ marks          letters let go: counted, and of those that are rows the offsets (gone-rows.ts)
 */
export class LetterBook {
  readonly index = new LetterIndex();
  readonly #gone = new GoneRows();
  nextId = 1;
  /** Of those that waited. */
  letGo = 0;
  lastReason: string | null = null;
  /** Of `letGo`, unreadable on the disk: between the first id that is kept there and the newest. */
  #missing = 0;
  #firstKept: number | null = null;
  /** Epoch → next offset of its replay partition, as far as marks say. */
  readonly #replayedTo = new Map<string, number>();
  /** A replay that a crash interrupted, or that is under way. */
  readonly #replaying = new Map<string, Extract<Mark, { mark: 'replaying' }>>();

  /** From the disk. */
  take(body: Uint8Array, place: Place): void {
    if (body[0] === LETTER) {
      const letter = decodeLetter(body);
      this.#firstKept ??= letter.id;
      this.add(letter, place);
      this.lastReason = letter.reason;
    } else if (body[0] === MARK) this.apply(decodeMark(body));
  }

  add(letter: DeadLetter, place: Place): void {
    this.index.add(letter, place);
    this.nextId = Math.max(this.nextId, letter.id + 1);
  }

  apply(mark: Mark): void {
    switch (mark.mark) {
      case 'replaying':
        this.#replaying.set(`${mark.epoch}/${mark.base}`, mark);
        this.#turn(mark.ids, 'replaying');
        return;
      case 'replayed':
        this.#turnReplayed(mark.epoch, mark.base, mark.until);
        return;
      case 'read':
        this.#turn([mark.id], 'read');
        return;
      case 'dropped':
        this.#turn(mark.ids, 'dropped');
        return;
      case 'again':
        this.#gone.keepLog(mark.log);
        for (const entry of this.index.values())
          if (entry.state === 'replayed' && entry.rowIn !== mark.log) this.index.turn(entry, 'waiting');
        return;
      case 'gone':
        this.#gone.add(mark);
        return;
      case 'counts':
        this.nextId = Math.max(this.nextId, mark.nextId);
        this.letGo = mark.letGo;
        this.#missing = mark.missing ?? 0;
        for (const [epoch, next] of Object.entries(mark.replayedTo)) this.#reached(epoch, next);
    }
  }

  /** What begins a segment, so that those before it can go. */
  *opening(): Iterable<Uint8Array> {
    yield encodeMark(this.counts());
    for (const mark of this.#gone.marks()) yield encodeMark(mark);
  }

  counts(): Mark {
    const { nextId, letGo } = this;
    return { mark: 'counts', nextId, letGo, missing: this.#missing, replayedTo: Object.fromEntries(this.#replayedTo) };
  }

  /** Was the record at this offset a letter that was replayed, and was it let go since? */
  isGoneRow(epoch: string, partition: number, offset: number): boolean {
    return !this.#gone.isEmpty && this.#gone.has(epoch, partition, offset);
  }

  /** Offsets at or beyond these are other records now: partition → offset. */
  countsAgainFrom(offsets: ReadonlyMap<number, number>): void {
    this.#gone.cutFrom(offsets);
  }

  /** What is to be written before the letters up to the end of a segment go; null: a replay is about some of them. */
  marksBeforeGoing(segment: number): Mark[] | null {
    const entries = this.index.upTo(segment);
    if (entries.some(({ state }) => state === 'replaying')) return null;
    return goneMarks(entries.filter(({ epoch, partition, offset }) => !this.isGoneRow(epoch, partition, offset)));
  }

  /** The letters up to the end of a segment have gone. */
  forget(segment: number): void {
    this.letGo += this.index.forget(this.index.upTo(segment));
  }

  /** The letter is there, but cannot be read. */
  lose(entry: LetterEntry): void {
    this.letGo += this.index.forget([entry]);
    this.#missing++;
  }

  /** Are there rows in other logs than this one? null: in any. */
  hasRowsBut(log: string | null): boolean {
    if ([...this.#gone.marks()].some((mark) => mark.log !== log)) return true;
    for (const { state, rowIn } of this.index.values()) if (state === 'replayed' && rowIn !== log) return true;
    return false;
  }

  /** Ids are given without holes: those that are not there were damaged. */
  countMissing(): void {
    const missing = this.nextId - (this.#firstKept ?? this.nextId) - this.index.size;
    this.letGo += Math.max(0, missing - this.#missing);
    this.#missing = missing;
  }

  replayedTo(epoch: string): number {
    return this.#replayedTo.get(epoch) ?? 0;
  }

  replaying(): Extract<Mark, { mark: 'replaying' }>[] {
    return [...this.#replaying.values()];
  }

  #turn(ids: readonly number[], state: 'replaying' | 'read' | 'dropped'): void {
    for (const id of ids) {
      const entry = this.index.get(id);
      if (entry !== null) this.index.turn(entry, state);
    }
  }

  #turnReplayed(epoch: string, base: number, until: number): void {
    const begun = this.#replaying.get(`${epoch}/${base}`);
    this.#replaying.delete(`${epoch}/${base}`);
    for (const [place, id] of (begun?.ids ?? []).entries()) {
      const entry = this.index.get(id);
      if (entry?.state !== 'replaying') continue;
      if (base + place < until) this.index.turn(entry, 'replayed', epoch);
      else this.index.turn(entry, 'waiting');
    }
    this.#reached(epoch, Math.min(until, base + (begun?.ids.length ?? 0)));
  }

  #reached(epoch: string, next: number): void {
    this.#replayedTo.set(epoch, Math.max(next, this.replayedTo(epoch)));
  }
}
