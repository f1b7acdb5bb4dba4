import type { Clock } from '../../contract/clock.ts';
import type { SourceState } from '../../contract/protocol/down.ts';
import { createKafkaClient } from './kafka/client.ts';
import { type Fault, KafkaFault } from './kafka/fault.ts';
import { Reading } from './kafka/reading.ts';
import { faultState } from './kafka/states.ts';
import type { Source, SourceEvent, StartFrom } from './source.ts';
import { retryDelayMs, sleep, untilAborted } from './wait.ts';

/**
 * One Kafka topic, all its partitions, committed records only. The epoch is `clusterId:topicId`, so that a topic deleted
 * and created again is another past.
 *
 *     connecting ─▶ opened ─▶ live ─▶ (records | caught-up | gap)* ─▶ a fault ─▶ open again where it stopped
 *          ╰─▶ failed: no broker, no topic, refused ─▶ (0.5 … 10 s) ─▶ open again
 *
 * Each opening has a client of its own: no state of a broken one survives. Partitions added to the topic later are read
 * from their first record; they come without another `opened`.
 */
export interface KafkaSourceOptions {
  /** `host:port` of brokers to ask first. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly clock: Clock;
  /** How much one fetch may bring, except that a batch larger than it comes whole. Default 4 MiB. */
  readonly maxBytes?: number;
  /** The same for one partition. Default 1 MiB. */
  readonly partitionMaxBytes?: number;
}

const AT_ONCE_MS = 50;
const TOPIC_RETRY_MS = 2_000;

export function createKafkaSource(options: KafkaSourceOptions): Source {
  return {
    replayable: true,
    label: `Kafka topic ${options.topic} at ${options.brokers.join(',')}`,
    read: (from, signal) => read(options, from, signal),
  };
}

async function* read(options: KafkaSourceOptions, from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent> {
  const reading = new Reading(options, from);
  let shown: SourceState = { state: 'connecting', message: null, fix: null };
  yield { kind: 'state', state: shown };
  while (!signal.aborted) {
    const client = createKafkaClient(options.brokers);
    try {
      for await (const event of reading.open(client, signal)) {
        if (event.kind === 'state') shown = event.state;
        yield event;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof KafkaFault)) throw error;
      reading.failures++;
      const topics = error.fault === 'topic-missing' ? ((await untilAborted(namesOf(client), signal)) ?? []) : [];
      // Just created: the cluster knows it, and the broker asked does not yet.
      const fault = topics.includes(options.topic) ? new KafkaFault('moved', 'it was just created') : error;
      const state = faultState(options, fault, { wasLive: shown.state === 'live', topics });
      const quiet = fault.fault === 'moved' && reading.failures === 1;
      if (!quiet && (state.message !== shown.message || state.state !== shown.state)) {
        shown = state;
        yield { kind: 'state', state };
      }
      await sleep(options.clock, delayMs(fault.fault, reading.failures), signal);
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

/** For a better message only: a broker that does not tell its topics changes nothing. */
async function namesOf(client: ReturnType<typeof createKafkaClient>): Promise<string[]> {
  return client.topicNames().catch(() => []);
}
