import type { Clock } from '../contract/clock.ts';
import type { Down, StreamSchema } from '../contract/protocol/down.ts';
import type { Board } from '../contract/spec/board.ts';
import { parseDurationUs } from '../contract/spec/duration.ts';
import { firstBoard } from '../contract/spec/first-board.ts';
import type { StreamSpec } from '../contract/spec/stream.ts';
import type { WindowSpec } from '../contract/spec/window.ts';
import { BATCH_LIMITS } from './batch/batcher.ts';
import { MAX_LOG_BYTES, MemoryLog } from './log/memory.ts';
import { type RelayServer, startServer } from './serve/server.ts';
import { shapeSpecOf } from './shape/shape-spec.ts';
import { Shaper } from './shape/shaper.ts';
import { createPacer } from './sources/pace.ts';
import type { Source } from './sources/source.ts';
import { startFrom } from './sources/start-from.ts';
import { StreamFeed } from './stream-feed.ts';

/** The whole relay: a feed per stream, and a server for all of them. */
export interface RelayParts {
  readonly streams: Readonly<Record<string, StreamSpec>>;
  readonly windows: Readonly<Record<string, WindowSpec>>;
  /** null: one is made for each stream when its fields are known. */
  readonly boards: Readonly<Record<string, Board>> | null;
  readonly sourceOf: (spec: StreamSpec) => Source;
  readonly clock: Clock;
  /** New at every start. */
  readonly run: string;
  readonly host: string;
  /** Names the relay may be called by, beside its own. */
  readonly allowHosts?: readonly string[];
  readonly port: number;
  readonly pageDir: string;
  /** Per stream. */
  readonly maxLogBytes?: number;
  readonly heartbeatMs?: number;
  /** A version of a stream's fields, each once. */
  readonly onSchema?: (schema: StreamSchema) => void;
  /** A stream that cannot be read, however often one tries. */
  readonly onFailure?: (stream: string, error: unknown) => void;
}

export interface Relay {
  readonly port: number;
  readonly feeds: ReadonlyMap<string, StreamFeed>;
  close(): Promise<void>;
}

const HEARTBEAT_MS = 15_000;

export async function startRelay(parts: RelayParts): Promise<Relay> {
  const { clock, run, host, port, pageDir, heartbeatMs = HEARTBEAT_MS } = parts;
  const feeds = new Map(Object.entries(parts.streams).map(([name, spec]) => [name, makeFeed(name, spec, parts)]));
  const boards: { windows: Record<string, WindowSpec>; boards: Record<string, Board> } = {
    windows: { ...parts.windows },
    boards: {},
  };
  for (const [name, board] of Object.entries(parts.boards ?? {})) {
    boards.boards[name] = board;
    Object.assign(boards.windows, board.windows);
  }
  /** Windows of boards made here, by stream. */
  const made: Record<string, Record<string, WindowSpec>> = {};
  const message = (): Extract<Down, { type: 'boards' }> => ({ type: 'boards', ...boards });
  const server: RelayServer = await startServer({
    host,
    ...(parts.allowHosts !== undefined && { allowHosts: parts.allowHosts }),
    port,
    clock,
    run,
    heartbeatMs,
    feeds,
    boards: message,
    pageDir,
  });

  const stop = new AbortController();
  const reading = [...feeds.values()].map((feed) => {
    feed.listen({
      schema: (schema) => {
        parts.onSchema?.(schema);
        if (parts.boards !== null) return;
        const others = Object.entries(made).filter(([stream]) => stream !== feed.name);
        const first = firstBoard(schema, Object.assign({}, parts.streams, parts.windows, ...others.map(([, w]) => w)));
        made[feed.name] = first.windows;
        boards.windows = Object.assign({}, ...Object.values(made), parts.windows);
        boards.boards[feed.name] = first.board;
        server.tellBoards();
      },
    });
    return feed.run(stop.signal).catch((error: unknown) => parts.onFailure?.(feed.name, error));
  });
  return {
    port: server.port,
    feeds,
    async close() {
      await server.close();
      stop.abort();
      await Promise.all(reading);
    },
  };
}

function makeFeed(name: string, spec: StreamSpec, parts: RelayParts): StreamFeed {
  const { clock, maxLogBytes = MAX_LOG_BYTES } = parts;
  return new StreamFeed({
    stream: name,
    source: parts.sourceOf(spec),
    from: startFrom(spec.from, clock.nowMs()),
    shaper: new Shaper(shapeSpecOf(name, spec)),
    clock,
    delayUs: parseDurationUs(spec.time.delay) ?? 0,
    idleMs: (parseDurationUs(spec.time.idle) ?? 0) / 1000,
    aheadUs: aheadUsOf(spec),
    limits: BATCH_LIMITS,
    pacer: spec.speed === 'max' ? null : createPacer(spec.speed, clock),
    makeLog: () => new MemoryLog(maxLogBytes),
  });
}

/** What a file holds has happened, whatever this machine's clock says: only what is live can be ahead of it. (W21) */
function aheadUsOf({ source, time }: StreamSpec): number | null {
  const ahead = time.ahead ?? (/^file:/i.test(source) ? 'any' : LIVE_AHEAD);
  return ahead === 'any' ? null : parseDurationUs(ahead);
}

const LIVE_AHEAD = '1h';
