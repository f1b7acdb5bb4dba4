import { connectAsync } from 'mqtt';
import { createShop, type ShopMessage } from '../relay/demo/shop.ts';

/**
 * Publishes shop events over MQTT at an even rate, each with the time of its publication as `timestamp`, until it is
 * stopped: `node bench/publisher.ts mqtt://127.0.0.1:1883 10000 [2]`. Says `publishing` once it begins. The last is how many
 * ms lie between two sends: 100 makes bursts.
 */
const [url = '', rate = '', step = '2'] = process.argv.slice(2);
const perSecond = Number(rate);

const client = await connectAsync(url);
const pool: ShopMessage[] = createShop({ seed: 1, rate: 5_000, startMs: 0 }).until(20_000);
console.log(`publishing ${perSecond} events a second from a pool of ${pool.length}`);

const startedMs = performance.now();
let published = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond);
  const timestamp = new Date().toISOString();
  for (; published < due; published++) {
    const message = pool[published % pool.length];
    if (message)
      client.publish(message.topic, JSON.stringify({ ...message.event, event_id: `e${published}`, timestamp }));
  }
}, Number(step));
