import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { type BigintColumn, isValid, type NumberColumn, type TextColumn } from './column.ts';
import { DISTINCT_ERROR, HyperLogLog, placeOf, placeOfNumber, placeOfWords } from './hyperloglog.ts';
import { isFloatAt, nearestAt, wordsOf } from './int64.ts';
import { Names, type NameUser } from './names.ts';
import { NumberSet } from './number-set.ts';

/** Values up to which a slot is exact. */
export const MAX_EXACT = 16_384;
/** Values from which an exact slot that is merged into a sketch has its own sketch made, and kept beside it. */
const MIN_SHADOWED = 1024;

/**
 * count_distinct: exact up to 16,384 values in a slot, a HyperLogLog of 16 KiB beyond, whose relative error is within
 * 2.4 %. Which of both depends only on the values, not on the order they came or were merged in. NaN is one value, −0 is 0.
 *
 *   exact     a set of numbers; texts, and int64 that no float64 holds, are numbered and have a set of their own
 *   sketched  both sets are null
 *
 * Merging into a sketch takes 16 KiB of registers, whatever was counted; a large exact slot keeps those for its readers.
 */
export class Distinct implements Accumulator, NameUser {
  readonly bytesPerSlot = 24;
  readonly #names: Names;
  readonly #sets: (NumberSet | null)[] = [];
  /** The same for values that are numbered, which must not meet plain numbers. */
  readonly #named: (NumberSet | null)[] = [];
  readonly #sketches: (HyperLogLog | null)[] = [];
  /** Of exact slots: valid while they have as many values. */
  readonly #shadows = new Map<number, { readonly size: number; readonly sketch: HyperLogLog }>();

  /** What an exact slot was merged of, while that is as it was: its sketch, if it comes to that, is merged of theirs. */
  readonly #origins = new Map<number, Origin>();
  /** Rises when a slot changes by anything but a merge. */
  #changes = 0;

  constructor(names = new Names()) {
    this.#names = names;
    names.join(this);
  }

  resize(capacity: number): void {
    while (this.#sets.length < capacity) {
      this.#sets.push(null);
      this.#named.push(null);
      this.#sketches.push(null);
    }
  }

