import type { Down } from '../../contract/protocol/down.ts';
import { type Position, recordsLost } from '../../contract/protocol/position.ts';
import type { Up } from '../../contract/protocol/up.ts';
import type { Loss } from '../../contract/worker-api.ts';
import type { Engine } from '../engine.ts';
import type { HeadEntry, JournalEntry, MessageEntry } from '../journal/entry.ts';
import type { Journal } from '../journal/journal.ts';
import { Inbox, type ReceivedFrame, type StreamMessage } from './inbox.ts';
import { Subscription } from './subscription.ts';

/**
 * From the connection into the engine, in order: subscriptions are asked from the engine's own position, frames are
 * applied in ticks, and what is committed is granted again as credit. What was applied is added to the journal, and what
 * the journal kept is applied again without it.
 *
 *     live: subscribe ──▶ awaiting ──subscribed: engine.begin──▶ delivering ──applied──▶ journal
 *                           ▲                                        │                      │
 *                           └── hole, or the socket is dropped ◀─────┘      restore ◀───────┘
 */
export interface Delivery {
  /** The relay is there: every stream is asked for from where the engine stands. Others are forgotten. */
  live(streams: readonly string[]): void;
  /** The socket is gone, and with it what came by it. */
  dropped(): void;
  message(message: Exclude<Down, { type: 'welcome' | 'bye' | 'pong' | 'boards' }>): void;
  frame(received: ReceivedFrame): void;
  readonly pending: boolean;
  /** Applies one tick's worth. Of its rows, live are the new ones of frames that were sealed while this tab listened. */
  tick(): { readonly rows: number; readonly liveRows: number };
  /** Applies what the journal kept; returns the rows. Before the relay is asked for anything. */
  restore(entries: readonly JournalEntry[]): number;
  /** The engine is a new, empty one: what the relay gave is asked for again. With a reason everything is, and each stream says so. */
  restarted(reason: string | null): void;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
}

export interface DeliveryOptions {
  readonly engine: () => Engine;
  readonly send: (message: Up) => void;
  /** What is added is committed by who asks for ticks. */
  readonly journal: Pick<Journal, 'add' | 'keepOnly'>;
  readonly nowMs: () => number;
  /** How far this computer's clock is ahead of the relay's; null: not known. */
  readonly clockAheadMs: () => number | null;
  /** A stream's schema is in the engine. */
  readonly onSchema: () => void;
}

/** Where an engine stands in a stream it has forgotten: in no past. */
const NOWHERE: Position = { epoch: '', next: {} };
const WAS_AWAY = 'the relay did not have this stream for a time; what it has now is read from its start';

