import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { readRows } from '../batch/read-frame.ts';
import type { LogEntry } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { encodeRows } from './encode-rows.ts';
import { PackedLog, packEntries } from './packed-log.ts';

function schemaOf(version: number): StreamSchema {
  const names = ['at', 'machine', 'value', ...(version > 1 ? ['note'] : [])];
  return {
    ...{ type: 'schema', stream: 's', version, timeField: 'at', inferred: false },
    fields: names.map((name) => ({
      name,
      type: name === 'at' ? 'timestamp' : name === 'value' ? 'float64' : 'string',
      role: 'text',
      unit: null,
    })),
  };
}

interface Step {
  readonly kind: 'frame' | 'progress' | 'gap';
  readonly partition: number;
  readonly version: number;
  readonly watermarkUs: number;
  readonly rows: readonly { readonly timeUs: number; readonly hole: boolean }[];
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('frame', 'frame', 'frame', 'frame', 'frame', 'frame', 'progress', 'gap'),
    partition: fc.nat(2),
    version: fc.constantFrom(1, 1, 1, 2),
    watermarkUs: fc.nat(60),
    rows: fc.array(fc.record({ timeUs: fc.nat(100), hole: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 64 },
);

function entriesOf(all: readonly Step[]): LogEntry[] {
  const next = new Map<number, number>();
  return all.map(({ kind, partition, version, watermarkUs, rows }, at) => {
    const firstOffset = next.get(partition) ?? 0;
    let offset = firstOffset;
    const placed = rows.map(({ timeUs, hole }) => ({
      offset: hole ? ++offset : offset,
      eventTimeUs: timeUs,
      cells: [`m${offset % 3}`, offset++ + at / 100, ...(version > 1 ? [null] : [])],
    }));
    next.set(partition, offset);
    const place = { partition, firstOffset, nextOffset: offset };
    if (kind === 'progress') return { kind, ...place, watermarkUs };
    if (kind === 'gap') return { kind, ...place, reason: 'gone', foundAtMs: at };
    const header = { ...place, stream: 's', epoch: 'e', watermarkBeforeUs: watermarkUs, sealedAtUs: at };
    return encodeRows(header, schemaOf(version), placed);
  });
}

/** What a tab that begins with a watermark makes of entries: each row, and the watermark it is late by; and where it ends. */
function readBy(entries: readonly LogEntry[], beforeUs: number) {
  let watermarkUs = beforeUs;
  let newestUs = MIN_TIME_US;
  const rows = new Map<string, unknown>();
  const next = new Map<number, number>();
  for (const entry of entries) {
    expect(entry.firstOffset, 'entries tile a partition').toBe(next.get(entry.partition) ?? 0);
    next.set(entry.partition, entry.nextOffset);
    if (entry.kind === 'progress') watermarkUs = Math.max(watermarkUs, entry.watermarkUs ?? MIN_TIME_US);
    if (entry.kind === 'gap')
      rows.set(`gap ${entry.partition} ${entry.firstOffset} ${entry.foundAtMs}`, { entry, newestUs });
    if (entry.kind !== 'frame') continue;
    const { header, payload } = decodeFrame(entry.message);
    watermarkUs = Math.max(watermarkUs, header.watermarkBeforeUs);
    newestUs = Math.max(newestUs, header.maxEventTimeUs);
    const read = readRows(payload, header.firstOffset, schemaOf(header.schemaVersion));
    expect(read.length).toBe(header.rows);
    expect([entry.maxEventTimeUs, header.maxEventTimeUs]).toEqual(
      Array(2).fill(Math.max(...read.map(({ eventTimeUs }) => eventTimeUs))),
    );
    for (const { offset, eventTimeUs, cells } of read) {
      const lateBy = eventTimeUs <= watermarkUs ? watermarkUs : null;
      rows.set(`${header.partition} ${offset}`, { eventTimeUs, cells, lateBy, version: header.schemaVersion });
    }
  }
  return { rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)), next };
}

/** Rows as they come, and the watermark before each. */
function cameBy(entries: readonly LogEntry[]): string[] {
  let watermarkUs = MIN_TIME_US;
  return entries.flatMap((entry) => {
    if (entry.kind === 'progress') watermarkUs = Math.max(watermarkUs, entry.watermarkUs ?? MIN_TIME_US);
    if (entry.kind !== 'frame') return [];
    const { header, payload } = decodeFrame(entry.message);
    const rows = readRows(payload, header.firstOffset, schemaOf(header.schemaVersion)).values();
    const parts = header.parts ?? [header];
    return parts.flatMap(({ rows: count, watermarkBeforeUs }) => {
      watermarkUs = Math.max(watermarkUs, watermarkBeforeUs);
      return [...rows.take(count)].map(({ offset }) => `${header.partition}:${offset} by ${watermarkUs}`);
    });
  });
}

