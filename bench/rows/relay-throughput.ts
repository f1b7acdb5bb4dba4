import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShop } from '../../relay/demo/shop.ts';
import { startKafkaBroker } from '../../tests/support/kafka-broker.ts';
import { startRelayProcess } from '../../tests/support/relay-process.ts';
import { metricReaches } from '../delivery/metrics.ts';
import { type Harness, median, type Row, round, samples } from '../harness.ts';
import { start } from '../programs.ts';

const PARTITIONS = 4;
const CHUNK = 10_000;
const TOPIC = 'shop';

/** DESIGN §7: what the relay does beyond consuming and parsing, as a share of the rate of those two alone. */
export async function relayThroughput(harness: Harness): Promise<Row> {
  const events = harness.quick ? 100_000 : 600_000;
  const repeats = harness.quick ? 2 : 5;
  const broker = await startKafkaBroker();
  const alone: number[] = [];
  const relayed: number[] = [];
  const inMemory: number[] = [];
  try {
    await broker.createTopic(TOPIC, PARTITIONS);
    const bytes = await fill(events, (values, partition) =>
      broker.produce(
        TOPIC,
        values.map((value) => ({ value, partition })),
      ),
    );
    // The broker's own code is slow at first.
    await consumeAndParse(broker.address, events);
    for (let run = 0; run < repeats; run++) {
      alone.push(events / (await consumeAndParse(broker.address, events)));
      relayed.push(events / (await relay(broker.address, events, true)));
      inMemory.push(events / (await relay(broker.address, events, false)));
    }
    const share = median(relayed) / median(alone);
    const perSecond = (rates: readonly number[]) =>
      samples(
        'events/s',
        rates.map((rate) => rate * 1000),
      );
    return {
      name: 'Relay, JSON from Kafka to frames in its log, one core ÷ consume + JSON.parse alone',
      goal: '≥ 0.6',
      result: `${round(share)} (${round(median(relayed) / 1000)} M events/s)`,
      met: share >= 0.6,
      method:
        `${events.toLocaleString('en')} shop events of ${Math.round(bytes / events)} bytes of JSON in ${PARTITIONS} partitions of a real Kafka on this ` +
        'machine. Alone: a Node process reads them by the same source and calls JSON.parse. Relay: the process as users start it, ' +
        'with its log on disk, from its first record to its last, by its own /metrics. In turn, each from a fresh process.',
      losing:
        'Shaping, the event times, the Arrow columns and the log come on top of parsing; the broker shares the cores with both sides.',
      figures: {
        'consume + JSON.parse alone': perSecond(alone),
        'relay, log on disk': perSecond(relayed),
        'relay, log in memory': perSecond(inMemory),
      },
      notes: { 'log in memory ÷ alone': round(median(inMemory) / median(alone)) },
    };
  } finally {
    await broker.stop();
  }
}

/** Shop events into the topic, round robin by chunk; bytes of all. */
async function fill(events: number, put: (values: string[], partition: number) => Promise<void>): Promise<number> {
  const pool = createShop({ seed: 1, rate: 5_000, startMs: 1_743_760_800_000 }).until(1_743_760_800_000 + 20_000);
  const texts = pool.map(({ event }) => JSON.stringify(event));
  let bytes = 0;
  for (let at = 0; at < events; at += CHUNK) {
    const values = Array.from(
      { length: Math.min(CHUNK, events - at) },
      (_, index) => texts[(at + index) % texts.length] ?? '',
    );
    for (const value of values) bytes += Buffer.byteLength(value);
    await put(values, (at / CHUNK) % PARTITIONS);
  }
  return bytes;
}

/** ms. */
async function consumeAndParse(address: string, events: number): Promise<number> {
  const program = start(process.execPath, ['bench/delivery/consume-parse.ts', address, TOPIC, String(events)]);
  const [line] = await program.says(/\{.*\}/);
  await program.stop();
  return JSON.parse(line).ms;
}

/** ms from the first record to the last. */
async function relay(address: string, events: number, onDisk: boolean): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-bench-'));
  const data = onDisk ? folder : 'none';
  const process = await startRelayProcess([
    '--kafka',
    address,
    '--topic',
    TOPIC,
    '--data',
    data,
    '--log-level',
    'warn',
  ]);
  try {
    const begun = await metricReaches(process.url, 'highwater_relay_messages_total', 1, 2);
    return (await metricReaches(process.url, 'highwater_relay_messages_total', events)) - begun;
  } finally {
    await process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