export function createDelivery(options: DeliveryOptions): Delivery {
  const { engine, send, journal, nowMs, clockAheadMs, onSchema } = options;
  const inbox = new Inbox();
  const subscriptions = new Map<string, Subscription>();
  /** What was lost is told already: the engine is made again from the journal. */
  let told = false;
  /** Streams of which there were rows when the relay did not have them. */
  const forgotten = new Set<string>();

  const subscriptionOf = (stream: string): Subscription => {
    const known = subscriptions.get(stream);
    if (known) return known;
    const made = new Subscription();
    subscriptions.set(stream, made);
    return made;
  };

  const subscribe = (stream: string) => {
    subscriptionOf(stream).asked(nowMs());
    const position = engine().position(stream);
    send({ type: 'subscribe', stream, from: position && position.epoch !== NOWHERE.epoch ? position : 'start' });
  };

  /** Engine and journal forget a stream together: what one has and the other has not would be missing later, unseen. */
  const keepOnly = (streams: readonly string[]) => {
    journal.keepOnly(streams);
    for (const stream of subscriptions.keys()) {
      if (streams.includes(stream)) continue;
      if (engine().position(stream)) {
        engine().begin(stream, 'reset', NOWHERE);
        forgotten.add(stream);
      }
      subscriptions.delete(stream);
    }
  };

  /** Is this about the past the engine holds now? */
  const current = (message: { readonly stream: string; readonly epoch: string }) =>
    !subscriptionOf(message.stream).awaiting && engine().position(message.stream)?.epoch === message.epoch;

  const lost = (stream: string, loss: Loss) => {
    if (!told) subscriptionOf(stream).lost(loss);
  };

  /** What a message says to the engine, and to the viewer. */
  const take = ({ message, atMs }: MessageEntry) => {
    switch (message.type) {
      case 'schema':
        engine().schema(message);
        return onSchema();
      case 'subscribed': {
        const { stream, outcome, position, reason, missing, foundAtMs = atMs } = message;
        engine().begin(stream, outcome, position);
        if (outcome !== 'resumed' && reason !== null)
          lost(stream, { kind: outcome === 'reset' ? 'reset' : 'gap', atMs: foundAtMs, reason, missing });
        return;
      }
      case 'gap': {
        const { stream, partition, firstOffset, nextOffset, reason, foundAtMs = atMs } = message;
        engine().gap(stream, partition, nextOffset);
        return lost(stream, { kind: 'gap', atMs: foundAtMs, reason, missing: recordsLost(nextOffset - firstOffset) });
      }
      case 'conflated':
        subscriptionOf(message.stream).conflated = message.records;
        return;
      case 'progress':
        return engine().progress(message.stream, message.next, message.watermarkUs);
    }
  };

  const applyMessage = (message: StreamMessage) => {
    if ((message.type === 'gap' || message.type === 'progress') && !current(message)) return;
    const entry = { message, atMs: nowMs() };
    if (message.type === 'subscribed') {
      const { outcome, reason, stream } = message;
      const subscription = subscriptionOf(stream);
      subscription.answered({ outcome, atMs: entry.atMs, reason });
      subscription.fault = null;
    }
    take(entry);
    journal.add(entry);
  };

  /** As a stream stood when the oldest part of what is kept of it was begun. */
  const begin = ({ head }: HeadEntry) => {
    const { stream, position, rows, maxEventTimeUs, watermarkUs, schemas } = head;
    subscriptionOf(stream);
    const keptFromUs = rows > 0 && maxEventTimeUs !== null ? maxEventTimeUs + 1 : null;
    if (position !== null) engine().begin(stream, 'fresh', position, keptFromUs);
    for (const schema of schemas) engine().schema(schema);
    if (schemas.length > 0) onSchema();
    engine().progress(stream, {}, watermarkUs);
  };

  /**
   * Applies frames that follow each other; those of a stream that is not answered yet are let go. Returns the new rows
   * that are not history.
   */
  const applyFrames = (received: readonly ReceivedFrame[]): number => {
    const wanted = received.filter(({ frame }) => !subscriptionOf(frame.header.stream).awaiting);
    const newest = wanted.at(-1);
    if (!newest) return 0;
    const result = engine().apply(
      wanted.map(({ frame }) => frame),
      newest.receivedAtMs,
    );
    const taken = takenCount(wanted, result.bytes);
    const committedMs = nowMs();
    let liveRows = 0;
    for (const entry of wanted.slice(0, taken)) {
      const { stream, sealedAtUs, rows } = entry.frame.header;
      const subscription = subscriptionOf(stream);
      journal.add(entry);
      const sealedHereMs = sealedAtUs / 1000 + (clockAheadMs() ?? 0);
      subscription.committed(sealedHereMs, committedMs);
      if (subscription.live(sealedHereMs)) liveRows += rows;
    }
    // Rows that were there already are in no frame's count of new ones.
    liveRows = Math.min(liveRows, result.rows);
    if (result.hole === null) return liveRows;
    subscribe(result.hole.stream);
    return liveRows + applyFrames(wanted.slice(taken));
  };

  return {
    subscriptions,
    get pending() {
      return !inbox.empty;
    },
    live(streams) {
      told = false;
      keepOnly(streams);
      for (const stream of streams)
        if (forgotten.delete(stream))
          subscriptionOf(stream).lost({ kind: 'reset', atMs: nowMs(), reason: WAS_AWAY, missing: null });
      for (const stream of streams) subscribe(stream);
    },
    dropped() {
      inbox.clear();
      for (const subscription of subscriptions.values()) subscription.dropped();
    },
    message(message) {
      if (message.type === 'stats')
        for (const [stream, stats] of Object.entries(message.streams)) subscriptionOf(stream).stats = stats;
      else if (message.type === 'fault') {
        if (message.stream !== null) subscriptionOf(message.stream).fault = message.message;
      } else inbox.add({ message });
    },
    frame(received) {
      inbox.add(received);
    },
    tick() {
      const items = inbox.take();
      let rows = 0;
      let liveRows = 0;
      for (const run of runs(items)) {
        if ('message' in run) applyMessage(run.message);
        else liveRows += applyFrames(run);
      }
      // Only now is it committed; frames that were let go left the connection too.
      let bytes = 0;
      for (const item of items) {
        if (!('frame' in item)) continue;
        rows += item.frame.header.rows;
        bytes += item.frame.payload.byteLength;
      }
      if (bytes > 0) send({ type: 'credit', bytes });
      return { rows, liveRows };
    },
    restore(entries) {
      let rows = 0;
      for (const run of runs(entries)) {
        if ('head' in run) begin(run);
        else if ('message' in run) take(run);
        else {
          const result = engine().apply(
            run.map(({ frame }) => frame),
            run.at(-1)?.receivedAtMs ?? 0,
          );
          if (result.hole) throw new RangeError(`what this tab kept of ${result.hole.stream} does not follow`);
          rows += result.rows;
          for (const { frame } of run) subscriptionOf(frame.header.stream).restored(nowMs());
        }
      }
      return rows;
    },
    restarted(reason) {
      inbox.clear();
      told = reason === null;
      for (const subscription of subscriptions.values()) {
        subscription.dropped();
        subscription.lagMs = null;
        if (reason !== null) subscription.lost({ kind: 'reset', atMs: nowMs(), reason, missing: null });
      }
    },
  };
}

/** What is no frame one by one, and the frames between as lists. */
function* runs<T extends object>(
  items: readonly (T | ReceivedFrame)[],
): Generator<Exclude<T, ReceivedFrame> | ReceivedFrame[]> {
  let frames: ReceivedFrame[] = [];
  for (const item of items) {
    if (isFrame(item)) frames.push(item);
    else {
      if (frames.length > 0) yield frames;
      frames = [];
      yield item as Exclude<T, ReceivedFrame>;
    }
  }
  if (frames.length > 0) yield frames;
}

function isFrame(item: object): item is ReceivedFrame {
  return 'frame' in item;
}

/** How many of the frames the engine took, from the payload bytes it says it took: it takes them in order. */
function takenCount(received: readonly ReceivedFrame[], bytes: number): number {
  let sum = 0;
  let count = 0;
  for (const { frame } of received) {
    if (sum >= bytes) break;
    sum += frame.payload.byteLength;
    count++;
  }
  return count;
}
