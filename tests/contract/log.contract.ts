import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import type { Log, LogEntry, LogEvents } from '../../relay/log/log.ts';

export interface LogUnderTest {
  /** An empty log that keeps about `maxBytes`. */
  readonly make: (maxBytes: number, events: LogEvents) => Promise<Log>;
  /** By how much it may be beyond that. */
  readonly looseBytes: number;
  /** Is what is appended shown only once it is kept? */
  readonly showsKept?: boolean;
}

/** A frame whose payload has `bytes` bytes, all of them `firstOffset % 251`. */
export function frameEntry(partition: number, firstOffset: number, rows: number, bytes = 96, timeUs = 0): LogEntry {
  const nextOffset = firstOffset + rows;
  const payload = new Uint8Array(bytes).fill(firstOffset % 251);
  const message = encodeFrame(
    {
      stream: 'events',
      epoch: 'epoch',
      partition,
      firstOffset,
      nextOffset,
      rows,
      minEventTimeUs: timeUs,
      maxEventTimeUs: timeUs,
      watermarkBeforeUs: MIN_TIME_US,
      sealedAtUs: Date.now() * 1000,
      schemaVersion: 1,
      contiguous: true,
    },
    payload,
  );
  const extent = { partition, firstOffset, nextOffset };
  return { kind: 'frame', ...extent, schemaVersion: 1, maxEventTimeUs: timeUs, message, payloadBytes: bytes };
}

/** Entries from a sequence to the end. */
export function entriesFrom(log: Log, from: number): LogEntry[] {
  const entries: LogEntry[] = [];
  for (let entry = log.get(from); entry !== null; entry = log.get(from + entries.length)) entries.push(entry);
  return entries;
}

