/**
 * Which leader wrote which offsets of one partition, as far as they were read without a hole:
 *
 *     known     (3, 500) (5, 800)         offsets [500, 800) under leader epoch 3, from 800 on under 5
 *     covered   [500, 1200)               what is known of; before and beyond, nothing is
 *
 * A log that was cut and written again has other leader epochs at the same offsets: that is how a reader finds out.
 */
export class LeaderEpochs {
  #starts: [epoch: number, firstOffset: number][] = [];
  #end: number;

  /** Saved ones are known as far as anybody read: `end` is Infinity until the reading that goes on says where. */
  constructor(starts: readonly (readonly [epoch: number, firstOffset: number])[] = [], end = 0) {
    this.#starts = starts.map(([epoch, firstOffset]) => [epoch, firstOffset]);
    this.#end = end;
  }

  /** Reading goes on at this offset. What is not joined with what is known before is forgotten. */
  begin(offset: number): void {
    if (offset > this.#end) this.#starts = [];
    else this.#starts = this.#starts.filter(([, firstOffset]) => firstOffset < offset);
    this.#end = offset;
  }

  /** Offsets up to `nextOffset` were read, the first of them under this epoch at `firstOffset`. True: it was a new one. */
  note(epoch: number, firstOffset: number, nextOffset: number): boolean {
    this.#end = Math.max(this.#end, nextOffset);
    const last = this.#starts.at(-1);
    if (epoch < 0 || (last !== undefined && last[0] >= epoch)) return false;
    this.#starts.push([epoch, firstOffset]);
    if (this.#starts.length > MOST_KEPT) this.#starts.shift();
    return true;
  }

  /** Under which epoch the record before this offset was written; −1: not known. */
  before(offset: number): number {
    if (offset > this.#end) return -1;
    return this.#starts.findLast(([, firstOffset]) => firstOffset < offset)?.[0] ?? -1;
  }

  get starts(): readonly (readonly [epoch: number, firstOffset: number])[] {
    return this.#starts;
  }
}

/** Per partition. Leaders change seldom, and what is asked about is mostly recent. */
const MOST_KEPT = 20;
