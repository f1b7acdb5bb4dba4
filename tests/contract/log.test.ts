import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { deflate } from '../../relay/log/deflate.ts';
import { DiskLog } from '../../relay/log/disk-log.ts';
import type { LogEvents } from '../../relay/log/log.ts';
import { MemoryLog } from '../../relay/log/memory.ts';
import { diskFiles } from '../../relay/log/segment-files.ts';
import { logContract } from './log.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'highwater-log-contract-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let logs = 0;

logContract('the log in memory', {
  make: async (maxBytes, events) => new MemoryLog({ maxBytes, events }),
  looseBytes: 0,
});

logContract('the log in memory, its past packed', {
  make: async (maxBytes, events) => new MemoryLog({ maxBytes, events, packer: deflate, packEntries: 2 }),
  looseBytes: 0,
});

const SEGMENT_BYTES = 2_000;
const onDisk = (replayable: boolean) => (maxBytes: number, events: LogEvents) =>
  DiskLog.create(
    {
      folder: join(folder, String(++logs)),
      clock: systemClock,
      maxBytes,
      maxAgeMs: 3_600_000,
      replayable,
      fromEarliest: true,
      schemaOf: () => null,
      events,
      segmentBytes: SEGMENT_BYTES,
      cacheBytes: 3_000,
      // What reaches the disk, when, is not asked here.
      files: { ...diskFiles, sync: async () => undefined, syncFolder: async () => undefined },
    },
    { epoch: 'epoch', next: {} },
  );

// What is appended to stays whole.
logContract('the log on disk', { make: onDisk(true), looseBytes: SEGMENT_BYTES + 4_000 });
// What is not shown yet stays too.
const looseBytes = 2 * (SEGMENT_BYTES + 4_000);
logContract('the log on disk of a source without a past', { make: onDisk(false), looseBytes, showsKept: true });