/** What every log promises (relay/log/log.ts, L1–L4). */
export function logContract(name: string, { make, looseBytes, showsKept = false }: LogUnderTest): void {
  const quiet: LogEvents = { shown: () => undefined, kept: () => undefined };

  const shown = async (log: Log): Promise<void> => {
    if (showsKept) await log.flush();
  };

  describe(name, () => {
    test('L1 entries of every kind come back as they were, in order', async () => {
      const log = await make(1e6, quiet);
      const entries: LogEntry[] = [
        frameEntry(0, 0, 5),
        frameEntry(1, 7, 2),
        { kind: 'progress', partition: 0, firstOffset: 5, nextOffset: 9, watermarkUs: 17 },
        { kind: 'gap', partition: 1, firstOffset: 9, nextOffset: 9, reason: 'of unknown size', foundAtMs: 4_000 },
        { kind: 'progress', partition: 0, firstOffset: 9, nextOffset: 9, watermarkUs: null },
        frameEntry(0, 9, 1),
      ];
      for (const entry of entries) log.append(entry);
      await shown(log);
      expect(entriesFrom(log, log.start)).toEqual(entries);
      expect(log.end - log.start).toBe(entries.length);
      expect(log.get(log.end)).toBeNull();
      expect(log.hidden).toBe(0);
      await log.close();
    });

    test('L2 a position within floor and head is found, another is not', async () => {
      const log = await make(1e6, quiet);
      log.open(0, 10);
      log.append(frameEntry(0, 10, 5));
      log.append(frameEntry(0, 15, 5));
      await shown(log);
      expect(log.seek({ 0: 10 })).toBe(log.start);
      expect(log.seek({ 0: 14 })).toBe(log.start);
      expect(log.seek({ 0: 15 })).toBe(log.start + 1);
      expect(log.seek({ 0: 20 })).toBe(log.end);
      expect(log.seek({ 0: 9 })).toBeNull();
      expect(log.seek({ 0: 21 })).toBeNull();
      expect(log.seek({})).toBeNull();
      await log.close();
    });

    test('a frame that leaves offsets out, or repeats them, is refused; a gap may stand for them', async () => {
      const log = await make(1e6, quiet);
      log.append(frameEntry(0, 0, 5));
      expect(() => log.append(frameEntry(0, 6, 1))).toThrow(/partition 0 is at 5/);
      expect(() => log.append(frameEntry(0, 4, 3))).toThrow(/partition 0 is at 5/);
      log.append({ kind: 'gap', partition: 0, firstOffset: 6, nextOffset: 20, reason: 'retention', foundAtMs: 1 });
      log.append(frameEntry(0, 20, 1));
      await shown(log);
      expect(log.head()).toEqual(new Map([[0, 21]]));
      await log.close();
    });

    test('L4 what is kept is told, up to everything', async () => {
      let kept: Record<string, number> = {};
      let resolve = (): void => undefined;
      const all = new Promise<void>((done) => {
        resolve = done;
      });
      const log = await make(1e6, {
        shown: () => undefined,
        kept: (next) => {
          kept = { ...kept, ...next };
          if (kept[0] === 12 && kept[1] === 3) resolve();
        },
      });
      log.append(frameEntry(0, 0, 5));
      log.append(frameEntry(1, 0, 3));
      log.append({ kind: 'progress', partition: 0, firstOffset: 5, nextOffset: 12, watermarkUs: null });
      await all;
      expect(kept).toEqual({ 0: 12, 1: 3 });
      await log.close();
    });

    test('L2 L3 whatever is let go: from a position that is found, every later offset is there', async () => {
      const step = fc.record({
        partition: fc.nat(2),
        rows: fc.integer({ min: 1, max: 9 }),
        bytes: fc.integer({ min: 0, max: 3000 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 60 }),
          fc.integer({ min: 500, max: 9000 }),
          async (steps, maxBytes) => {
            const log = await make(maxBytes, quiet);
            let floor = new Map<number, number>();
            for (const { partition, rows, bytes } of steps) {
              log.append(frameEntry(partition, log.head().get(partition) ?? 0, rows, bytes));
              await shown(log);
              for (const [number, offset] of floor) expect(log.floor().get(number)).toBeGreaterThanOrEqual(offset);
              floor = new Map(log.floor());
              const next = new Map(floor);
              const from = log.seek(Object.fromEntries(floor));
              expect(from).not.toBeNull();
              for (const entry of entriesFrom(log, from ?? 0)) {
                expect(entry.firstOffset).toBeLessThanOrEqual(next.get(entry.partition) ?? -1);
                next.set(entry.partition, Math.max(next.get(entry.partition) ?? 0, entry.nextOffset));
              }
              expect(next).toEqual(new Map(log.head()));
              expect(log.bytes <= maxBytes + looseBytes || log.end - log.start === 1).toBe(true);
            }
            await log.close();
          },
        ),
      );
    });

    test('P7 since a time: no event at or after it is left out, whatever their order and whatever is let go', async () => {
      const step = fc.record({ partition: fc.nat(2), timeUs: fc.nat(100) });
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 60 }),
          fc.constantFrom(1_500, 6_000, 1e6),
          fc.nat(101),
          async (steps, maxBytes, sinceUs) => {
            const log = await make(maxBytes, quiet);
            const wanted: string[] = [];
            const begins = new Map<number, number>();
            for (const { partition, timeUs } of steps) {
              const offset = log.head().get(partition) ?? 0;
              log.append(frameEntry(partition, offset, 1, 96, timeUs));
              await shown(log);
              if (timeUs < sinceUs) continue;
              wanted.push(`${partition}:${offset}`);
              if (!begins.has(partition)) begins.set(partition, offset);
            }
            const { next, whole } = log.since(sinceUs);
            const given = entriesFrom(log, log.start).filter(
              (entry) => entry.firstOffset >= (next[entry.partition] ?? 0),
            );
            const there = new Set(given.map(({ partition, firstOffset }) => `${partition}:${firstOffset}`));
            const missing = wanted.filter((place) => !there.has(place));
            expect(missing.length === 0).toBe(whole);
            if (whole) for (const [partition, offset] of begins) expect(next[partition]).toBe(offset);
            await log.close();
          },
        ),
      );
    });
  });
}
