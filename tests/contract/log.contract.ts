import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Log, LogEntry } from '../../relay/log/log.ts';

/** What every log promises (relay/log/log.ts, L1–L4). `make` gives an empty log that keeps about `maxBytes`. */
export function logContract(name: string, make: (maxBytes: number) => Log): void {
  const frame = (partition: number, firstOffset: number, rows: number, bytes = 100): LogEntry => ({
    kind: 'frame',
    partition,
    firstOffset,
    nextOffset: firstOffset + rows,
    schemaVersion: 1,
    message: new Uint8Array(bytes),
    payloadBytes: bytes,
  });
  const all = (log: Log, from: number): LogEntry[] => {
    const entries: LogEntry[] = [];
    for (let entry = log.get(from); entry !== null; entry = log.get(from + entries.length)) entries.push(entry);
    return entries;
  };

  describe(name, () => {
    test('L1 L4 entries come back in order, and listeners hear of them until they are removed', () => {
      const log = make(1e6);
      let heard = 0;
      const unsubscribe = log.subscribe(() => heard++);
      const entries = [frame(0, 0, 5), frame(1, 7, 2), frame(0, 5, 1)];
      for (const entry of entries) log.append(entry);
      unsubscribe();
      log.append(frame(0, 6, 1));
      expect(all(log, log.start)).toEqual([...entries, frame(0, 6, 1)]);
      expect(log.end - log.start).toBe(4);
      expect(log.get(log.end)).toBeNull();
      expect(heard).toBe(3);
      log.close();
    });

    test('L2 a position within floor and head is found, another is not', () => {
      const log = make(1e6);
      log.open(0, 10);
      log.append(frame(0, 10, 5));
      expect(log.seek({ 0: 10 })).not.toBeNull();
      expect(log.seek({ 0: 15 })).not.toBeNull();
      expect(log.seek({ 0: 9 })).toBeNull();
      expect(log.seek({ 0: 16 })).toBeNull();
      expect(log.seek({})).toBeNull();
      log.close();
    });

    test('a frame that leaves offsets out, or repeats them, is refused; a gap may stand for them', () => {
      const log = make(1e6);
      log.append(frame(0, 0, 5));
      expect(() => log.append(frame(0, 6, 1))).toThrow(/partition 0 is at 5/);
      expect(() => log.append(frame(0, 4, 3))).toThrow(/partition 0 is at 5/);
      log.append({ kind: 'gap', partition: 0, firstOffset: 6, nextOffset: 20, reason: 'retention' });
      log.append(frame(0, 20, 1));
      expect(log.head()).toEqual(new Map([[0, 21]]));
      log.close();
    });

    test('L2 L3 whatever is let go: from a position that is found, every later offset is there', () => {
      const step = fc.record({
        partition: fc.nat(2),
        rows: fc.integer({ min: 1, max: 9 }),
        bytes: fc.integer({ min: 0, max: 3000 }),
      });
      fc.assert(
        fc.property(
          fc.array(step, { minLength: 1, maxLength: 60 }),
          fc.integer({ min: 500, max: 9000 }),
          (steps, maxBytes) => {
            const log = make(maxBytes);
            let floor = new Map<number, number>();
            for (const { partition, rows, bytes } of steps) {
              log.append(frame(partition, log.head().get(partition) ?? 0, rows, bytes));
              for (const [number, offset] of floor) expect(log.floor().get(number)).toBeGreaterThanOrEqual(offset);
              floor = new Map(log.floor());
              const next = new Map(floor);
              const from = log.seek(Object.fromEntries(floor));
              expect(from).not.toBeNull();
              for (const entry of all(log, from ?? 0)) {
                expect(entry.firstOffset).toBeLessThanOrEqual(next.get(entry.partition) ?? -1);
                next.set(entry.partition, Math.max(next.get(entry.partition) ?? 0, entry.nextOffset));
              }
              expect(next).toEqual(new Map(log.head()));
              expect(log.bytes <= maxBytes || log.end - log.start === 1).toBe(true);
            }
            log.close();
          },
        ),
      );
    });
  });
}
