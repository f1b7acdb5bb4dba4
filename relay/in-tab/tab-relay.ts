import type { Clock } from '../../contract/clock.ts';
import type { InTabLetters } from '../../contract/in-tab.ts';
import type { Down } from '../../contract/protocol/down.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import { StreamSpecSchema } from '../../contract/spec/stream.ts';
import { BATCH_LIMITS } from '../batch/batcher.ts';
import { DeadLetters } from '../dead-letters/dead-letters.ts';
import { FirstBoards } from '../first-boards.ts';
import { memoryStore } from '../log/store.ts';
import { Conflators } from '../serve/conflation.ts';
import { Session } from '../serve/session.ts';
import { Shaper } from '../shape/shaper.ts';
import { createPacer } from '../sources/pace.ts';
import { StreamFeed } from '../stream-feed.ts';
import { createDroppedFileSource, type GivenFile } from './dropped-file.ts';
import { lineBlob, shownLetters } from './letters.ts';
import { unusedName } from './unused-name.ts';

/**
 * The relay's own way from records to frames, for files in a tab: a feed per file, its log in memory, and a session per
 * port. Positions the log no longer reaches are read from the file again, as from any source that keeps its past.
 */
export interface TabRelayParts {
  readonly files: readonly GivenFile[];
  /** `max` is as fast as they are read; a number is by event time, each file from its own first event on. */
  readonly speed: number | 'max';
  readonly clock: Clock;
  readonly run: string;
  readonly onFailure: (error: unknown) => void;
}

export interface TabRelay {
  /** Serves one connection; the port's other end speaks the protocol. */
  connect(port: MessagePort): void;
  letters(): Promise<InTabLetters>;
  /** JSON lines. */
  letterLines(stream: string): Promise<Blob>;
}

const MAX_LOG_BYTES = 256 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;

export function startTabRelay({ files, speed, clock, run, onFailure }: TabRelayParts): TabRelay {
  const feeds = new Map<string, StreamFeed>();
  for (const file of files) {
    const name = unusedName(file.name, [...feeds.keys()]);
    feeds.set(name, makeFeed(name, file, speed, clock));
  }
  const sessions = new Set<Session>();
  const conflators = new Conflators();
  const boards = new FirstBoards(Object.fromEntries(feeds), {});
  const tellOfBoards = (): Extract<Down, { type: 'boards' }> => {
    const now = boards.made();
    return { type: 'boards', ...now, playlists: {}, problems: [], made: Object.keys(now.boards) };
  };
  const stats = (): Extract<Down, { type: 'stats' }> => ({
    type: 'stats',
    streams: Object.fromEntries(
      [...feeds].map(([name, feed]) => [
        name,
        {
          source: feed.state,
          records: feed.counts.records,
          deadLetters: feed.deadLetters.count,
          lastDeadLetter: feed.deadLetters.lastReason,
          lagRecords: feed.lagRecords,
        },
      ]),
    ),
  });
  for (const feed of feeds.values()) {
    feed.listen({
      schema(schema) {
        boards.learn(schema);
        for (const session of sessions) session.tellBoards();
      },
    });
    feed.run(new AbortController().signal).catch(onFailure);
  }
  const lettersOf = [...feeds].map(([name, { deadLetters }]) => ({ name, deadLetters }));
  return {
    letters: () => shownLetters(lettersOf),
    letterLines: (stream) => lineBlob(lettersOf.filter(({ name }) => name === stream)),
    connect(port) {
      const leave = () => {
        sessions.delete(session);
        session.closed();
        port.close();
      };
      const session: Session = new Session({
        socket: {
          transport: 'websocket',
          text: (message) => port.postMessage(message),
          binary(message) {
            // The log keeps its own, and other engines get theirs.
            const copy = message.slice().buffer;
            port.postMessage(copy, [copy]);
          },
          // What is on its way is bounded by the engine's credit alone.
          bufferedBytes: () => 0,
          close: () => port.postMessage(null),
          terminate: leave,
        },
        clock,
        run,
        heartbeatMs: HEARTBEAT_MS,
        feeds,
        boards: tellOfBoards,
        stats,
        conflators,
        sent: () => undefined,
        told: () => undefined,
      });
      sessions.add(session);
      port.onmessage = ({ data }) => (typeof data === 'string' ? session.receive(data) : leave());
    },
  };
}

function makeFeed(name: string, file: GivenFile, speed: number | 'max', clock: Clock): StreamFeed {
  const spec = StreamSpecSchema.parse({ source: `file:${file.name}` });
  const { field, format, delay, idle } = spec.time;
  return new StreamFeed({
    stream: name,
    source: createDroppedFileSource(file),
    from: 'earliest',
    makeShaper: (restored) =>
      new Shaper({ stream: name, time: { field, format }, fields: undefined, topics: false }, restored),
    clock,
    delayUs: parseDurationUs(delay) ?? 0,
    idleMs: (parseDurationUs(idle) ?? 0) / 1000,
    // What a file holds has happened, whatever this machine's clock says. (W21)
    aheadUs: null,
    limits: BATCH_LIMITS,
    pacer: speed === 'max' ? null : createPacer(speed, clock),
    deadLetters: DeadLetters.inMemory(clock),
    store: memoryStore({ maxBytes: MAX_LOG_BYTES, fromEarliest: true }),
    backfillUs: null,
  });
}
