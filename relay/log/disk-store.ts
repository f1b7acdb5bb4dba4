import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import { REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import { told } from '../feed-state.ts';
import { brokerOf } from '../sources/source-url.ts';
import { certainEnds } from './certain-ends.ts';
import { DiskLog } from './disk-log.ts';
import { readText, replaceText } from './replace-text.ts';
import type { SegmentFiles } from './segment-files.ts';
import type { Damage } from './segments.ts';
import type { LeftEpoch, LogStore, LogUse } from './store.ts';

/**
 * A stream's folder:
 *
 *     stream.json     what stood in the configuration when the log was begun, and the epochs that were left
 *     log/            segments (disk-log.ts)
 *     log-left-1/     one that was left, of a source that keeps no past
 */
export interface DiskStoreOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** The source, without secrets: a log of a source that keeps no past is of this broker only. */
  readonly source: string;
  readonly replayable: boolean;
  readonly fromEarliest: boolean;
  /** Records could not be read back. */
  readonly onDamage: (damage: Damage) => void;
  /** A log is left for good, and why: rows cannot follow its own. */
  readonly onLeft: (reason: string) => void;
  readonly files?: SegmentFiles;
}

const ManifestSchema = z.object({
  format: z.literal(1),
  source: z.string(),
  /** How many logs were left for others of the same source. */
  generation: z.int().nonnegative(),
  left: z.array(z.object({ epoch: z.string(), reason: z.string(), atMs: z.number().optional() })),
});
type Manifest = z.infer<typeof ManifestSchema>;

/** Tabs that were away longer are told that this is another past, not which. */
const MAX_LEFT = 20;

export async function openDiskStore(options: DiskStoreOptions): Promise<LogStore> {
  const { folder, source, replayable } = options;
  const path = join(folder, 'stream.json');
  const logFolder = join(folder, 'log');
  const found = await readManifest(path);
  let manifest: Manifest = found ?? { format: 1, source, generation: 0, left: [] };
  const write = (next: Manifest): Promise<void> => {
    manifest = next;
    return replaceText(path, JSON.stringify(next, null, 1));
  };
  const logOptions = (use: LogUse) => {
    const { clock, maxBytes, maxAgeMs, fromEarliest, files, onDamage } = options;
    const bounds = { folder: logFolder, clock, maxBytes, maxAgeMs, onDamage };
    return { ...bounds, replayable, fromEarliest, ...use, ...(files !== undefined && { files }) };
  };
  /** Nobody can give what is in it again: it is for a person to delete. `left`: where its epoch is known. */
  const putAside = async (reason: string, ...left: readonly LeftEpoch[]): Promise<void> => {
    const generation = manifest.generation + 1;
    await write({ ...manifest, generation, left: [...manifest.left, ...left].slice(-MAX_LEFT) });
    const aside = join(folder, `log-left-${generation}`);
    await rename(logFolder, aside);
    options.onLeft(`${reason}; what it had, which its source cannot give again, is put aside in ${aside}`);
  };
  return {
    isLasting: true,
    get epochSuffix() {
      return manifest.generation === 0 ? '' : `~${manifest.generation}`;
    },
    get left() {
      return manifest.left;
    },
    async restore(use) {
      const kept = await DiskLog.open(logOptions(use)).catch((cause: unknown) => {
        throw new HighwaterError(
          'data_unreadable',
          `the log in ${logFolder} cannot be read: ${told(cause).message}`,
          'start the version of Highwater that wrote it; or delete the folder, and what is kept there is lost',
          { cause },
        );
      });
      if (kept === null) {
        // Nobody can say what it is of, and nobody can give it again.
        if (!replayable && (await bytesIn(logFolder)) > 0) await putAside(UNKNOWN);
        return null;
      }
      const { log, begin, schemas, lacksVersion } = kept;
      // Of its own records a source that can be read again gives what is lost.
      const certain = certainEnds(log, kept.certain, replayable ? [REPLAY_PARTITION] : log.head().keys());
      const [now, before] = [source, manifest.source].map((url) => brokerOf(url) ?? url);
      const to = `the stream is read from ${now} now, no longer from ${before}`;
      const unfit = !replayable && now !== before ? to : lacksVersion ? NO_FIELDS : null;
      const { watermarkUs } = log;
      return { log, begin, schemas, certain, watermarkUs, newestUs: log.newestByPartition(), unfit };
    },
    async create(begin, use) {
      await rm(logFolder, { recursive: true, force: true });
      await write({ ...manifest, source });
      return DiskLog.create(logOptions(use), begin);
    },
    async leave(left) {
      if (!replayable) return putAside(left.reason, left);
      await write({
        ...manifest,
        generation: manifest.generation + 1,
        left: [...manifest.left, left].slice(-MAX_LEFT),
      });
      options.onLeft(left.reason);
    },
  };
}

const UNKNOWN = 'the disk has damaged the log so that nothing in it says what it is of';
const NO_FIELDS = 'the disk has damaged what says which fields the newest records have';

/** Of all files in a folder; 0 where there is none. */
async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

async function readManifest(path: string): Promise<Manifest | null> {
  const text = await readText(path);
  if (text === null) return null;
  try {
    return ManifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HighwaterError(
      'data_unreadable',
      `${path} is not what this version of Highwater writes`,
      'start the version that wrote it; or delete its folder, and what is kept there is lost',
      { cause },
    );
  }
}
