import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entriesFrom, frameEntry } from '../../tests/contract/log.contract.ts';
import { deflate } from './deflate.ts';
import type { LogEntry } from './log.ts';
import { MemoryLog } from './memory.ts';

/** Short frames, some long ones, and stretches without rows, each of one record. */
const entriesOf = (kinds: readonly ('short' | 'long' | 'rowless')[]): LogEntry[] =>
  kinds.map((kind, offset) =>
    kind === 'rowless'
      ? { kind: 'progress', partition: 0, firstOffset: offset, nextOffset: offset + 1, watermarkUs: null }
      : frameEntry(0, offset, 1, kind === 'short' ? 91 + (offset % 8) : 20_000),
  );

test('L1 what is packed comes back as it came, whoever reads what, in any order', () => {
  const kind = fc.constantFrom('short' as const, 'short' as const, 'long' as const, 'rowless' as const);
  fc.assert(
    fc.property(
      fc.array(kind, { minLength: 150, maxLength: 400 }),
      fc.array(fc.nat(400), { maxLength: 40 }),
      (kinds, reads) => {
        const entries = entriesOf(kinds);
        const log = new MemoryLog({ packer: deflate });
        for (const entry of entries) log.append(entry);
        for (const sequence of reads) expect(log.get(sequence)).toEqual(entries[sequence] ?? null);
        expect(entriesFrom(log, log.start)).toEqual(entries);
      },
    ),
    { numRuns: 15 },
  );
});

test('L1 short frames take a fraction of their bytes, and so more of them are kept', () => {
  const entries = entriesOf(Array.from({ length: 4_000 }, () => 'short' as const));
  const kept = [deflate, undefined].map((packer) => {
    const log = new MemoryLog({ maxBytes: 200_000, ...(packer && { packer }) });
    let most = 0;
    for (const entry of entries) {
      log.append(entry);
      most = Math.max(most, log.bytes);
    }
    expect(most).toBeLessThanOrEqual(200_000);
    expect(log.get(log.start)).toEqual(entries[log.start]);
    expect(log.get(log.end - 1)).toEqual(entries.at(-1));
    return log.end - log.start;
  });
  const [packed = 0, asTheyCame = 1] = kept;
  expect(packed).toBeGreaterThan(asTheyCame * 1.5);
});

test('a column of eight bytes may be read in place of what was packed', () => {
  const log = new MemoryLog({ packer: deflate });
  for (const entry of entriesOf(Array.from({ length: 200 }, () => 'short' as const))) log.append(entry);
  for (let sequence = 0; sequence < 200; sequence++) {
    const entry = log.get(sequence);
    if (entry?.kind !== 'frame') throw new Error('it is a frame');
    expect(entry.message.byteOffset % 8).toBe(0);
  }
});
