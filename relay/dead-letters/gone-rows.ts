import type { LetterEntry } from './letter-index.ts';
import type { Mark } from './mark.ts';
import { OffsetRuns } from './offset-runs.ts';

/**
 * Letters that were replayed and then let go for room: where their records are at the source, for when it gives them
 * again, so that none is a row twice. (X5)
 *
 *     epoch of the log that has the row → epoch, partition, offsets at the source
 *
 * Where runs are too many, the lowest of the longest list go: they are what the source itself lets go of first.
 */
export class GoneRows {
  readonly #byLog = new Map<string, Map<string, OffsetRuns>>();
  #runs = 0;

  get isEmpty(): boolean {
    return this.#byLog.size === 0;
  }

  has(epoch: string, partition: number, offset: number): boolean {
    for (const places of this.#byLog.values()) if (places.get(keyOf(epoch, partition))?.has(offset)) return true;
    return false;
  }

  /** What an earlier run had written. */
  add({ log, epoch, partition, runs }: GoneMark): void {
    const places = this.#byLog.get(log) ?? new Map<string, OffsetRuns>();
    const key = keyOf(epoch, partition);
    const known = places.get(key) ?? new OffsetRuns();
    this.#runs -= known.size;
    known.addAll(OffsetRuns.decode(runs));
    this.#runs += known.size;
    this.#byLog.set(log, places.set(key, known));
    while (this.#runs > MAX_RUNS) {
      const longest = [...this.#byLog.values()]
        .flatMap((some) => [...some.values()])
        .reduce((a, b) => (b.size > a.size ? b : a));
      longest.dropLowest();
      this.#runs--;
    }
  }

  /** Rows in other logs than this one are rows no more; null: in all. */
  keepLog(log: string | null): void {
    for (const [other, places] of this.#byLog)
      if (other !== log) {
        for (const runs of places.values()) this.#runs -= runs.size;
        this.#byLog.delete(other);
      }
  }

  /** What is at or beyond these offsets is other records now: partition → offset, of those not named all. */
  cutFrom(offsets: ReadonlyMap<number, number>): void {
    for (const places of this.#byLog.values())
      for (const [key, runs] of places) {
        this.#runs -= runs.size;
        runs.cutFrom(offsets.get(partitionOf(key)) ?? 0);
        this.#runs += runs.size;
      }
  }

  /** All of it, to be written. */
  *marks(): Iterable<GoneMark> {
    for (const [log, places] of this.#byLog)
      for (const [key, runs] of places)
        yield { mark: 'gone', log, epoch: epochOf(key), partition: partitionOf(key), runs: runs.encode() };
  }
}

export type GoneMark = Extract<Mark, { mark: 'gone' }>;

/** What is to be written of letters that go. */
export function goneMarks(entries: Iterable<LetterEntry>): GoneMark[] {
  const gone = new GoneRows();
  for (const { state, rowIn, epoch, partition, offset } of entries)
    if (state === 'replayed' && rowIn !== null)
      gone.add({ mark: 'gone', log: rowIn, epoch, partition, runs: [offset, 1] });
  return [...gone.marks()];
}

const MAX_RUNS = 100_000;

function keyOf(epoch: string, partition: number): string {
  return `${partition}/${epoch}`;
}

function partitionOf(key: string): number {
  return Number(key.slice(0, key.indexOf('/')));
}

function epochOf(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}
