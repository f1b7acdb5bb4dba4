import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { isValid, type TextColumn } from './column.ts';
import { NumberSet } from './number-set.ts';

/**
 * count_distinct, exact: a set of numbers per slot. Texts, and int64 beyond ±2^53, are numbered by a table that all folds
 * of the aggregate share; numbers no slot holds any more are given back once the table has doubled.
 */
export class Distinct implements Accumulator {
  readonly bytesPerSlot = 16;
  readonly #names: Names;
  #sets: (NumberSet | null)[] = [];
  /** The same for values that are numbered, which must not meet plain numbers. */
  #named: (NumberSet | null)[] = [];

  constructor(names = new Names()) {
    this.#names = names;
  }

  resize(capacity: number): void {
    while (this.#sets.length < capacity) {
      this.#sets.push(null);
      this.#named.push(null);
    }
  }

  reset(slot: number): void {
    this.#sets[slot] = null;
    this.#named[slot] = null;
    if (this.#names.shouldSweep) this.#sweep();
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null) return;
    const { validity } = argument;
    if (argument.kind === 'number') {
      const { values } = argument;
      const sets = this.#sets;
      for (let row = from; row < rows; row++) {
        const slot = slots[row] as number;
        if (slot < 0 || (validity !== null && !isValid(validity, row))) continue;
        let set = sets[slot] as NumberSet | null;
        if (set === null) sets[slot] = set = new NumberSet();
        set.add(values[row] as number);
      }
      return;
    }
    const numberOf = argument.kind === 'text' ? this.#numberTexts(argument) : null;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || !isValid(validity, row)) continue;
      if (argument.kind === 'text') setOf(this.#named, slot).add(numberOf?.(argument.codes[row] as number) ?? 0);
      else {
        const value = argument.values[row] as bigint;
        const safe = Number(value);
        if (Number.isSafeInteger(safe)) setOf(this.#sets, slot).add(safe);
        else setOf(this.#named, slot).add(this.#names.numberOf(`${value}`));
      }
    }
  }

  merge(source: Distinct, from: number, to: number): void {
    const set = source.#sets[from];
    if (set) setOf(this.#sets, to).addAll(set);
    const named = source.#named[from];
    if (named) setOf(this.#named, to).addAll(named);
  }

  value(slot: number): number {
    return (this.#sets[slot]?.size ?? 0) + (this.#named[slot]?.size ?? 0);
  }

  relativeError(): number {
    return 0;
  }

  bytesOf(): number {
    return this.bytesPerSlot;
  }

  fresh(): Distinct {
    return new Distinct(this.#names);
  }

  #numberTexts(column: TextColumn): (code: number) => number {
    const numbers = new Float64Array(column.texts.length).fill(-1);
    return (code) => {
      const known = numbers[code] as number;
      if (known >= 0) return known;
      const number = this.#names.numberOf(column.texts[code] as string);
      numbers[code] = number;
      return number;
    };
  }

  #sweep(): void {
    const used = new Set<number>();
    for (const set of this.#named)
      set?.forEach((number) => {
        used.add(number);
      });
    this.#names.keep(used);
  }
}

function setOf(sets: (NumberSet | null)[], slot: number): NumberSet {
  const found = sets[slot];
  if (found) return found;
  const made = new NumberSet();
  sets[slot] = made;
  return made;
}

class Names {
  readonly #numbers = new Map<string, number>();
  #next = 0;
  #sweepAt = 65_536;

  get shouldSweep(): boolean {
    return this.#numbers.size > this.#sweepAt;
  }

  numberOf(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#next++;
      this.#numbers.set(text, number);
    }
    return number;
  }

  keep(used: ReadonlySet<number>): void {
    for (const [text, number] of this.#numbers) if (!used.has(number)) this.#numbers.delete(text);
    this.#sweepAt = Math.max(65_536, this.#numbers.size * 2);
  }
}
