import type {
  ConnectionStatus,
  JournalStatus,
  Status,
  StreamStatus,
  WindowProblem,
  WindowStatus,
} from '../contract/worker-api.ts';
import type { Subscription } from './connection/subscription.ts';
import type { Engine } from './engine.ts';

export interface StatusParts {
  readonly engine: Engine;
  readonly connection: ConnectionStatus;
  readonly clockAheadMs: number | null;
  readonly rebuilding: boolean;
  readonly restoring: boolean;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  readonly eventsPerSecond: number;
  readonly nowMs: number;
  readonly windowProblems: readonly WindowProblem[];
  /** Names of the windows asked for. */
  readonly windowNames: readonly string[];
  readonly journal: JournalStatus;
  readonly restarts: Status['restarts'];
}

/** What the worker knows, as one value for the page. */
export function statusOf({
  engine,
  connection,
  clockAheadMs,
  rebuilding,
  restoring,
  subscriptions,
  eventsPerSecond,
  nowMs,
  windowProblems,
  windowNames,
  journal,
  restarts,
}: StatusParts): Status {
  const streams: Record<string, StreamStatus> = {};
  let rows = 0;
  for (const [name, subscription] of subscriptions) {
    const stream = streamStatus(engine, name, subscription, nowMs);
    streams[name] = stream;
    rows += stream.rows;
  }
  const windows: Record<string, WindowStatus> = {};
  for (const name of windowNames) {
    const window = engine.windowState(name);
    if (window) windows[name] = window;
  }
  const memory = engine.memory();
  return {
    connection,
    clockAheadMs,
    rebuilding,
    restoring,
    streams,
    eventsPerSecond,
    rows,
    memory,
    panes: engine.paneMemory(),
    windowProblems,
    windows,
    journal,
    restarts,
  };
}

/** The same, of an engine that is no more: nothing is committed now, and nothing is late. */
export function withoutRates(status: Status): Status {
  const streams = Object.entries(status.streams).map(
    ([name, stream]) => [name, { ...stream, lag: { ...stream.lag, ms: null } }] as const,
  );
  return { ...status, eventsPerSecond: 0, streams: Object.fromEntries(streams) };
}

function streamStatus(engine: Engine, name: string, subscription: Subscription, nowMs: number): StreamStatus {
  const { stats, lagMs, losses, source, delivery, conflated } = subscription;
  const held = engine.position(name) === null ? NOTHING : engine.streamState(name);
  return {
    ...held,
    watermark: held.watermarkUs === null ? null : new Date(held.watermarkUs / 1000).toISOString(),
    catchingUp: subscription.catchingUp(nowMs),
    lag: { records: stats?.lagRecords ?? null, ms: lagMs },
    read: stats?.records ?? null,
    deadLetters: stats?.deadLetters ?? 0,
    lastDeadLetter: stats?.lastDeadLetter ?? null,
    source,
    delivery,
    conflated,
    losses,
  };
}

/** Of a stream that the relay has not answered for yet. */
const NOTHING: ReturnType<Engine['streamState']> = {
  positions: null,
  watermarkUs: null,
  maxEventTimeUs: null,
  rows: 0,
  memory: 0,
  received: 0,
  released: 0,
  late: 0,
  tooLate: 0,
  duplicates: 0,
  schema: null,
};
