import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Down } from '../contract/protocol/down.ts';
import type { StreamFeed } from './stream-feed.ts';

/** Every metric of the relay, declared once. Values are read when asked for. */
export interface Metrics {
  text(): Promise<string>;
  readonly contentType: string;
  sent(bytes: number): void;
  /** A message to a tab: outcomes and losses are counted. */
  told(message: Down): void;
  /** Somebody was not let in, for too many are. */
  refused(): void;
}

/** What of a session is measured. */
export interface MeasuredSession {
  readonly transport: 'websocket' | 'http';
  readonly bufferedBytes: number;
  /** Records between it and the newest of a stream; null when it has not subscribed to it. */
  behindRecords(stream: string): number | null;
}

/** What of the conflation of streams is measured. */
export interface MeasuredConflation {
  recordsOf(stream: string): number;
  keysOf(feed: StreamFeed): number;
}

export function createMetrics(
  feeds: ReadonlyMap<string, StreamFeed>,
  sessions: ReadonlySet<MeasuredSession>,
  conflation: MeasuredConflation,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const perStream = (
    name: string,
    help: string,
    kind: 'counter' | 'gauge',
    read: (feed: StreamFeed) => number | null,
  ): void => {
    const options = {
      name: `highwater_relay_${name}`,
      help,
      labelNames: ['stream'] as const,
      registers: [registry],
      collect(this: Counter<'stream'> | Gauge<'stream'>) {
        this.reset();
        for (const feed of feeds.values()) {
          const value = read(feed);
          if (value !== null) this.labels(feed.name).inc(value);
        }
      },
    };
    if (kind === 'counter') new Counter(options);
    else new Gauge(options);
  };
  perStream('messages_total', 'Records read from the source', 'counter', (feed) => feed.counts.records);
  perStream('bytes_total', 'Bytes of records read from the source', 'counter', (feed) => feed.counts.bytes);
  perStream('frames_total', 'Frames sealed', 'counter', (feed) => feed.counts.frames);
  perStream('frame_bytes_total', 'Bytes of frames sealed', 'counter', (feed) => feed.counts.frameBytes);
  perStream('dead_letters_total', 'Records that could not become rows', 'counter', (feed) => feed.deadLetters.rejected);
  perStream(
    'records_ahead_total',
    'Records held apart because their event is too far in the future',
    'counter',
    (feed) => feed.counts.ahead,
  );
  perStream(
    'ignored_values_total',
    'Values passed over because the names in records are too many',
    'counter',
    (feed) => feed.ignoredValues,
  );
  perStream(
    'source_lag_messages',
    'Records the source has and the relay has not read',
    'gauge',
    (feed) => feed.lagRecords,
  );
  perStream('log_bytes', 'Bytes of frames kept for readers', 'gauge', (feed) => feed.opened?.log.bytes ?? 0);
  perStream(
    'log_hidden_entries',
    'Entries appended and not shown to readers, for they are not on the disk yet',
    'gauge',
    (feed) => feed.opened?.log.hidden ?? 0,
  );
  perStream('slowest_reader_records', 'Records between the slowest reader and the newest', 'gauge', ({ name }) =>
    [...sessions].reduce((most, session) => Math.max(most, session.behindRecords(name) ?? 0), 0),
  );
  perStream(
    'conflated_records_total',
    'Records not given to tabs that fell behind, for newer ones of their key were',
    'counter',
    ({ name }) => conflation.recordsOf(name),
  );
  perStream('conflation_keys', 'Keys kept for tabs that are behind', 'gauge', (feed) => conflation.keysOf(feed));
  perStream('event_age_seconds', 'Age of the watermark', 'gauge', (feed) =>
    feed.watermarkUs === null ? null : feed.clock.nowMs() / 1000 - feed.watermarkUs / 1e6,
  );
  new Gauge({
    name: 'highwater_relay_subscribers',
    help: 'Open sessions',
    registers: [registry],
    collect() {
      this.set(sessions.size);
    },
  });
  new Gauge({
    name: 'highwater_relay_sessions',
    help: 'Open sessions by transport',
    labelNames: ['transport'] as const,
    registers: [registry],
    collect() {
      for (const transport of ['websocket', 'http'] as const)
        this.labels(transport).set([...sessions].filter((session) => session.transport === transport).length);
    },
  });
  new Gauge({
    name: 'highwater_relay_buffered_bytes',
    help: 'Bytes given to the networks of all sessions and not yet taken',
    registers: [registry],
    collect() {
      this.set([...sessions].reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0));
    },
  });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name: `highwater_relay_${name}`, help, labelNames, registers: [registry] });
  const sentBytes = counter('sent_bytes_total', 'Bytes of frames sent', []);
  const refusals = counter('refusals_total', 'Connections refused because too many tabs are open', []);
  const outcomes = counter('subscriptions_total', 'Subscriptions answered, by outcome', ['stream', 'outcome']);
  const gaps = counter('gaps_told_total', 'Losses told to tabs while delivering', ['stream']);
  const lost = counter('lost_records_told_total', 'Records known to be lost, summed over the tabs told', ['stream']);
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    sent: (bytes) => sentBytes.inc(bytes),
    refused: () => refusals.inc(),
    told(message) {
      if (message.type === 'subscribed') {
        const { stream, outcome, missing } = message;
        outcomes.labels(stream, outcome).inc();
        if (missing !== null) lost.labels(stream).inc(missing);
      } else if (message.type === 'gap') {
        gaps.labels(message.stream).inc();
        lost.labels(message.stream).inc(message.nextOffset - message.firstOffset);
      }
    },
  };
}
