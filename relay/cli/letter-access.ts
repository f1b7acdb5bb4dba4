import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../../contract/clock.ts';
import type { LetterGroup, ReplayResult, ShownLetter, WholeLetter } from '../../contract/dead-letters.ts';
import { HighwaterError } from '../../contract/errors.ts';
import { openDataFolder } from '../data-folder.ts';
import type { DeadLetters } from '../dead-letters/dead-letters.ts';
import { openDeadLetters } from '../dead-letters/on-disk.ts';
import { findLetters, groupsOf, type LetterFilter, matching } from '../dead-letters/search.ts';
import { letterLine, showLetter, showWhole } from '../dead-letters/show.ts';
import { overlayFiles } from './letter-overlay.ts';
import { replayInFolder } from './letter-replay.ts';

/** Where the command line finds dead letters: in a data folder, or at a relay that runs. */
export interface LetterAccess {
  streams(): Promise<string[]>;
  summary(stream: string): Promise<LetterSummary>;
  find(stream: string, filter: LetterFilter, limit: number): AsyncIterable<ShownLetter>;
  show(stream: string, id: number): Promise<WholeLetter | null>;
  /** JSON lines. */
  download(stream: string, filter: LetterFilter): AsyncIterable<string>;
  replay(stream: string, filter: LetterFilter, dryRun: boolean): Promise<ReplayResult>;
  /** How many. */
  drop(stream: string, filter: LetterFilter): Promise<number>;
}

export interface LetterSummary {
  readonly count: number;
  readonly letGo: number;
  readonly groups: readonly LetterGroup[];
}

const UNBOUNDED = { maxBytes: Number.POSITIVE_INFINITY, maxLetters: Number.POSITIVE_INFINITY };
const SHOWN_BYTES = 2 ** 20;

export interface FolderOptions {
  readonly data: string;
  /** The configuration to replay by; null: none is given. */
  readonly config: string | null;
  readonly clock: Clock;
}

export function folderAccess({ data, config, clock }: FolderOptions): LetterAccess {
  const folder = resolve(data);
  const lettersOf = (stream: string) => join(folder, encodeURIComponent(stream).replace(/^\./, '%2E'), 'dead-letters');
  const read = async (stream: string): Promise<DeadLetters> => {
    const path = lettersOf(stream);
    if (!(await isFolder(path))) throw noStream(stream, folder);
    // It takes nothing from a relay that runs on the same folder, and leaves its files as they are.
    return openDeadLetters(path, clock, { bounds: UNBOUNDED, files: overlayFiles() });
  };
  return {
    async streams() {
      const names = await readdir(folder).catch((cause: unknown) => {
        throw new HighwaterError(
          'file_unreadable',
          `${folder} cannot be read`,
          'name the relay’s data folder: --data',
          {
            cause,
          },
        );
      });
      const kept: string[] = [];
      for (const name of names.sort())
        if (await isFolder(join(folder, name, 'dead-letters'))) kept.push(decodeURIComponent(name));
      return kept;
    },
    async summary(stream) {
      const letters = await read(stream);
      return { count: letters.count, letGo: letters.letGo, groups: groupsOf(matching(letters, {})) };
    },
    async *find(stream, filter, limit) {
      let left = limit;
      for await (const { entry, letter } of findLetters(await read(stream), filter, { startOnly: true })) {
        if (left-- <= 0) return;
        yield showLetter(entry, letter);
      }
    },
    async show(stream, id) {
      const letters = await read(stream);
      const entry = letters.index.get(id);
      if (entry === null) return null;
      return showWhole(entry, letters.read(entry), SHOWN_BYTES);
    },
    async *download(stream, filter) {
      for await (const { entry, letter } of findLetters(await read(stream), filter))
        yield* letterLine(stream, entry, letter);
    },
    async replay(stream, filter, dryRun) {
      await read(stream);
      return replayInFolder({ folder, stream, config, clock, filter, dryRun });
    },
    async drop(stream, filter) {
      await read(stream);
      const lock = await openDataFolder(folder);
      try {
        const letters = await openDeadLetters(lettersOf(stream), clock);
        const entries = [];
        for await (const { entry } of findLetters(letters, filter, { startOnly: true })) entries.push(entry);
        const dropped = letters.drop(entries);
        await letters.close();
        return dropped;
      } finally {
        await lock.release();
      }
    },
  };
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}

function noStream(stream: string, folder: string): HighwaterError {
  return new HighwaterError('file_unreadable', `${folder} has no stream "${stream}"`, 'see dead-letters list');
}
