import { join } from 'node:path';
import type { Clock } from '../contract/clock.ts';
import type { StreamSchema } from '../contract/protocol/down.ts';
import { parseDurationUs } from '../contract/spec/duration.ts';
import type { StreamSpec } from '../contract/spec/stream.ts';
import { BATCH_LIMITS } from './batch/batcher.ts';
import { Packings } from './boards/packings.ts';
import { boardsMessage, type Shown } from './boards/shown.ts';
import type { DataFolder } from './data-folder.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { openDeadLetters } from './dead-letters/on-disk.ts';
import { FirstBoards } from './first-boards.ts';
import { deflate } from './log/deflate.ts';
import { openDiskStore } from './log/disk-store.ts';
import { diskLogBytes, memoryLogBytes } from './log/log-bytes.ts';
import type { Damage } from './log/segments.ts';
import { memoryStore } from './log/store.ts';
import { type RelayServer, startServer } from './serve/server.ts';
import { shapeSpecOf } from './shape/shape-spec.ts';
import { Shaper } from './shape/shaper.ts';
import { createPacer } from './sources/pace.ts';
import type { Source, SourceMemory } from './sources/source.ts';
import { startFrom } from './sources/start-from.ts';
import { type FeedParts, StreamFeed } from './stream-feed.ts';
import { unreadableStore } from './unreadable-store.ts';

/** The whole relay: a feed per stream, and a server for all of them. */
export interface RelayParts extends Pick<Shown, 'windows' | 'boards'>, Partial<Pick<Shown, 'playlists'>> {
  readonly streams: Readonly<Record<string, StreamSpec>>;
  /** `memory`: what the source finds again after a restart; null where the stream is in memory only. */
  readonly sourceOf: (spec: StreamSpec, memory: SourceMemory | null) => Source;
  readonly clock: Clock;
  /** New at every start. */
  readonly run: string;
  readonly host: string;
  /** Names the relay may be called by, beside its own. */
  readonly allowHosts?: readonly string[];
  /** Origins of pages that another host serves, and that may read streams from here. */
  readonly allowOrigins?: readonly string[];
  readonly port: number;
  readonly pageDir: string;
  /** Where streams are kept over restarts; left out: in memory only. Those at the pace of their events always are. */
  readonly data?: DataFolder | null;
  /** Of each stream that is kept in memory; left out: what it says, or its share. */
  readonly maxLogBytes?: number;
  readonly heartbeatMs?: number;
  /** Tabs at a time. */
  readonly maxSessions?: number;
  /** A version of a stream's fields, each once. */
  readonly onSchema?: (schema: StreamSchema) => void;
  /** What a crash or a disk has damaged, and what was done about it. */
  readonly onDamage?: (stream: string, damage: Damage) => void;
  /** A stream's log was left for another, and why. */
  readonly onLeft?: (stream: string, reason: string) => void;
  /** A stream that cannot be read, however often one tries. */
  readonly onFailure?: (stream: string, error: unknown) => void;
}

export interface Relay {
  readonly port: number;
  readonly feeds: ReadonlyMap<string, StreamFeed>;
  /** From now on, in tabs that are open too; streams stay as they are. */
  show(now: Shown): void;
  close(): Promise<void>;
}

const HEARTBEAT_MS = 15_000;

export async function startRelay(parts: RelayParts): Promise<Relay> {
  const { clock, run, host, port, pageDir, heartbeatMs = HEARTBEAT_MS } = parts;
  const packings = new Packings();
  const specs = Object.values(parts.streams);
  const inMemory = parts.data ? specs.filter((spec) => !isKeptOnDisk(spec)) : specs;
  const setup = { ...parts, streamsInMemory: inMemory.length };
  const made = Object.entries(parts.streams).map(
    async ([name, spec]) => [name, await makeFeed(name, spec, { ...setup, packing: () => packings.of(name) })] as const,
  );
  const feeds = new Map(await Promise.all(made));
  const first = new FirstBoards(parts.streams, parts.windows);
  let shown: Shown = { boards: parts.boards, windows: parts.windows, playlists: parts.playlists ?? {}, problems: [] };
  const boards = () => boardsMessage(shown, first);
  packings.learn(boards().windows);
  const server: RelayServer = await startServer({
    host,
    ...(parts.allowHosts !== undefined && { allowHosts: parts.allowHosts }),
    ...(parts.allowOrigins !== undefined && { allowOrigins: parts.allowOrigins }),
    port,
    clock,
    run,
    heartbeatMs,
    ...(parts.maxSessions !== undefined && { maxSessions: parts.maxSessions }),
    feeds,
    boards,
    pageDir,
  });

  const stop = new AbortController();
  const reading = [...feeds.values()].map((feed) => {
    feed.listen({
      schema: (schema) => {
        parts.onSchema?.(schema);
        first.learn(schema);
        packings.learn(boards().windows);
        if (shown.boards === null) server.tellBoards();
      },
    });
    return feed.run(stop.signal).catch((error: unknown) => parts.onFailure?.(feed.name, error));
  });
  return {
    port: server.port,
    feeds,
    show(now) {
      first.declare(now.windows);
      shown = now;
      packings.learn(boards().windows);
      server.tellBoards();
    },
    async close() {
      await server.close();
      await Promise.all([...feeds.values()].map((feed) => feed.flush()));
      stop.abort();
      await Promise.all(reading);
      await Promise.all([...feeds.values()].map((feed) => feed.close()));
    },
  };
}

