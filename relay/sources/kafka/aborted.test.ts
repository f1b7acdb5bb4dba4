import fc from 'fast-check';
import { expect, test } from 'vitest';
import { committedRecords, nextOffsetAfter } from './aborted.ts';
import type { Batch } from './batches.ts';
import type { PartitionFetch } from './client.ts';

const TRANSACTIONAL = 16;
const CONTROL = 32;

/** A log as a broker keeps it, and what a committed reader must see of it. */
class BrokerLog {
  readonly batches: Batch[] = [];
  readonly committed: number[] = [];
  readonly #aborted: { producerId: bigint; firstOffset: number; lastOffset: number }[] = [];
  readonly #open = new Map<number, number[]>();
  #end = 0;

  write(producer: number, count: number, transactional: boolean): void {
    const offsets = Array.from({ length: count }, (_, index) => this.#end + index);
    this.#append(
      producer,
      transactional ? TRANSACTIONAL : 0,
      offsets.map((_, offsetDelta) => ({ offsetDelta, key: null })),
    );
    if (transactional) this.#open.set(producer, [...(this.#open.get(producer) ?? []), ...offsets]);
    else this.committed.push(...offsets);
  }

  finish(producer: number, type: 'abort' | 'commit'): void {
    const offsets = this.#open.get(producer);
    const [firstOffset] = offsets ?? [];
    if (offsets === undefined || firstOffset === undefined) return;
    this.#open.delete(producer);
    if (type === 'commit') this.committed.push(...offsets);
    else
      this.#aborted.push({
        producerId: BigInt(producer),
        firstOffset,
        lastOffset: this.#end,
      });
    this.#append(producer, TRANSACTIONAL | CONTROL, [
      { offsetDelta: 0, key: Buffer.of(0, 0, 0, type === 'commit' ? 1 : 0) },
    ]);
  }

  finishAll(): void {
    for (const producer of [...this.#open.keys()]) this.finish(producer, 'abort');
  }

  /** Whole batches from the one that holds the offset, and the aborted transactions that touch them. */
  fetch(fetchOffset: number, maxBatches: number): PartitionFetch {
    const from = this.batches.findIndex((batch) => batch.firstOffset + batch.lastOffsetDelta >= fetchOffset);
    const batches = from === -1 ? [] : this.batches.slice(from, from + maxBatches);
    const last = batches.at(-1);
    const upper = last === undefined ? 0 : last.firstOffset + last.lastOffsetDelta;
    const aborted = this.#aborted.filter(
      ({ firstOffset, lastOffset }) => lastOffset >= fetchOffset && firstOffset <= upper,
    );
    const ends = { highWatermark: this.#end, lastStableOffset: this.#end };
    return { streamPartition: 0, errorCode: 0, ...ends, divergesAt: null, batches, aborted };
  }

  get end(): number {
    return this.#end;
  }

  #append(producer: number, attributes: number, records: { offsetDelta: number; key: Uint8Array | null }[]): void {
    this.batches.push({
      firstOffset: this.#end,
      lastOffsetDelta: records.length - 1,
      partitionLeaderEpoch: 0,
      attributes,
      firstTimestamp: 1_000,
      maxTimestamp: 2_000,
      producerId: BigInt(producer),
      unreadable: null,
      records: records.map((record) => ({ ...record, timestampDelta: 5, value: Buffer.of(1), headers: [] })),
    });
    this.#end += records.length;
  }
}

test('S7 a committed reader sees exactly the committed records, however transactions interleave and fetches are cut', () => {
  const producer = fc.integer({ min: 1, max: 3 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('write' as const), producer, count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ do: fc.constant('plain' as const), producer: fc.constant(9), count: fc.integer({ min: 1, max: 2 }) }),
    fc.record({ do: fc.constantFrom('abort' as const, 'commit' as const), producer, count: fc.constant(0) }),
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }),
      (steps, cuts) => {
        const log = new BrokerLog();
        for (const { do: what, producer: by, count } of steps) {
          if (what === 'write' || what === 'plain') log.write(by, count, what === 'write');
          else log.finish(by, what);
        }
        log.finishAll();
        const seen: number[] = [];
        let offset = 0;
        for (let turn = 0; offset < log.end; turn++) {
          const fetch = log.fetch(offset, cuts[turn % cuts.length] ?? 1);
          seen.push(...committedRecords(fetch, 't', offset).map((record) => record.offset));
          const next = nextOffsetAfter(fetch, offset);
          expect(next).toBeGreaterThan(offset);
          offset = next;
        }
        expect(seen).toEqual(log.committed.toSorted((left, right) => left - right));
      },
    ),
    { numRuns: 500 },
  );
});

test('records of a batch that lie below the wanted offset are left out', () => {
  const log = new BrokerLog();
  log.write(9, 5, false);
  expect(committedRecords(log.fetch(3, 1), 't', 3).map(({ offset }) => offset)).toEqual([3, 4]);
});

test('a record has its own time, or the time the broker appended its batch', () => {
  const log = new BrokerLog();
  log.write(9, 1, false);
  const fetch = log.fetch(0, 1);
  expect(committedRecords(fetch, 't', 0)[0]?.timestampMs).toBe(1_005);
  const appended = { ...fetch, batches: fetch.batches.map((batch) => ({ ...batch, attributes: 8 })) };
  expect(committedRecords(appended, 't', 0)[0]?.timestampMs).toBe(2_000);
});
