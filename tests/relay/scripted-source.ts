import type { Position } from '../../contract/protocol/position.ts';
import {
  positionOf,
  type RawRecord,
  type Source,
  type SourceEvent,
  type StartFrom,
} from '../../relay/sources/source.ts';

/** A source in memory that does what the test says: records, losses, another past. */
export class ScriptedSource implements Source {
  readonly replayable: boolean;
  readonly label = 'a scripted source';
  epoch = 'epoch-1';
  /** Readings begun so far. */
  readings = 0;
  /** Records given so far, over all readings. */
  given = 0;
  /** Records in one event. */
  batch = 500;
  readonly #partitions = new Map<number, { floor: number; records: RawRecord[] }>();
  readonly #wakers = new Set<() => void>();
  #resetReason: string | null = null;

  constructor(options: { readonly replayable: boolean; readonly partitions?: number }) {
    this.replayable = options.replayable;
    for (let partition = 0; partition < (options.partitions ?? 1); partition++)
      this.#partitions.set(partition, { floor: 0, records: [] });
  }

  /** Publishes values, objects as JSON. */
  push(partition: number, ...values: readonly unknown[]): void {
    const { records } = this.#partition(partition);
    for (const value of values) {
      const bytes = value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value));
      records.push({
        offset: records.length,
        topic: 'scripted',
        timestampMs: 1_743_760_800_000,
        key: null,
        value: bytes,
      });
    }
    this.#wake();
  }

  /** Forgets everything below `floor`, as retention does. */
  forget(partition: number, floor: number): void {
    this.#partition(partition).floor = floor;
  }

  /** Another past: the topic was made anew. */
  recreate(epoch: string, reason: string): void {
    this.epoch = epoch;
    for (const entry of this.#partitions.values()) Object.assign(entry, { floor: 0, records: [] });
    this.#resetReason = reason;
    this.#wake();
  }

  async *read(from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent> {
    this.readings++;
    const next = this.#startOf(from);
    const asked = positionOf(from);
    if (asked !== null && asked.epoch !== this.epoch) yield { kind: 'reset', reason: 'another epoch' };
    let { epoch } = this;
    yield { kind: 'opened', position: this.#position(epoch, next) };
    for (const [partition, { floor }] of this.#partitions) yield* this.#lost(next, partition, floor);
    yield { kind: 'state', state: { state: 'live', message: null, fix: null } };
    while (!signal.aborted) {
      if (epoch !== this.epoch) {
        yield { kind: 'reset', reason: this.#resetReason ?? 'another epoch' };
        epoch = this.epoch;
        for (const partition of next.keys()) next.set(partition, 0);
        yield { kind: 'opened', position: this.#position(epoch, next) };
      }
      let idle = true;
      for (const [partition, { records }] of this.#partitions) {
        const firstOffset = next.get(partition) ?? 0;
        const taken = records.slice(firstOffset, firstOffset + this.batch);
        if (taken.length === 0) continue;
        idle = false;
        const nextOffset = firstOffset + taken.length;
        next.set(partition, nextOffset);
        this.given += taken.length;
        yield {
          kind: 'records',
          partition,
          firstOffset,
          nextOffset,
          behind: records.length - nextOffset,
          records: taken,
        };
      }
      if (!idle) continue;
      yield { kind: 'caught-up' };
      if ([...this.#partitions].every(([partition, { records }]) => (next.get(partition) ?? 0) >= records.length))
        await this.#waken(signal);
    }
  }

  #startOf(from: StartFrom): Map<number, number> {
    const asked = positionOf(from);
    return new Map(
      [...this.#partitions].map(([partition, { floor, records }]) => {
        if (from === 'latest') return [partition, records.length];
        if (asked === null || asked.epoch !== this.epoch) return [partition, floor];
        return [partition, asked.next[partition] ?? floor];
      }),
    );
  }

  *#lost(next: Map<number, number>, partition: number, floor: number): Iterable<SourceEvent> {
    const firstOffset = next.get(partition) ?? 0;
    if (firstOffset >= floor) return;
    next.set(partition, floor);
    yield { kind: 'gap', partition, firstOffset, nextOffset: floor, reason: 'retention' };
  }

  #position(epoch: string, next: ReadonlyMap<number, number>): Position {
    return { epoch, next: Object.fromEntries([...next].map(([partition, offset]) => [String(partition), offset])) };
  }

  #partition(partition: number): { floor: number; records: RawRecord[] } {
    const found = this.#partitions.get(partition);
    if (found === undefined) throw new Error(`no partition ${partition}`);
    return found;
  }

  #waken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wakers.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }
}
