import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import { told } from '../feed-state.ts';
import { mqttAddress } from './mqtt/address.ts';
import { MqttConnection } from './mqtt/connection.ts';
import { MqttSession } from './mqtt/session.ts';
import type { Certificates } from './mqtt/wire.ts';
import { positionOf, type RawRecord, type Source, type SourceEvent, type SourceMemory } from './source.ts';
import { retryDelayMs, sleep, untilAborted } from './wait.ts';

/**
 * An MQTT topic filter. One partition, 0; offsets count arrivals. MQTT has no past, but a session: what is published with
 * QoS 1 or 2 while nobody is connected waits at the broker, and what was sent is sent again until it is answered, which is
 * done when it is kept (S8). Where the broker has no session any more, a gap of unknown size says so (its two offsets are
 * equal). (S10)
 *
 *     MqttConnection ─▶ queue ─▶ read ─▶ records ─▶ … ─▶ committed ─▶ PUBACK, PUBREC
 */
export interface MqttSourceOptions {
  /** `mqtt://host:port` or `mqtts://host:port`, with `user:password@` before the host where it is wanted. */
  readonly url: string;
  readonly filter: string;
  /** The epoch of a source without a memory: offsets of another run mean nothing in this one. */
  readonly epoch: string;
  readonly clock: Clock;
  /** Where the session is remembered. Left out or null: it ends with the relay. */
  readonly memory?: SourceMemory | null;
  /** Paths of PEM files. Given: TLS, whatever the scheme is. */
  readonly tls?: Certificates | null;
  /** Where `env:NAME` in the URL is looked up. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Messages held while nobody pulls, and what one reading of the socket adds; the broker keeps the rest. Default 10,000, and 32 MiB whichever is first. */
  readonly maxQueued?: number;
}

const MAX_QUEUED = 10_000;
const MAX_BATCH = 2_000;

export function createMqttSource(options: MqttSourceOptions): Source {
  const { url, filter, epoch, clock, memory = null, tls = null, env = {}, maxQueued = MAX_QUEUED } = options;
  const plain = mqttAddress(url, env);
  const address = { ...plain, tls: plain.tls || tls !== null };
  const newId = () => randomBytes(7).toString('hex');
  const session = new MqttSession({ memory, run: epoch, filter, clock, newId });
  let connection: MqttConnection | null = null;

  async function* read(from: Parameters<Source['read']>[0], signal: AbortSignal): AsyncIterable<SourceEvent> {
    yield* loading(session, clock, signal);
    if (signal.aborted) return;
    const asked = positionOf(from);
    const next = asked?.next[0] ?? 0;
    const begun = session.begin(asked && { epoch: asked.epoch, next, certain: asked.certain?.[0] ?? next });
    if (begun.reset) yield { kind: 'reset', reason: 'it is from another log of these topics, and MQTT keeps no past' };
    yield { kind: 'opened', position: { epoch: session.epoch, next: { 0: begun.next } } };
    const current = new MqttConnection({
      address,
      filter,
      session,
      certificates: () => readCertificates(tls),
      clock,
      maxQueued,
      nextOffset: begun.next,
    });
    connection = current;
    const returned = new AbortController();
    const over = AbortSignal.any([signal, returned.signal]);
    const running = current.run(over).finally(() => current.queue.end());
    // Told by the `await` below.
    running.catch(() => undefined);
    try {
      yield* queued(current, session, signal);
    } finally {
      returned.abort();
      await running;
    }
  }

  return {
    replayable: false,
    label: `MQTT topics ${filter} at ${address.name}`,
    read,
    committed: (next) => connection?.kept(next[0] ?? 0),
  };
}

async function* queued(
  connection: MqttConnection,
  session: MqttSession,
  signal: AbortSignal,
): AsyncIterable<SourceEvent> {
  const { queue } = connection;
  for (;;) {
    if (queue.size === 0 && connection.live) yield { kind: 'caught-up' };
    const items = await untilAborted(queue.take(MAX_BATCH), signal);
    if (signal.aborted || items === undefined || items === null) return;
    const records: RawRecord[] = [];
    for (const item of items) {
      if (item.kind === 'event') yield item.event;
      else records.push(item.record);
    }
    const [first] = records;
    if (first === undefined) continue;
    const nextOffset = first.offset + records.length;
    // Once a record of QoS 2 may be in a log, it must be known which message it was.
    if (items.some((item) => item.kind === 'record' && item.once)) await untilAborted(session.saved(), signal);
    if (signal.aborted) return;
    connection.taken(nextOffset);
    yield { kind: 'records', partition: 0, firstOffset: first.offset, nextOffset, behind: queue.size, records };
  }
}

/** Until what is remembered of the session is known. */
async function* loading(session: MqttSession, clock: Clock, signal: AbortSignal): AsyncIterable<SourceEvent> {
  for (let failures = 1; !signal.aborted; failures++)
    try {
      return await session.load();
    } catch (error) {
      const message = `what is known of the MQTT session cannot be read: ${told(error).message}`;
      yield { kind: 'state', state: { state: 'failed', message, fix: 'make the data folder readable' } };
      await sleep(clock, retryDelayMs(failures), signal);
    }
}

async function readCertificates(paths: Certificates | null): Promise<Certificates | null> {
  if (paths === null) return null;
  const named = Object.entries(paths).filter(([, path]) => path !== undefined);
  return Object.fromEntries(await Promise.all(named.map(async ([name, path]) => [name, await readPem(path)])));
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new HighwaterError(
      'file_unreadable',
      `${path} cannot be read: ${told(cause).message}`,
      'name a PEM file that this user may read, from the configuration’s folder',
      { cause },
    );
  }
}
