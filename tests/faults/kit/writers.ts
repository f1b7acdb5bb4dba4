import { Producer } from '@platformatic/kafka';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Random } from '../../../relay/demo/random.ts';
import type { History } from '../history.ts';
import { sleep } from './time.ts';

/** Writes records to a source and keeps the history of what was acknowledged. */
export interface Writer {
  /** Resolves when all of them are acknowledged. Tries again for as long as it takes. */
  write(count: number): Promise<void>;
  /** `mayBeLost`: nobody may be there to take it yet, and then nobody misses it. */
  writeOne(producer: string, seq: number, mayBeLost?: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface WriterParts {
  readonly run: string;
  readonly history: History;
  readonly random: Random;
  /** Of a record's event, now by the producer's clock. */
  readonly eventTimeMs: (producer: string) => number;
  /** Fields beside the usual ones. */
  readonly more: () => Readonly<Record<string, unknown>>;
}

const PRODUCERS = ['p0', 'p1', 'p2'] as const;
const MOST_AT_ONCE = 40;
const RETRY_MS = 50;
/** Of the client: a broker that does not answer within this has not taken it. */
const REQUEST_MS = 5_000;

/** Each producer counts its own seqs, over all writers of a run. */
export class Sequences {
  readonly #next = new Map<string, number>();

  take(producer: string, count: number): number[] {
    const first = this.#next.get(producer) ?? 0;
    this.#next.set(producer, first + count);
    return Array.from({ length: count }, (_, index) => first + index);
  }
}

export function recordText(parts: WriterParts, producer: string, seq: number): string {
  const { run, random, eventTimeMs, more } = parts;
  const key = `k${Math.floor(random.next() * 16)}`;
  return JSON.stringify({ run, producer, seq, key, ts: eventTimeMs(producer), ...more() });
}

export function createKafkaWriter(
  parts: WriterParts,
  sequences: Sequences,
  to: { readonly brokers: readonly string[]; readonly topic: string; readonly partitions: number },
): Writer {
  const { history, random } = parts;
  let closed = false;
  // Tries are counted, so they are ours: the client itself never tries again.
  const make = () =>
    new Producer<Buffer, Buffer>({
      clientId: 'highwater-faults',
      bootstrapBrokers: [...to.brokers],
      retries: 0,
      requestTimeout: REQUEST_MS,
      connectTimeout: REQUEST_MS,
    });
  let producer = make();
  /** One batch is of one producer and one partition, and the next waits for it: their order is that of the seqs. */
  const send = async (name: string, seqs: readonly number[]): Promise<void> => {
    const partition = Math.floor(random.next() * to.partitions);
    const messages = seqs.map((seq) => ({
      topic: to.topic,
      partition,
      // Its own: a compacted topic needs one, and takes none of these away.
      key: Buffer.from(`${name} ${seq}`),
      value: Buffer.from(recordText(parts, name, seq)),
    }));
    for (;;) {
      for (const seq of seqs) history.sent(name, seq, partition);
      try {
        await producer.send({ messages, acks: -1 });
        for (const seq of seqs) history.acknowledged(name, seq);
        return;
      } catch (error) {
        if (closed) throw error;
        const failed = producer;
        producer = make();
        failed.close(true).catch(() => undefined);
        await sleep(RETRY_MS);
      }
    }
  };
  return {
    async write(count) {
      for (let left = count; left > 0; ) {
        const size = Math.min(left, 1 + Math.floor(random.next() * MOST_AT_ONCE));
        const name = PRODUCERS[Math.floor(random.next() * PRODUCERS.length)] ?? PRODUCERS[0];
        await send(name, sequences.take(name, size));
        left -= size;
      }
    },
    writeOne: (name, seq) => send(name, [seq]),
    async close() {
      closed = true;
      await producer.close(true).catch(() => undefined);
    },
  };
}

/** QoS 1: acknowledged by the broker, and sent again by the client for as long as it was not. */
export async function createMqttWriter(
  parts: WriterParts,
  sequences: Sequences,
  to: { readonly url: string; readonly topic: string; readonly qos?: 1 | 2 },
): Promise<Writer> {
  const { history, random } = parts;
  let connections = 0;
  const client: MqttClient = await connectAsync(to.url, {
    reconnectPeriod: 100,
    clean: false,
    clientId: `${parts.run}-writer`,
  });
  client.on('error', () => undefined);
  client.on('connect', () => {
    connections++;
  });
  const send = async (name: string, seqs: readonly number[], mayBeLost = false): Promise<void> => {
    for (const seq of seqs) history.sent(name, seq, null);
    const before = connections;
    const texts = seqs.map((seq) => recordText(parts, name, seq));
    await Promise.all(texts.map((text) => client.publishAsync(`${to.topic}/${name}`, text, { qos: to.qos ?? 1 })));
    for (const seq of seqs) {
      // What is under way when a connection ends is sent again with the next.
      if (connections > before) history.sent(name, seq, null, connections - before);
      if (!mayBeLost) history.acknowledged(name, seq);
    }
  };
  return {
    async write(count) {
      for (let left = count; left > 0; ) {
        const size = Math.min(left, 1 + Math.floor(random.next() * MOST_AT_ONCE));
        const name = PRODUCERS[Math.floor(random.next() * PRODUCERS.length)] ?? PRODUCERS[0];
        await send(name, sequences.take(name, size));
        left -= size;
      }
    },
    writeOne: (name, seq, mayBeLost) => send(name, [seq], mayBeLost),
    close: () => client.endAsync(true),
  };
}
