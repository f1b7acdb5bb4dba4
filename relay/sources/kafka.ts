import { randomUUID } from 'node:crypto';
import type { Clock } from '../../contract/clock.ts';
import type { SourceState } from '../../contract/protocol/down.ts';
import { createKafkaClient } from './kafka/client.ts';
import { clientSecurity } from './kafka/client-security.ts';
import { type Fault, KafkaFault } from './kafka/fault.ts';
import { Past } from './kafka/past.ts';
import { Reading } from './kafka/reading.ts';
import { faultState } from './kafka/states.ts';
import { describeChoice, type TopicChoice, topicChoice } from './kafka/topics.ts';
import type { Security } from './security.ts';
import type { Source, SourceEvent, SourceMemory, StartFrom } from './source.ts';
import { retryDelayMs, sleep } from './wait.ts';

/**
 * Kafka topics, all their partitions, committed records only. What partition numbers and epochs mean: kafka/past.ts.
 *
 *     connecting ─▶ opened ─▶ live ─▶ (records | caught-up | gap)* ─▶ a fault ─▶ open again where it stopped
 *          ╰─▶ failed: no broker, no topic, refused ─▶ (0.5 … 10 s) ─▶ open again
 *
 * Each opening has a client of its own: no state of a broken one survives. Partitions and topics added later are read
 * from their first record; they come without another `opened`.
 */
export interface KafkaSourceOptions {
  /** `host:port` of brokers to ask first. */
  readonly brokers: readonly string[];
  /** `orders`, `orders,returns` or `orders-*`. */
  readonly topic: string;
  readonly clock: Clock;
  /** How brokers are reached; files are read anew at each opening. Left out: without TLS, without a user. */
  readonly security?: Security;
  /** What outlives the relay; null, or left out: nothing. */
  readonly memory?: SourceMemory | null;
  /** Something no other run of a relay has. Left out: made here. */
  readonly run?: string;
  /** How much one fetch may bring, except that a batch larger than it comes whole. Default 4 MiB. */
  readonly maxBytes?: number;
  /** The same for one partition. Default 1 MiB. */
  readonly partitionMaxBytes?: number;
  /** A broker silent for so long is taken for lost; longer where only records do not come in time. Default 10 s. */
  readonly requestTimeoutMs?: number;
}

const NOT_SECURED: Security = { tls: null, sasl: null };
const AT_ONCE_MS = 50;
const TOPIC_RETRY_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** A large record over a slow line takes its time. */
const LONGEST_REQUEST_TIMEOUT_MS = 120_000;

export function createKafkaSource(options: KafkaSourceOptions): Source {
  const choice = topicChoice(options.topic);
  const { memory = null, run = randomUUID() } = options;
  const shared: Shared = {
    choice,
    at: options.brokers.join(','),
    past: new Past({ choice, memory, run }),
    led: false,
    brokers: options.brokers,
  };
  const what = describeChoice(choice).replaceAll('"', '');
  return {
    replayable: true,
    label: `Kafka ${what} at ${shared.at}`,
    read: (from, signal) => read(options, shared, from, signal),
  };
}

/** What all readings of one source share. */
interface Shared {
  readonly choice: TopicChoice;
  readonly at: string;
  readonly past: Past;
  /** A reading leads: the first, for as long as it reads. */
  led: boolean;
  /** Those given, and those the cluster told of. */
  brokers: readonly string[];
}

async function* read(
  options: KafkaSourceOptions,
  shared: Shared,
  from: StartFrom,
  signal: AbortSignal,
): AsyncIterable<SourceEvent> {
  const leads = !shared.led;
  shared.led = true;
  try {
    yield* openAgainAndAgain(options, shared, leads, from, signal);
  } finally {
    if (leads) shared.led = false;
  }
}

async function* openAgainAndAgain(
  options: KafkaSourceOptions,
  shared: Shared,
  leads: boolean,
  from: StartFrom,
  signal: AbortSignal,
): AsyncIterable<SourceEvent> {
  const { security = NOT_SECURED, clock } = options;
  const { choice, at, past } = shared;
  const place = { at, choice, secured: { tls: security.tls !== null, user: security.sasl !== null } };
  const reading = new Reading(
    { ...options, choice, at, past, leads, told: (brokers) => learn(shared, options, brokers) },
    from,
  );
  let shown: SourceState = { state: 'connecting', message: null, fix: null };
  yield { kind: 'state', state: shown };
  /** Openings in a row that were answered all but for the records. */
  let slow = 0;
  while (!signal.aborted) {
    let opened = false;
    const client = createKafkaClient({
      brokers: rotated(shared.brokers, reading.failures),
      security: await clientSecurity(security),
      requestTimeoutMs: requestTimeoutMs(options, slow),
    });
    try {
      for await (const event of reading.open(client, signal)) {
        if (event.kind === 'state') shown = event.state;
        opened = true;
        yield event;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof KafkaFault)) throw error;
      if (reading.failures === 0) slow = 0;
      else if (opened && error.fault === 'unreachable') slow++;
      reading.failures++;
      const state = faultState(place, error, shown.state === 'live' || shown.state === 'idle');
      const quiet = error.fault === 'moved' && reading.failures === 1;
      if (!quiet && (state.message !== shown.message || state.state !== shown.state)) {
        shown = state;
        yield { kind: 'state', state };
      }
      await sleep(clock, delayMs(error.fault, reading.failures), signal);
    } finally {
      await client.close();
    }
  }
}

function delayMs(fault: Fault, failures: number): number {
  if (fault === 'moved' && failures === 1) return AT_ONCE_MS;
  // The broker is well, and whoever reads the message creates the topic now.
  if (fault === 'topic-missing') return Math.min(TOPIC_RETRY_MS, retryDelayMs(failures));
  return retryDelayMs(failures);
}

function requestTimeoutMs({ requestTimeoutMs: first = REQUEST_TIMEOUT_MS }: KafkaSourceOptions, slow: number): number {
  return Math.min(LONGEST_REQUEST_TIMEOUT_MS, first * 2 ** Math.min(slow, 10));
}

/** One that accepts connections and answers nothing shall not be the first to be asked again. */
function rotated(brokers: readonly string[], by: number): string[] {
  const first = by % brokers.length;
  return [...brokers.slice(first), ...brokers.slice(0, first)];
}

/** Where those that were given are away, the others know the cluster too. */
function learn(shared: Shared, { brokers }: KafkaSourceOptions, told: readonly string[]): void {
  shared.brokers = [...new Set([...brokers, ...told])];
}
