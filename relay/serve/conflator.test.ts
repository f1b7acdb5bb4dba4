import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { readRows } from '../batch/read-frame.ts';
import type { LogEntry } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { Conflator } from './conflator.ts';
import { encodeRows } from './encode-rows.ts';

/** Version 2 has a field more. */
function schemaOf(version: number): StreamSchema {
  const names = ['at', 'machine', 'value', ...(version > 1 ? ['note'] : [])];
  return {
    ...{ type: 'schema', stream: 's', version, timeField: 'at', inferred: false, latestBy: ['machine'] },
    fields: names.map((name) => ({
      name,
      type: name === 'at' ? 'timestamp' : name === 'value' ? 'float64' : 'string',
      role: 'text',
      unit: null,
    })),
  };
}

interface Given {
  readonly partition: number;
  readonly offset: number;
  readonly machine: string;
  readonly eventTimeUs: number;
  readonly value: number;
  /** Rows of a version keep to it: those of the first have no note. */
  readonly note: unknown;
}

/** Writes what a source's frames would hold, and keeps every row. */
class Writer {
  readonly log = new MemoryLog();
  readonly rows: Given[] = [];
  readonly #next = new Map<number, number>();

  frame(partition: number, version: number, rows: readonly { machine: number; timeUs: number; hole: boolean }[]): void {
    const firstOffset = this.#next.get(partition) ?? 0;
    let offset = firstOffset;
    const placed = rows.map(({ machine, timeUs, hole }) => {
      if (hole) offset++;
      const given = {
        partition,
        offset: offset++,
        machine: `m${machine}`,
        eventTimeUs: timeUs,
        value: this.rows.length,
        note: version > 1 ? 'n' : undefined,
      };
      this.rows.push(given);
      return {
        offset: given.offset,
        eventTimeUs: timeUs,
        cells: [given.machine, given.value, ...(version > 1 ? ['n'] : [])],
      };
    });
    const place = { stream: 's', epoch: 'e', partition, firstOffset, nextOffset: offset };
    this.#append(encodeRows({ ...place, watermarkBeforeUs: MIN_TIME_US, sealedAtUs: 1 }, schemaOf(version), placed));
  }

  gap(partition: number, records: number): void {
    const firstOffset = this.#next.get(partition) ?? 0;
    this.#append({
      kind: 'gap',
      partition,
      firstOffset,
      nextOffset: firstOffset + records,
      reason: 'lost',
      foundAtMs: 1,
    });
  }

  progress(partition: number, records: number): void {
    const firstOffset = this.#next.get(partition) ?? 0;
    this.#append({ kind: 'progress', partition, firstOffset, nextOffset: firstOffset + records, watermarkUs: null });
  }

  #append(entry: LogEntry): void {
    this.log.open(entry.partition, 0);
    this.log.append(entry);
    this.#next.set(entry.partition, entry.nextOffset);
  }
}

/** Reads as a subscription does: conflated where it may be, else the log's own entry. */
class Reader {
  readonly given: Given[] = [];
  readonly next: Record<string, number> = {};
  readonly gaps: LogEntry[] = [];
  cursor = 0;
  left = 0;
  readonly #writer: Writer;
  readonly #conflator: Conflator;

  constructor(writer: Writer, conflator: Conflator) {
    this.#writer = writer;
    this.#conflator = conflator;
  }

