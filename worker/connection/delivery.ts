import type { Down } from '../../contract/protocol/down.ts';
import type { Up } from '../../contract/protocol/up.ts';
import type { Engine } from '../engine.ts';
import { Inbox, type InboxItem, type ReceivedFrame, type StreamMessage } from './inbox.ts';
import { Subscription } from './subscription.ts';

/**
 * From the connection into the engine, in order: subscriptions are asked from the engine's own position, frames are
 * applied in ticks, and what is committed is granted again as credit.
 *
 *     live: subscribe ──▶ awaiting ──subscribed: engine.begin──▶ delivering
 *                           ▲                                        │
 *                           └── hole, or the socket is dropped ◀─────┘
 */
export interface Delivery {
  /** The relay is there: every stream is asked for from where the engine stands. */
  live(streams: readonly string[]): void;
  /** The socket is gone, and with it what came by it. */
  dropped(): void;
  message(message: Exclude<Down, { type: 'welcome' | 'bye' | 'pong' | 'boards' }>): void;
  frame(received: ReceivedFrame): void;
  readonly pending: boolean;
  /** Applies one tick's worth; returns the new rows of frames that were sealed while this tab listened. */
  tick(): number;
  /** The engine is a new, empty one: streams start again, and each says so. */
  restarted(reason: string): void;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
}

export interface DeliveryOptions {
  readonly engine: () => Engine;
  readonly send: (message: Up) => void;
  readonly nowMs: () => number;
  /** A stream's schema is in the engine. */
  readonly onSchema: () => void;
}

export function createDelivery({ engine, send, nowMs, onSchema }: DeliveryOptions): Delivery {
  const inbox = new Inbox();
  const subscriptions = new Map<string, Subscription>();

  const subscriptionOf = (stream: string): Subscription => {
    const known = subscriptions.get(stream);
    if (known) return known;
    const made = new Subscription();
    subscriptions.set(stream, made);
    return made;
  };

  const subscribe = (stream: string) => {
    subscriptionOf(stream).awaiting = true;
    send({ type: 'subscribe', stream, from: engine().position(stream) ?? 'start' });
  };

  /** Is this about the past the engine holds now? */
  const current = (message: { readonly stream: string; readonly epoch: string }) =>
    !subscriptionOf(message.stream).awaiting && engine().position(message.stream)?.epoch === message.epoch;

  const applyMessage = (message: StreamMessage) => {
    switch (message.type) {
      case 'schema':
        engine().schema(message);
        return onSchema();
      case 'subscribed': {
        const { stream, outcome, position, reason, missing } = message;
        const subscription = subscriptionOf(stream);
        engine().begin(stream, outcome, position);
        subscription.answered({ outcome, atMs: nowMs(), reason });
        subscription.fault = null;
        if (outcome !== 'resumed' && reason !== null)
          subscription.lost({ kind: outcome === 'reset' ? 'reset' : 'gap', atMs: nowMs(), reason, missing });
        return;
      }
      case 'gap': {
        if (!current(message)) return;
        const { stream, partition, firstOffset, nextOffset, reason } = message;
        engine().progress(stream, { [partition]: nextOffset }, null);
        // Of a gap of unknown size the relay says no offsets.
        const missing = nextOffset > firstOffset ? nextOffset - firstOffset : null;
        subscriptionOf(stream).lost({ kind: 'gap', atMs: nowMs(), reason, missing });
        return;
      }
      case 'conflated':
        subscriptionOf(message.stream).conflated = message.records;
        return;
      case 'progress':
        if (current(message)) engine().progress(message.stream, message.next, message.watermarkUs);
        return;
    }
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
    for (const { frame } of wanted.slice(0, taken)) {
      const { stream, sealedAtUs, rows } = frame.header;
      const subscription = subscriptionOf(stream);
      subscription.committed(sealedAtUs / 1000, committedMs);
      if (subscription.live(sealedAtUs / 1000)) liveRows += rows;
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
      for (const stream of streams) subscribe(stream);
    },
    dropped() {
      inbox.clear();
      for (const subscription of subscriptions.values()) subscription.awaiting = true;
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
      for (const run of runs(items)) {
        if ('message' in run) applyMessage(run.message);
        else rows += applyFrames(run);
      }
      // Only now is it committed; frames that were let go left the connection too.
      const bytes = items.reduce((sum, item) => sum + ('frame' in item ? item.frame.payload.byteLength : 0), 0);
      if (bytes > 0) send({ type: 'credit', bytes });
      return rows;
    },
    restarted(reason) {
      inbox.clear();
      for (const subscription of subscriptions.values()) {
        subscription.awaiting = true;
        subscription.lost({ kind: 'reset', atMs: nowMs(), reason, missing: null });
      }
    },
  };
}

/** Messages one by one, and the frames between them together. */
function* runs(items: readonly InboxItem[]): Generator<{ readonly message: StreamMessage } | ReceivedFrame[]> {
  let frames: ReceivedFrame[] = [];
  for (const item of items) {
    if ('frame' in item) frames.push(item);
    else {
      if (frames.length > 0) yield frames;
      frames = [];
      yield item;
    }
  }
  if (frames.length > 0) yield frames;
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