/** What is played at the pace of its events, the demo too, is played anew at every start. */
export function isKeptOnDisk({ source, speed }: StreamSpec): boolean {
  return speed === 'max' && !/^demo:/i.test(source);
}

/** What a feed needs of the relay around it. */
export type FeedSetup = Pick<RelayParts, 'clock' | 'data' | 'sourceOf' | 'maxLogBytes' | 'onDamage' | 'onLeft'> &
  Pick<FeedParts, 'packing'> & { readonly streamsInMemory?: number };

/** One stream, not read yet. `look` sees every shaper before it is used. */
export async function makeFeed(
  name: string,
  spec: StreamSpec,
  parts: FeedSetup,
  look: (shaper: Shaper) => void = () => undefined,
): Promise<StreamFeed> {
  const { clock } = parts;
  const data = isKeptOnDisk(spec) ? (parts.data ?? null) : null;
  const source = parts.sourceOf(spec, data?.memoryOf(name) ?? null);
  return new StreamFeed({
    stream: name,
    source,
    from: startFrom(spec.from, clock.nowMs()),
    makeShaper: (restored) => {
      const shaper = new Shaper(shapeSpecOf(name, spec), restored);
      look(shaper);
      return shaper;
    },
    clock,
    delayUs: parseDurationUs(spec.time.delay) ?? 0,
    idleMs: (parseDurationUs(spec.time.idle) ?? 0) / 1000,
    aheadUs: aheadUsOf(spec),
    limits: BATCH_LIMITS,
    pacer: spec.speed === 'max' ? null : createPacer(spec.speed, clock),
    ...(data === null ? keptInMemory(spec, source, parts) : await openKept(name, spec, source, data, parts)),
    backfillUs: spec.backfill === undefined ? null : parseDurationUs(spec.backfill),
    ...(parts.packing !== undefined && { packing: parts.packing }),
  });
}

type Kept = Pick<FeedParts, 'store' | 'deadLetters'>;

function keptInMemory(spec: StreamSpec, source: Source, parts: FeedSetup): Kept {
  const { clock, streamsInMemory = 1, maxLogBytes = memoryLogBytes(spec.log, streamsInMemory) } = parts;
  const store = memoryStore({ maxBytes: maxLogBytes, packer: deflate, fromEarliest: isFromEarliest(spec, source) });
  return { store, deadLetters: DeadLetters.inMemory(clock) };
}

/** Where that cannot be read the stream fails when it is run, and no other. */
async function openKept(
  name: string,
  spec: StreamSpec,
  source: Source,
  data: DataFolder,
  { clock, onDamage, onLeft }: FeedSetup,
): Promise<Kept> {
  const files = data.files === undefined ? {} : { files: data.files };
  const damaged = (damage: Damage) => onDamage?.(name, damage);
  try {
    const store = await openDiskStore({
      folder: data.of(name),
      clock,
      maxBytes: diskLogBytes(spec.log),
      maxAgeMs: (parseDurationUs(spec.log.max_age) ?? 0) / 1000,
      source: withoutUser(spec.source),
      replayable: source.replayable,
      fromEarliest: isFromEarliest(spec, source),
      onDamage: damaged,
      onLeft: (reason) => onLeft?.(name, reason),
      ...files,
    });
    const folder = join(data.of(name), 'dead-letters');
    return { store, deadLetters: await openDeadLetters(folder, clock, { onDamage: damaged, ...files }) };
  } catch (error) {
    return { store: unreadableStore(error), deadLetters: DeadLetters.inMemory(clock) };
  }
}

function isFromEarliest({ from }: StreamSpec, { replayable }: Source): boolean {
  return from === 'earliest' || !replayable;
}

/** `mqtt://user:secret@host/topic` → `mqtt://host/topic`. */
function withoutUser(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1');
}

/** What a file holds has happened, whatever this machine's clock says: only what is live can be ahead of it. (W21) */
function aheadUsOf({ source, time }: StreamSpec): number | null {
  const ahead = time.ahead ?? (/^file:/i.test(source) ? 'any' : LIVE_AHEAD);
  return ahead === 'any' ? null : parseDurationUs(ahead);
}

const LIVE_AHEAD = '1h';
