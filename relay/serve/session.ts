import type { Clock } from '../../contract/clock.ts';
import type { Down } from '../../contract/protocol/down.ts';
import { type Up, UpSchema } from '../../contract/protocol/up.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import type { StreamFeed } from '../stream-feed.ts';
import type { Conflators } from './conflation.ts';
import { Subscription, type SubscriptionOutput } from './subscription.ts';

/**
 * One tab's connection, by a WebSocket or by a response that does not end.
 *
 *     opening ─ hello ─▶ live ─┬─ subscribe, credit, ping ─▶ live
 *        └─ 5 s, or anything else ─▶ closing ◀─┴─ a bad message, silence of three heartbeats, shutdown
 */
export interface SessionSocket {
  readonly transport: 'websocket' | 'http';
  text(message: string): void;
  binary(message: Uint8Array): void;
  /** Given, and not yet taken by the network. */
  bufferedBytes(): number;
  /** When what was given has gone, or a little later without. */
  close(): void;
  /** At once. */
  terminate(): void;
}

export interface SessionParts {
  readonly socket: SessionSocket;
  readonly clock: Clock;
  readonly run: string;
  readonly heartbeatMs: number;
  readonly feeds: ReadonlyMap<string, StreamFeed>;
  /** The boards now. */
  readonly boards: () => Extract<Down, { type: 'boards' }>;
  readonly stats: () => Extract<Down, { type: 'stats' }>;
  readonly conflators: Conflators;
  readonly sent: (bytes: number) => void;
  /** A message about a stream's records went to this tab. */
  readonly told: (message: Down) => void;
}

type State =
  | { readonly kind: 'opening'; readonly cancelTimeout: () => void }
  | { readonly kind: 'live'; creditBytes: number; readonly subscriptions: Map<string, Subscription>; heardAtMs: number }
  | { readonly kind: 'closing' };

const HELLO_TIMEOUT_MS = 5_000;
const PROGRESS_MS = 250;
/** A tab whose own reading of the source failed comes back after this, with the position it has. */
const SOURCE_RETRY_MS = 2_000;
const STATS_MS = 1_000;
/**
 * No frame is given to a network that has not taken so much yet, whatever the credit: what waits, waits in the log,
 * where all tabs share it.
 */
const FULL_BYTES = 2 ** 20;
/** So much can only be answers nobody takes: of a tab that asks and does not read. */
const TOO_SLOW_BYTES = 16 * 2 ** 20;
const SILENT_HEARTBEATS = 3;
/** A tab that grants more than this has it counted as this. */
const MAX_CREDIT_BYTES = 256 * 1024 * 1024;

