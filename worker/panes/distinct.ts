import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { type BigintColumn, isValid, type NumberColumn, type TextColumn } from './column.ts';
import { DISTINCT_ERROR, HyperLogLog, placeOf, placeOfNumber, placeOfWords } from './hyperloglog.ts';
import { isFloatAt, nearestAt, wordsOf } from './int64.ts';
import { Names, type NameUser } from './names.ts';
import { NumberSet } from './number-set.ts';

/** Values up to which a slot is exact. */
export const MAX_EXACT = 16_384;

/**
 * count_distinct: exact up to 16,384 values in a slot, a HyperLogLog of 16 KiB beyond, whose relative error is within
 * 2.4 %. Which of both depends only on the values, not on the order they came or were merged in. NaN is one value, −0 is 0.
 *
 *   exact     a set of numbers; texts, and int64 that no float64 holds, are numbered and have a set of their own
 *   sketched  both sets are null
 */
export class Distinct implements Accumulator, NameUser {
  readonly bytesPerSlot = 24;
  readonly #names: Names;
  readonly #sets: (NumberSet | null)[] = [];
  /** The same for values that are numbered, which must not meet plain numbers. */
  readonly #named: (NumberSet | null)[] = [];
  readonly #sketches: (HyperLogLog | null)[] = [];

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
    if (this.#names.shouldSweep) this.#names.sweep();
  }

  add(added: RowsToAdd): void {
    const { argument } = added;
    if (argument === null) return;
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
      set?.forEach((value) => {
        own.add(placeOfNumber(value));
      });
      if (set?.hasNaN) own.add(placeOfNumber(Number.NaN));
      named?.forEach((number) => {
        own.add(source.#names.placeOf(number));
      });
      return;
    }
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
    return this.bytesPerSlot + sets + (this.#sketches[slot] ? HyperLogLog.bytes : 0);
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
    const sketch = new HyperLogLog();
    const set = this.#sets[slot];
    set?.forEach((value) => {
      sketch.add(placeOfNumber(value));
    });
    if (set?.hasNaN) sketch.add(placeOfNumber(Number.NaN));
    this.#named[slot]?.forEach((number) => {
      sketch.add(this.#names.placeOf(number));
    });
    this.#sets[slot] = null;
    this.#named[slot] = null;
    this.#sketches[slot] = sketch;
    return sketch;
  }
}

function setOf(sets: (NumberSet | null)[], slot: number): NumberSet {
  const found = sets[slot];
  if (found) return found;
  const made = new NumberSet();
  sets[slot] = made;
  return made;
}
