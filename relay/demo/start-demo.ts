import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { Clock } from '../../contract/clock.ts';
import { connectMqtt, type MqttPublisher } from '../mqtt-client.ts';
import { sleep, untilAborted } from '../sources/wait.ts';
import { SIMULATORS, type SimulatedMessage, type SimulatorName } from './simulators.ts';

/**
 * A broker on loopback and a simulation that publishes to it, over real MQTT.
 *
 *     broker listens ─▶ first subscription ─▶ its turn ─▶ the last minutes, as fast as the broker takes them ─▶ real time
 */
export interface DemoOptions {
  readonly name: SimulatorName;
  readonly seed: number;
  /** Events per second around this time of day. Left out: its own. */
  readonly rate?: number;
  /** How much of the past is published first. Default 15. */
  readonly backfillMinutes?: number;
  readonly clock: Clock;
}

export interface Demo {
  /** `mqtt://127.0.0.1:port`. */
  readonly mqttUrl: string;
  readonly filter: string;
  /** Cuts every connection to the broker, as a laptop's sleep does. */
  dropConnections(): void;
  /** Stops the simulation and the broker; resolves when both have. Rejects with what stopped the shop before, if anything did. */
  close(): Promise<void>;
}

const TICK_MS = 50;
/** Publications the broker has not acknowledged yet. Without such a bound (as by QoS 0) aedes 1.2.0 overflows its stack. */
const MAX_IN_FLIGHT = 500;
/** The past is made in steps of about so many messages, so that little of it is in memory. */
const BACKFILL_STEP = 400;
const MIN_STEP_MS = 500;
/** Of those that are started together each publishes its past when those before have: a first board is soon whole. */
let pastsBefore: Promise<unknown> = Promise.resolve();

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
  const published = publish(mqttUrl, options, subscribed, stop.signal);
  // Kept for `close`, which is where a failure is told.
  published.catch(() => stop.abort());

  return {
    mqttUrl,
    filter: SIMULATORS[options.name].filter,
    dropConnections() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      stop.abort();
      try {
        await published;
      } finally {
        for (const socket of sockets) socket.destroy();
        await new Promise<void>((resolve) => broker.close(() => server.close(() => resolve())));
      }
    },
  };
}

/** The simulation lives on where its connection is lost, as after a laptop's sleep; what was on the way then is gone. */
async function publish(
  url: string,
  options: DemoOptions,
  subscribed: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, name, seed, backfillMinutes = 15 } = options;
  const simulator = SIMULATORS[name];
  const past = Promise.withResolvers<void>();
  const before = pastsBefore;
  pastsBefore = Promise.all([before, past.promise]);
  signal.addEventListener('abort', () => past.resolve());
  await subscribed;
  await untilAborted(before, signal);
  const startedMs = clock.nowMs();
  let timeMs = startedMs - backfillMinutes * 60_000;
  const rate = options.rate ?? simulator.defaultRate;
  const stepMs = Math.max(MIN_STEP_MS, (BACKFILL_STEP / rate) * 1000);
  const simulation = simulator.create({
    seed,
    rate,
    startMs: timeMs,
    rateAtMs: startedMs,
    utcOffsetMs: -new Date(startedMs).getTimezoneOffset() * 60_000,
  });
  while (!signal.aborted) {
    const link = await connectMqtt(url);
    const lost = new AbortController();
    link.lost.then(() => lost.abort());
    const over = AbortSignal.any([signal, lost.signal]);
    while (!over.aborted) {
      const nowMs = clock.nowMs();
      const behindMs = nowMs - timeMs;
      timeMs = Math.min(nowMs, timeMs + stepMs);
      const failure = await publishAll(link, simulation.until(timeMs), over);
      if (behindMs < stepMs) past.resolve();
      if (behindMs < stepMs || failure !== null) await sleep(clock, TICK_MS, over);
      // A lost connection fails its publications first, and is known as lost a moment later.
      if (failure !== null && !over.aborted) throw failure;
    }
    await link.close();
    await sleep(clock, TICK_MS, signal);
  }
}

/** Resolves when the broker has them all, or refused one, or it is over: the connection was lost, or the demo is to stop. */
async function publishAll(
  link: MqttPublisher,
  messages: readonly SimulatedMessage[],
  over: AbortSignal,
): Promise<Error | null> {
  const inFlight = new Set<Promise<void>>();
  let failure: Error | null = null;
  for (const message of messages) {
    if (over.aborted || failure !== null) break;
    const published = publishOne(link, message)
      .catch((error: Error) => {
        failure = error;
      })
      .finally(() => inFlight.delete(published));
    inFlight.add(published);
    if (inFlight.size >= MAX_IN_FLIGHT) await untilAborted(Promise.race(inFlight), over);
  }
  await untilAborted(Promise.all(inFlight), over);
  return failure;
}

function publishOne(link: MqttPublisher, message: SimulatedMessage): Promise<void> {
  return link.publish(message.topic, JSON.stringify(message.event));
}
