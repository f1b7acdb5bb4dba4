import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entriesFrom, frameEntry } from '../../tests/contract/log.contract.ts';
import { deflate } from './deflate.ts';
import type { LogEntry } from './log.ts';
import { MemoryLog } from './memory.ts';
import { PackReader, packMessages } from './packed-messages.ts';

/** Short frames, some long ones, and stretches without rows, each of one record. */
const entriesOf = (kinds: readonly ('short' | 'long' | 'rowless')[]): LogEntry[] =>
  kinds.map((kind, offset) =>
    kind === 'rowless'
      ? { kind: 'progress', partition: 0, firstOffset: offset, nextOffset: offset + 1, watermarkUs: null }
      : frameEntry(0, offset, 1, kind === 'short' ? 91 + (offset % 8) : 20_000),
  );

test('L1 what is packed comes back as it came, whoever reads what, in any order, while the oldest go', () => {
  const kind = fc.constantFrom('short' as const, 'short' as const, 'long' as const, 'rowless' as const);
  fc.assert(
    fc.property(
      fc.array(kind, { minLength: 60, maxLength: 200 }),
      fc.array(fc.nat(200), { maxLength: 40 }),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 5_000, max: 150_000 }),
      (kinds, reads, packEntries, maxBytes) => {
        const entries = entriesOf(kinds);
        const log = new MemoryLog({ packer: deflate, packEntries, maxBytes });
        for (const [index, entry] of entries.entries()) {
          log.append(entry);
          const read = reads[index % reads.length] ?? 0;
          expect(log.get(read)).toEqual(read < log.start ? null : (entries.slice(0, index + 1)[read] ?? null));
          expect(log.bytes).toBeLessThanOrEqual(Math.max(maxBytes, 21_000));
        }
        expect(entriesFrom(log, log.start)).toEqual(entries.slice(log.start));
      },
    ),
    { numRuns: 60 },
  );
});

test('L1 short frames take a fraction of their bytes, and so more of them are kept', () => {
  const entries = entriesOf(Array.from({ length: 4_000 }, () => 'short' as const));
  const kept = [deflate, undefined].map((packer) => {
    const log = new MemoryLog({ maxBytes: 200_000, ...(packer && { packer }) });
    for (const entry of entries) log.append(entry);
    return log.end - log.start;
  });
  const [packed = 0, asTheyCame = 1] = kept;
  expect(packed).toBeGreaterThan(asTheyCame * 1.5);
});

test('L1 neither a pack nor a message that is kept holds more memory than its bytes', () => {
  const bytes = new Uint8Array(20_000).map((_, index) => (index * 7919) % 251);
  expect(deflate.pack(bytes).buffer.byteLength).toBe(deflate.pack(bytes).length);
  const log = new MemoryLog({ packer: deflate });
  for (const entry of entriesOf(Array.from({ length: 200 }, () => 'short' as const))) log.append(entry);
  for (const sequence of [0, 63, 64, 150]) {
    const entry = log.get(sequence);
    if (entry?.kind !== 'frame') throw new Error('it is a frame');
    expect(entry.message.buffer.byteLength).toBe(entry.message.length);
  }
});

test('L1 many readers at places of their own are given what is there, and little of it is unpacked at a time', () => {
  let unpacked = 0;
  const counting = {
    ...deflate,
    unpack(packed: Uint8Array) {
      unpacked++;
      return deflate.unpack(packed);
    },
  };
  const messages = Array.from({ length: 64 }, (_, index) => new Uint8Array(8_000).fill(index));
  const packs = Array.from({ length: 6 }, () => packMessages(messages, counting));
  const reader = new PackReader();
  for (let message = 0; message < 64; message++)
    for (const pack of packs) {
      const inPack = pack[message];
      if (!inPack) throw new Error('it is packed');
      expect(reader.message(inPack)[0]).toBe(message);
    }
  // Of 512 kB each, four are remembered: of six that are read in turn none is there when it is wanted again.
  expect(unpacked).toBe(6 * 64);
  unpacked = 0;
  for (const pack of packs) for (const inPack of pack) expect(reader.message(inPack)).toHaveLength(8_000);
  expect(unpacked).toBe(6);
});
