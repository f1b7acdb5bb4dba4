import { systemClock } from '../../contract/clock.ts';
import { createKafkaSource } from '../../relay/sources/kafka.ts';

/**
 * Reads a topic from its start by the relay's own Kafka source and does nothing but `JSON.parse` of each value:
 * `node bench/delivery/consume-parse.ts 127.0.0.1:9092 topic 500000`. Prints the ms from the first record to the last.
 */
const [broker = '', topic = '', count = ''] = process.argv.slice(2);
const stop = new AbortController();
let startedMs = 0;
let left = Number(count);
let fields = 0;
for await (const event of createKafkaSource({ brokers: [broker], topic, clock: systemClock }).read(
  'earliest',
  stop.signal,
)) {
  if (event.kind !== 'records') continue;
  if (startedMs === 0) startedMs = performance.now();
  for (const { value } of event.records)
    fields += Object.keys(JSON.parse(Buffer.from(value ?? []).toString('utf8'))).length;
  left -= event.records.length;
  if (left <= 0) break;
}
console.log(JSON.stringify({ ms: performance.now() - startedMs, fields }));
