import { copyFile, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../contract/clock.ts';
import type { ReplayResult } from '../../contract/dead-letters.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { StreamSpec } from '../../contract/spec/stream.ts';
import { readSpec } from '../config.ts';
import { type DataFolder, openDataFolder } from '../data-folder.ts';
import type { LetterFilter } from '../dead-letters/search.ts';
import { readText } from '../log/replace-text.ts';
import type { Source } from '../sources/source.ts';
import { brokerOf } from '../sources/source-url.ts';
import type { StreamFeed } from '../stream-feed.ts';
import { overlayFiles } from './letter-overlay.ts';

/** A replay in the data folder of a relay that is stopped. */
export interface FolderReplay {
  readonly folder: string;
  readonly stream: string;
  /** The configuration to read letters by; null: none is given, and the replay refused. */
  readonly config: string | null;
  readonly clock: Clock;
  readonly filter: LetterFilter;
  /** Nothing changes in the stream's folder. */
  readonly dryRun: boolean;
}

/**
 * The stream as a relay has it, its log and all, but nothing is read from its source. A configuration by which a relay would
 * put the log aside is refused before anything is written. (X7)
 */
export async function replayInFolder({
  folder,
  stream,
  config,
  clock,
  filter,
  dryRun,
}: FolderReplay): Promise<ReplayResult> {
  const locked = await openDataFolder(folder);
  try {
    const own = locked.of(stream);
    const spec = await specOf(config, stream);
    const manifest = await readText(join(own, 'stream.json'));
    if (manifest !== null) checkSource({ stream, begunFrom: sourceIn(manifest), wanted: spec.source, folder: own });
    const tried = await onShadow(own, (shadow) => {
      const data = { ...locked, of: () => shadow, files: overlayFiles() };
      return withFeed({ stream, spec, clock, data, folder: own }, (feed) =>
        dryRun ? feed.tryDeadLetters(filter) : Promise.resolve(null),
      );
    });
    if (tried !== null) return tried;
    return await withFeed({ stream, spec, clock, data: locked, folder: own }, (feed) => feed.replayDeadLetters(filter));
  } finally {
    await locked.release();
  }
}

/**
 * A folder that leads to the stream's own: what a relay would rename, delete or replace there is not touched.
 *
 *     <temporary>/log          ─▶ <stream>/log               written to in memory (letter-overlay.ts)
 *     <temporary>/dead-letters ─▶ <stream>/dead-letters
 *     <temporary>/stream.json     a copy
 */
async function onShadow<T>(own: string, use: (shadow: string) => Promise<T>): Promise<T> {
  const shadow = await mkdtemp(join(tmpdir(), 'highwater-dry-run-'));
  try {
    for (const name of await readdir(own))
      if (name === 'log' || name === 'dead-letters') await symlink(join(own, name), join(shadow, name));
      else if (name === 'stream.json') await copyFile(join(own, name), join(shadow, name));
    return await use(shadow);
  } catch (error) {
    if (!(error instanceof HighwaterError)) throw error;
    const { code, message, fix } = error;
    throw new HighwaterError(code, message.replaceAll(shadow, own), fix.replaceAll(shadow, own), { cause: error });
  } finally {
    await rm(shadow, { recursive: true, force: true });
  }
}

interface FeedOf {
  readonly stream: string;
  readonly spec: StreamSpec;
  readonly clock: Clock;
  readonly data: DataFolder;
  /** For messages. */
  readonly folder: string;
}

async function withFeed<T>(
  { stream, spec, clock, data, folder }: FeedOf,
  use: (feed: StreamFeed) => Promise<T>,
): Promise<T> {
  // The sources' clients with it, which the other commands do without.
  const { makeFeed } = await import('../relay.ts');
  const source = silentSource(spec.source);
  const refused = (why: string): HighwaterError =>
    new HighwaterError(
      'config_invalid',
      `the log of ${stream} cannot be gone on with by this configuration: ${why}`,
      source.replayable
        ? 'start the relay with it, which begins a new log and reads the source anew; replay then: --relay http://localhost:8787'
        : `put back what was changed, or give ${stream} another name; ${orAnew(stream, folder)}`,
    );
  let left: string | null = null;
  const onLeft = (_stream: string, reason: string): void => {
    left = reason.replace(/; what it had, .*$/s, '');
  };
  const feed = await makeFeed(stream, spec, { clock, data, onLeft, sourceOf: () => source }, ({ incompatible }) => {
    if (incompatible !== null) throw refused(incompatible);
  });
  return whileOpen(feed, () => use(feed)).catch((error: unknown) => {
    throw left === null ? error : refused(left);
  });
}

/** Runs the feed, of a source that says nothing, until `use` is done. */
async function whileOpen<T>(feed: StreamFeed, use: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const opened = new Promise<void>((done) => feed.listen({ opened: done }));
  const running = feed.run(stop.signal);
  const failed = running.then(() => {
    throw new HighwaterError('file_unreadable', `${feed.name} has no log yet`, 'start the relay once, and replay then');
  });
  try {
    await Promise.race([opened, failed]);
    return await use();
  } finally {
    stop.abort();
    await running.catch(() => undefined);
    failed.catch(() => undefined);
    await feed.close();
  }
}

/** Stands for a source that is not asked now. Without a log there is nothing to go on from, and it ends. */
function silentSource(url: string): Source {
  return {
    replayable: brokerOf(url) === null,
    label: url,
    async *read(from, signal) {
      if (typeof from === 'object' && 'epoch' in from && !signal.aborted)
        await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
    },
  };
}

async function specOf(config: string | null, stream: string): Promise<StreamSpec> {
  if (config === null)
    throw new HighwaterError(
      'config_invalid',
      `nothing says by which rules ${stream} is read`,
      'name its configuration: --config highwater.yaml; where a relay runs without one, ask it: --relay http://localhost:8787',
    );
  const spec = (await readSpec(config)).config.streams[stream];
  if (spec !== undefined) return spec;
  throw new HighwaterError('config_invalid', `${config} has no stream "${stream}"`, 'name another: --stream');
}

/** What a log was begun from; null where the feed will say what is wrong. */
function sourceIn(manifest: string): string | null {
  try {
    return ManifestSchema.parse(JSON.parse(manifest)).source;
  } catch {
    return null;
  }
}

const ManifestSchema = z.object({ source: z.string() });

interface Sources {
  readonly stream: string;
  readonly begunFrom: string | null;
  readonly wanted: string;
  readonly folder: string;
}

/** A log of a source that keeps no past is of this one only: its broker, whatever of its topics. */
function checkSource({ stream, begunFrom, wanted, folder }: Sources): void {
  if (begunFrom === null) return;
  const [before, now] = [brokerOf(begunFrom), brokerOf(wanted)];
  if (before === now) return;
  throw new HighwaterError(
    'config_invalid',
    `the log of ${stream} is of ${before ?? begunFrom}, and this configuration reads ${now ?? wanted}`,
    `name the configuration it was read by; ${orAnew(stream, folder)}`,
  );
}

function orAnew(stream: string, folder: string): string {
  return `or start the relay with it, which begins a new log, and replay then (--relay http://localhost:8787): what it has of ${stream} leaves every board, for its source cannot give it again, and its log is put aside in ${folder}`;
}
