import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { StreamFeed } from './stream-feed.ts';

/** Every metric of the relay, declared once. Values are read when asked for. */
export interface Metrics {
  text(): Promise<string>;
  readonly contentType: string;
  sent(bytes: number): void;
}

export function createMetrics(feeds: ReadonlyMap<string, StreamFeed>, sessions: () => number): Metrics {
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
  perStream('dead_letters_total', 'Records that could not become rows', 'counter', (feed) => feed.deadLetters.count);
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
  perStream('event_age_seconds', 'Age of the watermark', 'gauge', (feed) =>
    feed.watermarkUs === null ? null : feed.clock.nowMs() / 1000 - feed.watermarkUs / 1e6,
  );
  new Gauge({
    name: 'highwater_relay_subscribers',
    help: 'Open sockets',
    registers: [registry],
    collect() {
      this.set(sessions());
    },
  });
  const sentBytes = new Counter({
    name: 'highwater_relay_sent_bytes_total',
    help: 'Bytes of frames sent',
    registers: [registry],
  });
  return { text: () => registry.metrics(), contentType: registry.contentType, sent: (bytes) => sentBytes.inc(bytes) };
}
