import { placeOf } from './hyperloglog.ts';

const MIN_SWEEP = 65_536;

/** What keeps numbers of names: those it calls `visit` with are in use. */
export interface NameUser {
  forEachName(visit: (number: number) => void): void;
}

/**
 * Numbers texts and large bigints, so that sets of them are sets of small integers. One table serves all accumulators of
 * an aggregate, folds too; a number that none of them holds is given back by a sweep, and may then be another value's.
 */
export class Names {
  readonly #numbers = new Map<string | bigint, number>();
  readonly #values: (string | bigint | null)[] = [];
  /** Per number its place in a HyperLogLog, −1: not asked for yet. */
  #places: Int32Array = new Int32Array(0);
  #free: number[] = [];
  /** Weak, for folds come and go by the second. */
  #users: WeakRef<NameUser>[] = [];
  #maxUsers = 64;
  #sweepAt = MIN_SWEEP;

  join(user: NameUser): void {
    if (this.#users.length >= this.#maxUsers) {
      this.#users = this.#users.filter((known) => known.deref() !== undefined);
      this.#maxUsers = Math.max(64, this.#users.length * 2);
    }
    this.#users.push(new WeakRef(user));
  }

  get shouldSweep(): boolean {
    return this.#numbers.size > this.#sweepAt;
  }

  numberOf(value: string | bigint): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.#values.length;
    this.#numbers.set(value, number);
    this.#values[number] = value;
    if (number < this.#places.length) this.#places[number] = -1;
    return number;
  }

  valueOf(number: number): string | bigint {
    const value = this.#values[number] ?? null;
    if (value === null) throw new RangeError(`no value has the number ${number}`);
    return value;
  }

  placeOf(number: number): number {
    if (number >= this.#places.length) {
      const places = new Int32Array(Math.max(1024, this.#values.length * 2)).fill(-1);
      places.set(this.#places);
      this.#places = places;
    }
    const known = this.#places[number] as number;
    if (known >= 0) return known;
    const place = placeOf(this.valueOf(number));
    this.#places[number] = place;
    return place;
  }

  /** Gives back what nobody uses. Not while somebody holds a number in a variable. */
  sweep(): void {
    const used = new Uint8Array(this.#values.length);
    for (const user of this.#users)
      user.deref()?.forEachName((number) => {
        used[number] = 1;
      });
    for (const [value, number] of this.#numbers) {
      if (used[number] === 1) continue;
      this.#numbers.delete(value);
      this.#values[number] = null;
      this.#free.push(number);
    }
    this.#sweepAt = Math.max(MIN_SWEEP, this.#numbers.size * 2);
  }
}
