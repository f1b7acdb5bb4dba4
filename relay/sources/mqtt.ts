import type { Clock } from '../../contract/clock.ts';
import { connectMqtt, type MqttLink } from '../mqtt-client.ts';
import { MessageQueue } from './mqtt-queue.ts';
import { positionOf, type RawRecord, type Source, type SourceEvent, type StartFrom } from './source.ts';
import { retryDelayMs, sleep, untilAborted } from './wait.ts';

/**
 * An MQTT topic filter. One partition, 0; offsets count arrivals from 0. MQTT has no past: what is published while the
 * relay is not connected is gone, which a gap of unknown size says (its two offsets are equal). Retained messages are rows, once:
 * a connection after the first one asks for no retained messages.
 *
 *     opened ─▶ connecting ─▶ live ─▶ (records | caught-up)* ─▶ lost ─▶ connecting ─▶ gap ─▶ live ─▶ …
 *                    ╰─▶ failed ─▶ (0.5 … 10 s) ─╯
 */
export interface MqttSourceOptions {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  readonly filter: string;
  /** Names this run: offsets of another run mean nothing in this one. */
  readonly epoch: string;
  readonly clock: Clock;
  /** Messages held while nobody pulls; the broker keeps the rest. Default 10,000, and 32 MiB whichever is first. */
  readonly maxQueued?: number;
}

const MAX_QUEUED = 10_000;
const MAX_QUEUED_BYTES = 32 * 1024 * 1024;
const MAX_BATCH = 2_000;

export function createMqttSource(options: MqttSourceOptions): Source {
  return {
    replayable: false,
    label: `MQTT topics ${options.filter} at ${hostOf(options.url)}`,
    read: (from, signal) => read(options, from, signal),
  };
}

async function* read(options: MqttSourceOptions, from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent> {
  const { clock, epoch } = options;
  const asked = positionOf(from);
  if (asked !== null && asked.epoch !== epoch)
    yield { kind: 'reset', reason: 'MQTT keeps no past, and the relay that counted these messages has stopped' };
  const start = asked?.epoch === epoch ? (asked.next[0] ?? 0) : 0;
  yield { kind: 'opened', position: { epoch, next: { 0: start } } };

  let nextOffset = start;
  /** Why messages may have been missed since the last one; null at the very beginning. */
  let missed = asked?.epoch === epoch ? 'messages published in between were not received, MQTT keeps no past' : null;
  for (let failures = 0; !signal.aborted; ) {
    if (failures === 0) yield state('connecting', null, null);
    const queue = new MessageQueue({ maxQueued: options.maxQueued ?? MAX_QUEUED, maxQueuedBytes: MAX_QUEUED_BYTES });
    let link: MqttLink | null = null;
    try {
      link = await connectMqtt(options.url, signal);
      await untilAborted(
        link.subscribe(
          options.filter,
          (message) => queue.push({ topic: message.topic, timestampMs: clock.nowMs(), value: message.payload }),
          { retained: missed === null },
        ),
        signal,
      );
      if (signal.aborted) return;
      failures = 0;
      if (missed !== null) yield { kind: 'gap', partition: 0, firstOffset: nextOffset, nextOffset, reason: missed };
      yield state('live', null, null);
      link.lost.then(() => queue.end());
      for (;;) {
        if (queue.isEmpty) yield { kind: 'caught-up' };
        const messages = await untilAborted(queue.take(MAX_BATCH), signal);
        if (signal.aborted) return;
        if (messages === undefined || messages === null) break;
        const firstOffset = nextOffset;
        const records: RawRecord[] = messages.map((message) => ({ ...message, offset: nextOffset++, key: null }));
        yield { kind: 'records', partition: 0, firstOffset, nextOffset, behind: queue.size, records };
      }
      const loss = await link.lost;
      missed = `the connection to ${hostOf(options.url)} was lost${loss === null ? '' : ` (${loss.message})`}; messages published meanwhile were not received`;
      yield state('connecting', missed, null);
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      yield failed(options, error);
    } finally {
      queue.end();
      await link?.close();
    }
    await sleep(clock, retryDelayMs(failures), signal);
  }
}

function failed(options: MqttSourceOptions, error: unknown): SourceEvent {
  const host = hostOf(options.url);
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ECONNRESET)$/.test(code) ||
    /connack timeout|connection was closed/i.test(detail)
  )
    return state(
      'failed',
      `no MQTT broker answers at ${host}${code === '' ? '' : ` (${code})`}`,
      'start the broker or correct the address; the relay keeps trying',
    );
  if (/^(4|5|134|135)$/.test(code))
    return state(
      'failed',
      `the MQTT broker at ${host} refuses this user: ${detail}`,
      'put user:password@ before the host, or allow the user',
    );
  return state(
    'failed',
    `the MQTT broker at ${host} refuses: ${detail}`,
    'correct what it names; the relay keeps trying',
  );
}

function state(now: 'connecting' | 'live' | 'failed', message: string | null, fix: string | null): SourceEvent {
  return { kind: 'state', state: { state: now, message, fix } };
}

/** `mqtt://user:secret@host:1883` → `host:1883`. */
function hostOf(url: string): string {
  return url.replace(/^mqtts?:\/\/(?:[^/@]*@)?/, '');
}
