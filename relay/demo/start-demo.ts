import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { Clock } from '../../contract/clock.ts';
import { connectMqtt, type MqttLink } from '../mqtt-client.ts';
import { sleep, untilAborted } from '../sources/wait.ts';
import { createShop, type Shop, type ShopMessage } from './shop.ts';

/**
 * A broker on loopback and a shop that publishes to it, over real MQTT.
 *
 *     broker listens ─▶ first subscription ─▶ the last minutes, as fast as the broker takes them ─▶ real time
 */
export interface DemoOptions {
  readonly seed: number;
  /** Events per second. Default 100. */
  readonly rate?: number;
  /** How much of the past is published first. Default 15. */
  readonly backfillMinutes?: number;
  readonly clock: Clock;
}

export interface Demo {
  /** `mqtt://127.0.0.1:port`. */
  readonly mqttUrl: string;
  readonly filter: string;
  /** Stops the shop and the broker; resolves when both have. Rejects with what stopped the shop before, if anything did. */
  close(): Promise<void>;
}

const FILTER = 'shop/+/events';
const TICK_MS = 50;
/** Publications the broker has not acknowledged yet. */
const MAX_IN_FLIGHT = 500;
/** The past is made in steps of this length, so that little of it is in memory. */
const BACKFILL_STEP_MS = 2_000;

export async function startDemo(options: DemoOptions): Promise<Demo> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the demo broker has no port');
  const mqttUrl = `mqtt://127.0.0.1:${address.port}`;

  const stop = new AbortController();
  const subscribed = new Promise<void>((resolve) => {
    broker.once('subscribe', () => resolve());
    stop.signal.addEventListener('abort', () => resolve());
  });
  const shop = runShop(mqttUrl, options, subscribed, stop.signal);
  // Kept for `close`, which is where a failure is told.
  shop.catch(() => stop.abort());

  return {
    mqttUrl,
    filter: FILTER,
    async close() {
      stop.abort();
      try {
        await shop;
      } finally {
        for (const socket of sockets) socket.destroy();
        await new Promise<void>((resolve) => broker.close(() => server.close(() => resolve())));
      }
    },
  };
}

async function runShop(
  url: string,
  options: DemoOptions,
  subscribed: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, seed, rate = 100, backfillMinutes = 15 } = options;
  await subscribed;
  if (signal.aborted) return;
  const link = await connectMqtt(url);
  try {
    let timeMs = clock.nowMs() - backfillMinutes * 60_000;
    const shop = createShop({ seed, rate, startMs: timeMs });
    while (!signal.aborted) {
      const nowMs = clock.nowMs();
      const behindMs = nowMs - timeMs;
      timeMs = Math.min(nowMs, timeMs + BACKFILL_STEP_MS);
      await publishAll(link, shop, timeMs, signal);
      if (behindMs < BACKFILL_STEP_MS) await sleep(clock, TICK_MS, signal);
    }
  } finally {
    await link.close();
  }
}

async function publishAll(link: MqttLink, shop: Shop, timeMs: number, signal: AbortSignal): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  let failure: unknown = null;
  for (const message of shop.until(timeMs)) {
    if (signal.aborted || failure !== null) break;
    const published = publish(link, message)
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(() => inFlight.delete(published));
    inFlight.add(published);
    if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight);
  }
  if (signal.aborted) return;
  await untilAborted(Promise.all(inFlight), signal);
  if (failure !== null && !signal.aborted) throw failure;
}

function publish(link: MqttLink, message: ShopMessage): Promise<void> {
  return link.publish(message.topic, JSON.stringify(message.event));
}
