import { expect, test } from 'vitest';
import { diskLogBytes, memoryLogBytes } from './log-bytes.ts';

const MIB = 2 ** 20;

test('L1 L3 a log has the bytes it says; else 1 GiB on disk, and in memory an even share of 256 MiB, at least 1 MiB', () => {
  expect(diskLogBytes({})).toBe(1024 * MIB);
  expect(diskLogBytes({ max_bytes: '4MiB' })).toBe(4 * MIB);
  expect([1, 4, 100, 1000].map((streams) => memoryLogBytes({}, streams))).toEqual([
    256 * MIB,
    64 * MIB,
    Math.floor(2.56 * MIB),
    MIB,
  ]);
  expect([memoryLogBytes({ max_bytes: '4MiB' }, 4), memoryLogBytes({ max_bytes: '1GiB' }, 4)]).toEqual([
    4 * MIB,
    1024 * MIB,
  ]);
});
