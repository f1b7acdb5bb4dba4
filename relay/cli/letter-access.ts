import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../../contract/clock.ts';
import type { LetterGroup, ReplayResult, ShownLetter, WholeLetter } from '../../contract/dead-letters.ts';
import { HighwaterError } from '../../contract/errors.ts';
import { type StreamSpec, StreamSpecSchema } from '../../contract/spec/stream.ts';
import { readSpec } from '../config.ts';
import { openDataFolder } from '../data-folder.ts';
import type { DeadLetters } from '../dead-letters/dead-letters.ts';
import { openDeadLetters } from '../dead-letters/on-disk.ts';
import { findLetters, groupsOf, type LetterFilter, matching } from '../dead-letters/search.ts';
import { letterLine, showLetter, showWhole } from '../dead-letters/show.ts';
import { readText } from '../log/replace-text.ts';
import { diskFiles, type SegmentFiles } from '../log/segment-files.ts';
import type { Source } from '../sources/source.ts';
import type { StreamFeed } from '../stream-feed.ts';

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

/** Reading takes nothing from a relay that runs on the same folder, and leaves its files as they are. */
const readOnly: SegmentFiles = {
  ...diskFiles,
  makeFolder: () => false,
  open: (path) => diskFiles.open(path, 'read'),
  cut: () => undefined,
  remove: () => undefined,
};
const UNBOUNDED = { maxBytes: Number.POSITIVE_INFINITY, maxLetters: Number.POSITIVE_INFINITY };
const SHOWN_BYTES = 2 ** 20;

export interface FolderOptions {
  readonly data: string;
  /** The configuration to read letters by; null: what the stream was read by last. */
  readonly config: string | null;
  readonly clock: Clock;
}

export function folderAccess({ data, config, clock }: FolderOptions): LetterAccess {
  const folder = resolve(data);
  const lettersOf = (stream: string) => join(folder, encodeURIComponent(stream), 'dead-letters');
  const read = async (stream: string): Promise<DeadLetters> => {
    const path = lettersOf(stream);
    if (!(await isFolder(path))) throw noStream(stream, folder);
    return openDeadLetters(path, clock, { bounds: UNBOUNDED, files: readOnly });
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
      const spec = await specOf(config, stream, join(folder, encodeURIComponent(stream)));
      return withLog(folder, stream, spec, clock, (feed) =>
        dryRun ? feed.tryDeadLetters(filter) : feed.replayDeadLetters(filter),
      );
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

/** The stream as a relay has it, its log and all, but nothing is read from its source. */
async function withLog<T>(
  folder: string,
  stream: string,
  spec: StreamSpec,
  clock: Clock,
  use: (feed: StreamFeed) => Promise<T>,
): Promise<T> {
  // The sources' clients with it, which the other commands do without.
  const { makeFeed } = await import('../relay.ts');
  const data = await openDataFolder(folder);
  const stop = new AbortController();
  try {
    const source = silentSource(spec.source);
    const feed = await makeFeed(stream, spec, { clock, data, sourceOf: () => source }, (shaper) => {
      if (shaper.incompatible === null) return;
      throw new HighwaterError(
        'config_invalid',
        `the log of ${stream} cannot be gone on with by this configuration: ${shaper.incompatible}`,
        source.replayable
          ? 'start the relay with it, which begins a new log and reads the source anew; replay then: --relay http://localhost:8787'
          : `put the type back, or give ${stream} another name; or start the relay with it, which begins a new log, and replay then (--relay http://localhost:8787): what it has of ${stream} leaves every board, for its source cannot give it again, and its log is put aside in ${join(folder, encodeURIComponent(stream))}`,
      );
    });
    const opened = new Promise<void>((done) => feed.listen({ opened: done }));
    const running = feed.run(stop.signal);
    const failed = running.then(() => {
      throw new HighwaterError('file_unreadable', `${stream} has no log yet`, 'start the relay once, and replay then');
    });
    try {
      await Promise.race([opened, failed]);
      return await use(feed);
    } finally {
      stop.abort();
      await running.catch(() => undefined);
      failed.catch(() => undefined);
      await feed.close();
    }
  } finally {
    await data.release();
  }
}

/** Stands for a source that is not asked now. Without a log there is nothing to go on from, and it ends. */
function silentSource(url: string): Source {
  return {
    replayable: !/^mqtts?:/i.test(url),
    label: url,
    async *read(from, signal) {
      if (typeof from === 'object' && 'epoch' in from && !signal.aborted)
        await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
    },
  };
}

async function specOf(config: string | null, stream: string, folder: string): Promise<StreamSpec> {
  if (config !== null) {
    const spec = (await readSpec(config)).config.streams[stream];
    if (spec === undefined)
      throw new HighwaterError('config_invalid', `${config} has no stream "${stream}"`, 'name another: --stream');
    return spec;
  }
  const manifest: unknown = JSON.parse((await readText(join(folder, 'stream.json'))) ?? '{}');
  const parsed = StreamSpecSchema.safeParse({ source: (manifest as { source?: unknown }).source });
  if (!parsed.success)
    throw new HighwaterError(
      'config_invalid',
      `nothing says how ${stream} is read`,
      'name its configuration: --config',
    );
  return parsed.data;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}

function noStream(stream: string, folder: string): HighwaterError {
  return new HighwaterError('file_unreadable', `${folder} has no stream "${stream}"`, 'see dead-letters list');
}
