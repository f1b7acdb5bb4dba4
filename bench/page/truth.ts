import { ACTIONS, type Batch, SECOND_US } from './events.ts';

/** What is drawn: events per 1 s window and action, the last 300 s; or revenue per action over everything. */
export type PictureKind = 'windows' | 'groups';

/** A picture as plain numbers: row key → one value per action, in the order of `ACTIONS`. */
export type Picture = ReadonlyMap<number, readonly number[]>;

/** The right answer, counted in plain JavaScript, independent of both engines. */
export class Truth {
  /** Second since the epoch → events per action. */
  readonly #windows = new Map<number, Int32Array>();
  readonly #revenue = new Float64Array(ACTIONS.length);

  add(batch: Batch): void {
    for (let i = 0; i < batch.rows; i++) {
      const second = Math.floor(Number(batch.times[i]) / SECOND_US);
      const action = batch.actions[i] ?? 0;
      const counts = this.#windows.get(second) ?? new Int32Array(ACTIONS.length);
      this.#windows.set(second, counts);
      counts[action] = (counts[action] ?? 0) + 1;
      this.#revenue[action] = (this.#revenue[action] ?? 0) + (batch.prices[i] ?? 0);
    }
  }

  get windows(): number {
    return this.#windows.size;
  }

  /** Throws unless `found` equals the truth in every window it has, and has at least `atLeast` of them. */
  checkWindows(found: Picture, atLeast: number, who: string): void {
    if (found.size < atLeast) throw new Error(`${who}: ${found.size} windows in the picture, ${atLeast} wanted`);
    for (const [second, counts] of found) {
      const right = this.#windows.get(second) ?? new Int32Array(ACTIONS.length);
      if (right.some((count, action) => count !== counts[action]))
        throw new Error(`${who}: window ${second} is ${counts.join()}, should be ${right.join()}`);
    }
  }

  /** Throws unless `found` is the revenue per action. */
  checkRevenue(found: readonly number[], who: string): void {
    if (this.#revenue.some((value, action) => value !== found[action]))
      throw new Error(`${who}: revenue is ${found.join()}, should be ${this.#revenue.join()}`);
  }
}

/** The batches, each added to `truth` as it goes by. */
export function* told(batches: Iterable<Batch>, truth: Truth): Generator<Batch> {
  for (const batch of batches) {
    truth.add(batch);
    yield batch;
  }
}
