import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { type Cell, cellAt, isValid, type ValueType } from './column.ts';
import { compareCells } from './compare.ts';
import { decimalScale, formatDecimal } from './decimal.ts';

/** Values counted apart in a slot; up to here counts are always exact. */
export const MAX_COUNTED = 10_000;

/** `count` of a value since it was first seen here, and how many times it may have been `missed` before. */
interface Counter {
  count: number;
  missed: number;
}

/**
 * top_k(x, k): the k values that occur most often, nulls left out, as JSON text, the most frequent first and equally
 * frequent ones by value:
 *
 *   [{"value":"see","count":812},{"value":"buy","count":97}]
 *
 * Counts are exact while a slot has seen at most 10,000 different values. Beyond, it is SpaceSaving (Metwally et al. 2005)
 * with the less frequent values dropped many at a time, merged as in Agarwal et al., "Mergeable Summaries" (2012): a
 * count is never too low, it is too high by at most n / 10,000, and no value that is left out occurs more often than the
 * last count shown. `relativeError` is the largest possible excess over the k-th count.
 */
export class TopK implements Accumulator {
  readonly bytesPerSlot = 8;
  readonly #type: ValueType;
  readonly #summaries: (Summary | null)[] = [];

  constructor(type: ValueType) {
    this.#type = type;
  }

  resize(capacity: number): void {
    while (this.#summaries.length < capacity) this.#summaries.push(null);
  }

  reset(slot: number): void {
    this.#summaries[slot] = null;
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null) return;
    const { validity } = argument;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || !isValid(validity, row)) continue;
      const value = argument.kind === 'text' ? argument.texts[argument.codes[row] as number] : cellAt(argument, row);
      this.#summary(slot).add(value as Exclude<Cell, null>);
    }
  }

  merge(source: TopK, from: number, to: number): void {
    const summary = source.#summaries[from];
    if (summary) this.#summary(to).merge(summary);
  }

  value(slot: number, k: number): string | null {
    const top = this.#summaries[slot]?.top(k);
    if (!top) return null;
    return `[${top.map(({ value, count }) => `{"value":${jsonOf(value, this.#type)},"count":${count}}`).join(',')}]`;
  }

  relativeError(slot: number, k: number): number {
    const top = this.#summaries[slot]?.top(k) ?? [];
    const last = top.at(-1);
    return last ? Math.max(...top.map(({ missed }) => missed)) / last.count : 0;
  }

  bytesOf(slot: number): number {
    return this.bytesPerSlot + (this.#summaries[slot]?.bytes ?? 0);
  }

  fresh(): TopK {
    return new TopK(this.#type);
  }

  #summary(slot: number): Summary {
    const found = this.#summaries[slot];
    if (found) return found;
    const made = new Summary();
    this.#summaries[slot] = made;
    return made;
  }
}

interface Ranked {
  readonly value: Exclude<Cell, null>;
  /** Upper bound of how often it occurred. */
  readonly count: number;
  readonly missed: number;
}

class Summary {
  readonly #counters = new Map<Exclude<Cell, null>, Counter>();
  /** A value without a counter occurred at most this often. */
  #floor = 0;

  get bytes(): number {
    return 200 + this.#counters.size * 120;
  }

  add(value: Exclude<Cell, null>): void {
    const counter = this.#counters.get(value);
    if (counter) counter.count++;
    else {
      this.#counters.set(value, { count: 1, missed: this.#floor });
      this.#prune();
    }
  }

  merge(other: Summary): void {
    const floor = this.#floor;
    if (other.#floor > 0)
      for (const [value, counter] of this.#counters) if (!other.#counters.has(value)) counter.missed += other.#floor;
    for (const [value, { count, missed }] of other.#counters) {
      const own = this.#counters.get(value);
      if (own) {
        own.count += count;
        own.missed += missed;
      } else this.#counters.set(value, { count, missed: missed + floor });
    }
    this.#floor = floor + other.#floor;
    this.#prune();
  }

  top(k: number): Ranked[] {
    const top: Ranked[] = [];
    for (const [value, { count, missed }] of this.#counters) {
      const ranked = { value, count: count + missed, missed };
      const last = top[k - 1];
      if (last && !isBefore(ranked, last)) continue;
      let place = Math.min(top.length, k - 1);
      while (place > 0 && isBefore(ranked, top[place - 1] as Ranked)) place--;
      top.splice(place, 0, ranked);
      if (top.length > k) top.pop();
    }
    return top;
  }

  /** Keeps the 10,000 most frequent values once there are twice as many; of equally frequent ones the longest known. */
  #prune(): void {
    if (this.#counters.size <= MAX_COUNTED * 2) return;
    const bounds = Float64Array.from(this.#counters.values(), ({ count, missed }) => count + missed).sort();
    const cut = bounds[bounds.length - MAX_COUNTED - 1] as number;
    let above = 0;
    while (above < MAX_COUNTED && (bounds[bounds.length - 1 - above] as number) > cut) above++;
    let spare = MAX_COUNTED - above;
    for (const [value, { count, missed }] of this.#counters)
      if (count + missed < cut || (count + missed === cut && spare-- <= 0)) this.#counters.delete(value);
    this.#floor = Math.max(this.#floor, cut);
  }
}

function isBefore(left: Ranked, right: Ranked): boolean {
  return left.count > right.count || (left.count === right.count && compareCells(left.value, right.value) < 0);
}

/** A value as JSON: int64 and decimals digit by digit, times in ISO 8601, NaN and infinities as text. */
function jsonOf(value: Exclude<Cell, null>, type: ValueType): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (type === 'boolean') return value === 1 ? 'true' : 'false';
  if (type === 'timestamp') return `"${isoOf(Number(value))}"`;
  const scale = decimalScale(type);
  if (scale !== null) return formatDecimal(value, scale);
  return typeof value === 'bigint' || Number.isFinite(value) ? `${value}` : `"${value}"`;
}

function isoOf(timeUs: number): string {
  const seconds = Math.floor(timeUs / 1e6);
  const micros = timeUs - seconds * 1e6;
  const text = new Date(seconds * 1000).toISOString().slice(0, -5);
  return `${text}${micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`}Z`;
}
