import type { Clock } from '../../contract/clock.ts';
import type { InTabLetters } from '../../contract/in-tab.ts';
import type { Down } from '../../contract/protocol/down.ts';
import type { Boards } from '../../contract/worker-api.ts';
import { Packings } from '../boards/packings.ts';
import { FirstBoards } from '../first-boards.ts';
import { Conflators } from '../serve/conflation.ts';
import { Session } from '../serve/session.ts';
import { lineBlob, shownLetters } from './letters.ts';
import { feedOf, type TabStream } from './tab-stream.ts';

/**
 * The relay's own way from records to frames, for files and simulated streams in a tab: a feed per stream, its log in
 * memory, and a session per port.
 */
export interface TabRelayParts {
  readonly streams: readonly TabStream[];
  /** Null: made from the streams' fields. */
  readonly boards: WrittenBoards | null;
  readonly clock: Clock;
  readonly run: string;
  readonly onFailure: (error: unknown) => void;
}

export type WrittenBoards = Pick<Boards, 'boards' | 'windows' | 'playlists'>;

export interface TabRelay {
  /** Serves one connection; the port's other end speaks the protocol. */
  connect(port: MessagePort): void;
  letters(): Promise<InTabLetters>;
  /** JSON lines. */
  letterLines(stream: string): Promise<Blob>;
}

const HEARTBEAT_MS = 15_000;

export function startTabRelay({ streams, boards: written, clock, run, onFailure }: TabRelayParts): TabRelay {
  const packings = new Packings();
  const feeds = new Map(
    streams.map((stream) => [stream.name, feedOf(stream, clock, streams.length, () => packings.of(stream.name))]),
  );
  const sessions = new Set<Session>();
  const conflators = new Conflators();
  const first = written === null ? new FirstBoards(Object.fromEntries(feeds), {}) : null;
  const tellOfBoards = (): Extract<Down, { type: 'boards' }> => {
    if (written !== null) return { type: 'boards', ...written, problems: [], made: [] };
    const { boards = {}, windows = {} } = first?.made() ?? {};
    return { type: 'boards', boards, windows, playlists: {}, problems: [], made: Object.keys(boards) };
  };
  packings.learn(tellOfBoards().windows);
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
        if (first === null) return;
        first.learn(schema);
        packings.learn(tellOfBoards().windows);
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