  /** One delivery; false when there is none. */
  deliver(conflated: boolean): boolean {
    const { log } = this.#writer;
    for (;;) {
      if (conflated) this.#conflator.advance(this.cursor, 50);
      const found = conflated ? this.#conflator.next(this.cursor, this.next) : null;
      if (found !== null) {
        this.cursor = found.cursor;
        if (found.entry === null) continue;
        this.left += found.left;
        expect(this.#take(found.entry)).toBe(true);
        return true;
      }
      const entry = log.get(this.cursor);
      if (entry === null) return false;
      this.cursor++;
      if (this.#take(entry)) return true;
    }
  }

  #take(entry: LogEntry): boolean {
    const { partition, nextOffset } = entry;
    const from = this.next[partition] ?? 0;
    if (nextOffset <= from) return false;
    // Extents tile; only of the log's own entries some may have been given before.
    expect(entry.firstOffset).toBeLessThanOrEqual(from);
    this.next[partition] = nextOffset;
    if (entry.kind === 'gap') this.gaps.push(entry);
    if (entry.kind !== 'frame') return true;
    const { header, payload } = decodeFrame(entry.message);
    expect(header.rows).toBeGreaterThan(0);
    for (const row of readRows(payload, header.firstOffset, schemaOf(header.schemaVersion))) {
      if (row.offset < from) continue;
      expect(row.offset).toBeLessThan(nextOffset);
      const [machine, value, note] = row.cells;
      const { offset, eventTimeUs } = row;
      this.given.push({ partition, offset, machine: String(machine), eventTimeUs, value: Number(value), note });
    }
    return true;
  }
}

/** The newest row of each partition and key, by offset and by event time. */
function newest(rows: readonly Given[]): Record<string, Given> {
  const found: Record<string, Given> = {};
  for (const row of [...rows].sort((a, b) => a.offset - b.offset)) {
    const key = `${row.partition} ${row.machine}`;
    found[key] = row;
    const byTime = found[`${key} by time`];
    if (byTime === undefined || row.eventTimeUs >= byTime.eventTimeUs) found[`${key} by time`] = row;
  }
  return found;
}

const partition = fc.integer({ min: 0, max: 2 });
const written = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('frame' as const),
      partition,
      rows: fc.array(
        fc.record({
          machine: fc.integer({ min: 0, max: 4 }),
          timeUs: fc.integer({ min: 0, max: 50 }),
          hole: fc.boolean(),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  },
  fc.record({ kind: fc.constant('gap' as const), partition, records: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('progress' as const), partition, records: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('new schema' as const) }),
);
const read = fc.record({
  kind: fc.constant('read' as const),
  reader: fc.integer({ min: 0, max: 1 }),
  entries: fc.integer({ min: 1, max: 4 }),
  conflated: fc.boolean(),
});

test('F8 F2 P3 whoever falls behind ends with the newest row of each key, extents tile, and all records are counted', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: written }, read), { maxLength: 60 }), (steps) => {
      const writer = new Writer();
      const conflator = new Conflator({ log: writer.log, stream: 's', epoch: 'e', latestBy: ['machine'], schemaOf });
      const readers = [new Reader(writer, conflator), new Reader(writer, conflator)] as const;
      let version = 1;
      for (const step of steps) {
        if (step.kind === 'frame') writer.frame(step.partition, version, step.rows);
        else if (step.kind === 'gap') writer.gap(step.partition, step.records);
        else if (step.kind === 'progress') writer.progress(step.partition, step.records);
        else if (step.kind === 'new schema') version = 2;
        else {
          const reader = readers[step.reader === 0 ? 0 : 1];
          for (let entry = 0; entry < step.entries; entry++) reader.deliver(step.conflated);
          conflator.forget(Math.min(readers[0].cursor, readers[1].cursor));
        }
      }
      const gaps = Array.from({ length: writer.log.end }, (_, sequence) => writer.log.get(sequence)).filter(
        (entry) => entry?.kind === 'gap',
      );
      for (const reader of readers) {
        while (reader.deliver(true));
        expect(newest(reader.given)).toEqual(newest(writer.rows));
        expect(reader.given.length + reader.left).toBe(writer.rows.length);
        expect(new Set(reader.given.map(({ value }) => value)).size).toBe(reader.given.length);
        for (const row of reader.given) expect(writer.rows[row.value]).toEqual(row);
        expect(reader.next).toEqual(Object.fromEntries(writer.log.head()));
        expect(reader.gaps).toEqual(gaps);
      }
    }),
    { numRuns: 300 },
  );
});

test('F8 what is kept is bounded by keys: beyond, readers go by the log', () => {
  const writer = new Writer();
  for (let machine = 0; machine < 30; machine++) writer.frame(0, 1, [{ machine, timeUs: 0, hole: false }]);
  const conflator = new Conflator({
    ...{ log: writer.log, stream: 's', epoch: 'e', latestBy: ['machine'], schemaOf, maxKeys: 20 },
  });
  const reader = new Reader(writer, conflator);
  while (reader.deliver(true));
  expect([conflator.overflowed, conflator.keys, reader.given.length, reader.left]).toEqual([true, 0, 30, 0]);
});

test('F8 more rows than a frame may have come in several', () => {
  const writer = new Writer();
  for (let frame = 0; frame < 60; frame++)
    writer.frame(
      0,
      1,
      Array.from({ length: 500 }, (_, row) => ({
        machine: ((frame * 500 + row) * 7) % 20_000,
        timeUs: row,
        hole: false,
      })),
    );
  const conflator = new Conflator({ log: writer.log, stream: 's', epoch: 'e', latestBy: ['machine'], schemaOf });
  while (conflator.advance(0, 10_000));
  const reader = new Reader(writer, conflator);
  const frames: number[] = [];
  for (let before = 0; reader.deliver(true); before = reader.given.length) frames.push(reader.given.length - before);
  expect(Math.max(...frames)).toBeLessThanOrEqual(8192);
  expect(newest(reader.given)).toEqual(newest(writer.rows));
  expect(reader.left).toBe(writer.rows.length - reader.given.length);
  expect(reader.left).toBeGreaterThan(9_000);
});