  reset(slot: number): void {
    this.#sets[slot] = null;
    this.#named[slot] = null;
    this.#sketches[slot] = null;
    this.#shadows.delete(slot);
    this.#origins.delete(slot);
    this.#changes++;
    if (this.#names.shouldSweep) this.#names.sweep();
  }

  add(added: RowsToAdd): void {
    const { argument } = added;
    if (argument === null) return;
    this.#changes++;
    this.#origins.clear();
    if (argument.kind === 'number') this.#addNumbers(added, argument);
    else if (argument.kind === 'bigint') this.#addBigints(added, argument);
    else this.#addTexts(added, argument);
    if (this.#names.shouldSweep) this.#names.sweep();
  }

  merge(source: Distinct, from: number, to: number): void {
    const sketch = source.#sketches[from];
    if (sketch) this.#sketchOf(to).merge(sketch);
    const set = source.#sets[from];
    const named = source.#named[from];
    const own = this.#sketches[to];
    if (own) {
      source.#sketchTo(own, from);
      return;
    }
    this.#trace(source, from, to);
    if (set) setOf(this.#sets, to).addAll(set);
    if (named && source.#names === this.#names) setOf(this.#named, to).addAll(named);
    else if (named) {
      const into = setOf(this.#named, to);
      named.forEach((number) => {
        into.add(this.#names.numberOf(source.#names.valueOf(number)));
      });
    }
    this.#settle(to);
  }

  value(slot: number): number {
    const sketch = this.#sketches[slot];
    return sketch ? Math.round(sketch.estimate()) : this.#exact(slot);
  }

  relativeError(slot: number): number {
    return this.#sketches[slot] ? DISTINCT_ERROR : 0;
  }

  bytesOf(slot: number): number {
    const sets = (this.#sets[slot]?.bytes ?? 0) + (this.#named[slot]?.bytes ?? 0);
    const sketches = (this.#sketches[slot] ? 1 : 0) + (this.#shadows.has(slot) ? 1 : 0);
    return this.bytesPerSlot + sets + sketches * HyperLogLog.bytes;
  }

  fresh(): Distinct {
    return new Distinct(this.#names);
  }

  forEachName(visit: (number: number) => void): void {
    for (const set of this.#named) set?.forEach(visit);
  }

  #addNumbers({ from, rows, slots }: RowsToAdd, { values, validity }: NumberColumn): void {
    const sets = this.#sets;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || (validity !== null && !isValid(validity, row))) continue;
      const value = values[row] as number;
      const set = sets[slot];
      if (set) {
        set.add(value);
        if (set.size > MAX_EXACT) this.#settle(slot);
      } else {
        const sketch = this.#sketches[slot];
        if (sketch) sketch.add(placeOfNumber(value));
        else setOf(sets, slot).add(value);
      }
    }
  }

  #addBigints({ from, rows, slots }: RowsToAdd, { values, validity }: BigintColumn): void {
    const words = wordsOf(values);
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || !isValid(validity, row)) continue;
      const sketch = this.#sketches[slot];
      if (sketch) sketch.add(placeOfWords(words[row * 2 + 1] as number, words[row * 2] as number));
      else {
        if (isFloatAt(words, row)) setOf(this.#sets, slot).add(nearestAt(words, row));
        else setOf(this.#named, slot).add(this.#names.numberOf(values[row] as bigint));
        this.#settle(slot);
      }
    }
  }

  /** Each text of the column is numbered, or hashed, once. */
  #addTexts({ from, rows, slots }: RowsToAdd, { codes, texts, validity }: TextColumn): void {
    const numbers = new Int32Array(texts.length).fill(-1);
    let places: Int32Array | null = null;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || (validity !== null && !isValid(validity, row))) continue;
      const code = codes[row] as number;
      const sketch = this.#sketches[slot];
      if (sketch) {
        places ??= new Int32Array(texts.length).fill(-1);
        if (places[code] === -1) places[code] = placeOf(texts[code] as string);
        sketch.add(places[code] as number);
        continue;
      }
      if (numbers[code] === -1) numbers[code] = this.#names.numberOf(texts[code] as string);
      const set = setOf(this.#named, slot);
      set.add(numbers[code] as number);
      if (set.size > MAX_EXACT) this.#settle(slot);
    }
  }

  #exact(slot: number): number {
    return (this.#sets[slot]?.size ?? 0) + (this.#named[slot]?.size ?? 0);
  }

  /** Goes on with a sketch once there are too many values. */
  #settle(slot: number): void {
    if (this.#exact(slot) > MAX_EXACT) this.#sketchOf(slot);
  }

  /** The slot's sketch; what was exact becomes one. */
  #sketchOf(slot: number): HyperLogLog {
    const found = this.#sketches[slot];
    if (found) return found;
    const sketch = this.#madeOf(slot);
    this.#sets[slot] = null;
    this.#named[slot] = null;
    this.#shadows.delete(slot);
    this.#sketches[slot] = sketch;
    return sketch;
  }

  /** An exact slot is about to be merged into an exact one. */
  #trace(source: Distinct, from: number, to: number): void {
    const origin = this.#origins.get(to);
    if (this.#exact(to) === 0) this.#origins.set(to, { source, changes: source.#changes, slots: [from] });
    else if (origin?.source === source && origin.changes === source.#changes) origin.slots.push(from);
    else this.#origins.delete(to);
  }

  /** Adds an exact slot to a sketch. */
  #sketchTo(sketch: HyperLogLog, slot: number): void {
    if (this.#exact(slot) >= MIN_SHADOWED) sketch.merge(this.#shadowOf(slot));
    else this.#addExactTo(sketch, slot);
  }

  #shadowOf(slot: number): HyperLogLog {
    const size = this.#exact(slot);
    const known = this.#shadows.get(slot);
    if (known?.size === size) return known.sketch;
    const sketch = this.#madeOf(slot);
    this.#shadows.set(slot, { size, sketch });
    return sketch;
  }

  /** An exact slot as a sketch. */
  #madeOf(slot: number): HyperLogLog {
    const sketch = new HyperLogLog();
    const origin = this.#origins.get(slot);
    this.#origins.delete(slot);
    if (origin && origin.source.#changes === origin.changes)
      for (const from of origin.slots) origin.source.#sketchTo(sketch, from);
    else this.#addExactTo(sketch, slot);
    return sketch;
  }

  #addExactTo(sketch: HyperLogLog, slot: number): void {
    const set = this.#sets[slot];
    set?.forEach((value) => {
      sketch.add(placeOfNumber(value));
    });
    if (set?.hasNaN) sketch.add(placeOfNumber(Number.NaN));
    this.#named[slot]?.forEach((number) => {
      sketch.add(this.#names.placeOf(number));
    });
  }
}

interface Origin {
  readonly source: Distinct;
  readonly changes: number;
  readonly slots: number[];
}

function setOf(sets: (NumberSet | null)[], slot: number): NumberSet {
  const found = sets[slot];
  if (found) return found;
  const made = new NumberSet();
  sets[slot] = made;
  return made;
}