export class Session {
  readonly #parts: SessionParts;
  readonly #cancels = new Set<() => void>();
  #state: State;
  #delivering = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const cancelTimeout = parts.clock.after(HELLO_TIMEOUT_MS, () =>
      this.#bye('too_slow', `hello did not come within ${HELLO_TIMEOUT_MS / 1000} s`),
    );
    this.#state = { kind: 'opening', cancelTimeout };
  }

  /** A text message from the tab. */
  receive(text: string): void {
    if (this.#state.kind === 'closing') return;
    const message = parse(text);
    if (typeof message === 'string') this.#bye('bad_message', message);
    else if (this.#state.kind === 'opening') this.#hello(message, this.#state);
    else {
      this.#state.heardAtMs = this.#parts.clock.nowMs();
      this.#serve(message, this.#state);
    }
  }

  receiveBinary(): void {
    if (this.#state.kind !== 'closing') this.#bye('bad_message', 'binary messages are not accepted upwards');
  }

  tellBoards(): void {
    if (this.#state.kind === 'live') this.#send(this.#parts.boards());
  }

  shutdown(retryAfterMs: number): void {
    if (this.#state.kind !== 'closing') this.#bye('shutdown', 'the relay is stopping', retryAfterMs);
  }

  get transport(): 'websocket' | 'http' {
    return this.#parts.socket.transport;
  }

  /** Given to the network, and not yet taken. */
  get bufferedBytes(): number {
    return this.#parts.socket.bufferedBytes();
  }

  /** Records between it and the newest of a stream; null when it has not subscribed to it. */
  behindRecords(stream: string): number | null {
    return this.#state.kind === 'live' ? (this.#state.subscriptions.get(stream)?.behindRecords ?? null) : null;
  }

  /** The network has taken everything. */
  drained(): void {
    this.#deliver();
  }

  /** The socket is gone. */
  closed(): void {
    if (this.#state.kind === 'opening') this.#state.cancelTimeout();
    if (this.#state.kind === 'live')
      for (const subscription of this.#state.subscriptions.values()) subscription.close();
    for (const cancel of this.#cancels) cancel();
    this.#state = { kind: 'closing' };
  }

  #serve(message: Up, live: Extract<State, { kind: 'live' }>): void {
    switch (message.type) {
      case 'hello':
        this.#bye('bad_message', 'hello came twice');
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'credit':
        live.creditBytes = Math.min(MAX_CREDIT_BYTES, live.creditBytes + message.bytes);
        this.#deliver();
        break;
      case 'subscribe':
        this.#subscribe(live.subscriptions, message);
    }
  }

  #hello(message: Up, opening: { readonly cancelTimeout: () => void }): void {
    if (message.type !== 'hello') {
      this.#bye('bad_message', `expected hello, found ${message.type}`);
      return;
    }
    if (message.protocol !== PROTOCOL_VERSION) {
      const found = `this relay speaks protocol ${PROTOCOL_VERSION}, the page ${message.protocol}; reload the page`;
      this.#bye('protocol_mismatch', found);
      return;
    }
    opening.cancelTimeout();
    const { run, heartbeatMs, feeds, clock } = this.#parts;
    const creditBytes = Math.min(MAX_CREDIT_BYTES, message.creditBytes);
    this.#state = { kind: 'live', creditBytes, subscriptions: new Map(), heardAtMs: clock.nowMs() };
    this.#send({ type: 'welcome', protocol: PROTOCOL_VERSION, run, heartbeatMs, streams: [...feeds.keys()] });
    this.#send(this.#parts.boards());
    this.#send(this.#parts.stats());
    // What is told again soon need not wait for a network that takes nothing.
    this.#every(STATS_MS, () => this.#full || this.#send(this.#parts.stats()));
    this.#every(PROGRESS_MS, () => this.#full || this.#tellProgress());
    this.#listenFor(SILENT_HEARTBEATS * heartbeatMs);
  }

  #subscribe(subscriptions: Map<string, Subscription>, message: Extract<Up, { type: 'subscribe' }>): void {
    const feed = this.#parts.feeds.get(message.stream);
    if (feed === undefined) {
      const names = [...this.#parts.feeds.keys()].join(', ');
      const found = `there is no stream "${message.stream}"; there is ${names}`;
      this.#send({ type: 'fault', code: 'stream_unknown', stream: message.stream, message: found });
      return;
    }
    subscriptions.get(message.stream)?.close();
    const output: SubscriptionOutput = {
      send: (down) => this.#send(down),
      frame: (bytes, payloadBytes) => this.#frame(bytes, payloadBytes),
      wake: () => this.#deliver(),
      failed: (why) => {
        this.#send({ type: 'fault', code: 'source_failed', stream: message.stream, message: why });
        if (this.#state.kind === 'live') this.#bye('shutdown', why, SOURCE_RETRY_MS);
      },
    };
    const subscription = new Subscription(feed, message.from, output, this.#parts.conflators);
    subscriptions.set(message.stream, subscription);
    this.#deliver();
  }

  /** One entry of each stream in turn, while there is credit. (F5) */
  #deliver(): void {
    if (this.#state.kind !== 'live' || this.#delivering) return;
    this.#delivering = true;
    const { subscriptions } = this.#state;
    try {
      let more = true;
      while (more) {
        more = false;
        for (const subscription of subscriptions.values()) {
          if (!this.#open) break;
          if (subscription.deliver()) more = true;
        }
      }
      if (!this.#open) for (const subscription of subscriptions.values()) subscription.held();
    } catch (error) {
      // It is about what this tab asked for: the others, and the relay, go on.
      const why = error instanceof Error ? error.message : String(error);
      this.#bye('shutdown', `what comes next cannot be read: ${why}`, SOURCE_RETRY_MS);
    } finally {
      this.#delivering = false;
    }
  }

  #frame(message: Uint8Array, payloadBytes: number): void {
    if (this.#state.kind !== 'live') return;
    this.#state.creditBytes -= payloadBytes;
    this.#parts.socket.binary(message);
    this.#parts.sent(message.length);
  }

  #tellProgress(): void {
    if (this.#state.kind === 'live')
      for (const subscription of this.#state.subscriptions.values()) subscription.tellProgress();
  }

  /** C2: closes as soon as nothing was heard for so long. */
  #listenFor(silenceMs: number): void {
    if (this.#state.kind !== 'live') return;
    const { clock, heartbeatMs } = this.#parts;
    const leftMs = this.#state.heardAtMs + silenceMs - clock.nowMs();
    if (leftMs <= 0) this.#bye('too_slow', `nothing was heard for ${(SILENT_HEARTBEATS * heartbeatMs) / 1000} s`);
    else this.#after(leftMs, () => this.#listenFor(silenceMs));
  }

  /** There is credit, and room in the network. */
  get #open(): boolean {
    return this.#state.kind === 'live' && this.#state.creditBytes > 0 && !this.#full;
  }

  get #full(): boolean {
    return this.#parts.socket.bufferedBytes() >= FULL_BYTES;
  }

  #send(message: Down): void {
    if (this.#state.kind === 'closing') return;
    if (this.#parts.socket.bufferedBytes() > TOO_SLOW_BYTES) {
      // A word of farewell would wait behind the rest.
      this.#parts.socket.terminate();
      this.closed();
      return;
    }
    this.#parts.socket.text(JSON.stringify(message));
    this.#parts.told(message);
  }

  /** A page of another protocol cannot become right; a line that garbles, or a laptop that slept before its hello, may. (C7) */
  #bye(code: Extract<Down, { type: 'bye' }>['code'], message: string, retryAfterMs = 0): void {
    this.#send({ type: 'bye', code, message, retry: code !== 'protocol_mismatch', retryAfterMs });
    this.#parts.socket.close();
    this.closed();
  }

  #every(intervalMs: number, run: () => void): void {
    this.#after(intervalMs, () => {
      run();
      if (this.#state.kind === 'live') this.#every(intervalMs, run);
    });
  }

  #after(delayMs: number, run: () => void): void {
    const cancel = this.#parts.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
  }
}

/** The message, or what is wrong with it. */
function parse(text: string): Up | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'expected JSON text';
  }
  const parsed = UpSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'not a message of this protocol'}`;
}