test('F10 packed, a tab makes the same of every record: its cells, its place, the watermark it is late by, and what was before a loss', () => {
  const seed = Date.now() & 0x7fffffff;
  fc.assert(
    fc.property(steps, fc.nat(100), fc.boolean(), (all, beforeUs, inOrder) => {
      const entries = entriesOf(all);
      const packed = packEntries(entries, schemaOf, inOrder) ?? [];
      expect(packed.length).toBeLessThanOrEqual(entries.length);
      expect(readBy(packed, beforeUs)).toEqual(readBy(entries, beforeUs));
      if (inOrder) expect(cameBy(packed)).toEqual(cameBy(entries));
    }),
    { seed, numRuns: 300 },
  );
});

/** Frames of a slow stream, ten of them to a unit of event time that the watermark is a unit behind. */
function slow(frames: number): LogEntry[] {
  const all = Array.from({ length: frames }, (_, at): Step => {
    const watermarkUs = Math.max(0, at - 10);
    return { kind: 'frame', partition: 0, version: 1, watermarkUs, rows: [{ timeUs: at + 1, hole: false }] };
  });
  return entriesOf(all);
}

test('F10 64 frames in order are one, a tenth of their bytes', () => {
  const entries = slow(64);
  const packed = packEntries(entries, schemaOf, false) ?? [];
  expect(packed).toHaveLength(1);
  const bytesOf = (all: readonly LogEntry[]) =>
    all.reduce((sum, entry) => sum + (entry.kind === 'frame' ? entry.payloadBytes : 0), 0);
  expect(bytesOf(packed) * 10).toBeLessThan(bytesOf(entries));
});

test('F10 a whole block is packed, once, for everybody; what is not whole is not', async () => {
  const log = new MemoryLog();
  const packs = new PackedLog(log, schemaOf);
  const entries = slow(100);
  for (const entry of entries.slice(0, 63)) log.append(entry);
  expect(packs.at(0, () => undefined)).toBeNull();
  for (const entry of entries.slice(63)) log.append(entry);
  const made = [vi.fn(), vi.fn()];
  for (const tell of made) expect(packs.at(0, tell)).toBe('wait');
  await vi.waitFor(() => {
    for (const tell of made) expect(tell).toHaveBeenCalledOnce();
  });
  const block = packs.at(0, () => undefined);
  expect(block).toMatchObject({ end: 64, entries: [{ firstOffset: 0, nextOffset: 64 }] });
  expect(packs.at(0, () => undefined)).toBe(block);
  expect(packs.at(1, () => undefined)).toBeNull();
  expect(packs.at(64, () => undefined)).toBeNull();
});

test('F10 a block is packed when it has become whole, before anybody asks', async () => {
  const log = new MemoryLog();
  const packs = new PackedLog(log, schemaOf);
  for (const entry of slow(64)) {
    log.append(entry);
    packs.grown();
  }
  await vi.waitFor(() => expect(packs.at(0, () => undefined)).toMatchObject({ end: 64 }));
});

/** Frames of texts so long, or of so many rows. */
function large(count: number, rows: number, characters: number): LogEntry[] {
  return Array.from({ length: count }, (_, frame) => {
    const place = { partition: 0, firstOffset: frame * rows, nextOffset: (frame + 1) * rows };
    const header = { ...place, stream: 's', epoch: 'e', watermarkBeforeUs: MIN_TIME_US, sealedAtUs: frame };
    const placed = Array.from({ length: rows }, (_, row) => ({
      offset: frame * rows + row,
      eventTimeUs: frame + 1,
      cells: [`${frame} ${row}`.padEnd(characters, 'x'), row],
    }));
    return encodeRows(header, schemaOf(1), placed);
  });
}

test('F10 large frames go as they are, and no packed one grows large', () => {
  const big = large(8, 10, 10_000);
  expect(packEntries(big, schemaOf, false)).toEqual(big);
  const middling = packEntries(large(64, 4, 5_000), schemaOf, false) ?? [];
  expect(middling.length).toBeGreaterThan(1);
  for (const entry of middling) expect(entry).toMatchObject({ kind: 'frame' });
  for (const entry of middling) if (entry.kind === 'frame') expect(entry.payloadBytes).toBeLessThan(2 ** 20);
});

test('F10 a log of large frames, or of few of each partition, is sent as it is', async () => {
  const few = Array.from({ length: 66 }, (_, at): Step => {
    const rows = [{ timeUs: 1 + at, hole: false }];
    return { kind: 'frame', partition: at % 33, version: 1, watermarkUs: 0, rows };
  });
  for (const entries of [large(64, 10, 10_000), entriesOf(few)]) {
    const log = new MemoryLog();
    for (const entry of entries) log.append(entry);
    const packs = new PackedLog(log, schemaOf);
    const made = vi.fn();
    expect(packs.at(0, made)).toBe('wait');
    await vi.waitFor(() => expect(made).toHaveBeenCalledOnce());
    expect(packs.at(0, made)).toBeNull();
  }
});
