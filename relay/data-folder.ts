import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemClock } from '../contract/clock.ts';
import { HighwaterError } from '../contract/errors.ts';
import { told } from './feed-state.ts';
import { type LockOptions, lockFolder } from './folder-lock.ts';
import { readText, replaceText } from './log/replace-text.ts';
import type { SegmentFiles } from './log/segment-files.ts';
import type { SourceMemory } from './sources/source.ts';

/**
 * What a relay keeps over restarts:
 *
 *     <data>/.lock           who uses it (folder-lock.ts); no stream's folder begins with a dot
 *     <data>/<stream>/       stream.json  source.json  log/  dead-letters/
 */
export interface DataFolder {
  /** A stream's own folder; it may not exist yet. */
  of(stream: string): string;
  /** What a stream's source keeps there. */
  memoryOf(stream: string): SourceMemory;
  /** Stands in for the file system that logs and dead letters are written to. */
  readonly files?: SegmentFiles;
  release(): Promise<void>;
}

/** Throws `data_in_use`, or `data_unwritable`. */
export async function openDataFolder(
  path: string,
  { clock = systemClock, lost = () => undefined, troubled = warn }: Partial<LockOptions> = {},
): Promise<DataFolder> {
  const folder = resolve(path);
  const lock = await mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => lockFolder(folder, { clock, lost, troubled }))
    .catch((cause: unknown) => {
      if (cause instanceof HighwaterError) throw cause;
      const { why, fix } = folderTrouble(cause);
      throw new HighwaterError('data_unwritable', `the data folder ${folder} cannot be used: ${why}`, fix, { cause });
    });
  const of = (stream: string) => join(folder, encodeURIComponent(stream).replace(/^\./, '%2E'));
  return {
    of,
    memoryOf: (stream) => ({
      load: () => readText(join(of(stream), 'source.json')),
      save: (text) => replaceText(join(of(stream), 'source.json'), text),
    }),
    release: () => lock.release(),
  };
}

function warn(message: string): void {
  process.emitWarning(message);
}

/** Why a folder cannot be used, and what to do, by the system's code. */
export function folderTrouble(error: unknown): { readonly why: string; readonly fix: string } {
  const another = 'name another with --data <folder>; or keep nothing over restarts: --data none';
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return { why: 'this user may not write there', fix: `let the relay's user own it; or ${another}` };
    case 'ENOTDIR':
    case 'EEXIST':
      return { why: 'there is a file where a folder should be', fix: another };
    case 'ENOSPC':
    case 'EDQUOT':
      return { why: 'its disk has no room', fix: `make room; or ${another}` };
    case 'EROFS':
      return { why: 'its disk is read-only', fix: another };
    default:
      return { why: told(error).message, fix: another };
  }
}
