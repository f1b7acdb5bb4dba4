import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../contract/clock.ts';
import type { ReplayResult } from '../../contract/dead-letters.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { StreamSpec } from '../../contract/spec/stream.ts';
import { readSpec } from '../config.ts';
import { openDataFolder } from '../data-folder.ts';
import type { LetterFilter } from '../dead-letters/search.ts';
import { readText } from '../log/replace-text.ts';
import type { Source } from '../sources/source.ts';
import { parseSourceUrl } from '../sources/source-url.ts';
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
  // The sources' clients with it, which the other commands do without.
  const { makeFeed } = await import('../relay.ts');
  const locked = await openDataFolder(folder);
  const data = dryRun ? { ...locked, files: overlayFiles() } : locked;
  try {
    const wanted = await specOf(config, stream);
    const begunFrom = await sourceOfLog(data.of(stream));
    if (begunFrom !== null) checkSource({ stream, begunFrom, wanted: wanted.source, folder: data.of(stream) });
    // The log's own: no difference in how it is written down puts the log aside.
    const isOfBroker = begunFrom !== null && brokerOf(begunFrom) !== null;
    const spec = isOfBroker ? { ...wanted, source: begunFrom } : wanted;
    const source = silentSource(spec.source);
    const feed = await makeFeed(stream, spec, { clock, data, sourceOf: () => source }, (shaper) => {
      if (shaper.incompatible === null) return;
      throw new HighwaterError(
        'config_invalid',
        `the log of ${stream} cannot be gone on with by this configuration: ${shaper.incompatible}`,
        source.replayable
          ? 'start the relay with it, which begins a new log and reads the source anew; replay then: --relay http://localhost:8787'
          : `put the type back, or give ${stream} another name; ${orAnew(stream, data.of(stream))}`,
      );
    });
    return await whileOpen(feed, () => (dryRun ? feed.tryDeadLetters(filter) : feed.replayDeadLetters(filter)));
  } finally {
    await locked.release();
  }
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

/** What the stream's log was begun from, without a user; null where there is none, or where the feed will say what is wrong. */
async function sourceOfLog(folder: string): Promise<string | null> {
  const text = (await readText(join(folder, 'stream.json'))) ?? '{}';
  try {
    return ManifestSchema.parse(JSON.parse(text)).source;
  } catch {
    return null;
  }
}

const ManifestSchema = z.object({ source: z.string() });

interface Sources {
  readonly stream: string;
  readonly begunFrom: string;
  readonly wanted: string;
  readonly folder: string;
}

/** A log of a source that keeps no past is of this one only: its broker, whatever of its topics. */
function checkSource({ stream, begunFrom, wanted, folder }: Sources): void {
  const [before, now] = [brokerOf(begunFrom), brokerOf(wanted)];
  if (before === now) return;
  throw new HighwaterError(
    'config_invalid',
    `the log of ${stream} is of ${before ?? begunFrom}, and this configuration reads ${now ?? wanted}`,
    `name the configuration it was read by; ${orAnew(stream, folder)}`,
  );
}

/** `mqtt://host:port`, without who asks; null: of another kind. */
function brokerOf(url: string): string | null {
  const parsed = parseSourceUrl(url);
  return parsed.ok && parsed.url.kind === 'mqtt' ? parsed.url.url.replace(/\/\/.*@/s, '//') : null;
}

function orAnew(stream: string, folder: string): string {
  return `or start the relay with it, which begins a new log, and replay then (--relay http://localhost:8787): what it has of ${stream} leaves every board, for its source cannot give it again, and its log is put aside in ${folder}`;
}
