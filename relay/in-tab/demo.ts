import type { Clock } from '../../contract/clock.ts';
import { demoOf } from '../../contract/demos.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import { simulatorOf } from '../demo/simulators.ts';
import { demoRate } from '../demo-rate.ts';
import { loadDemo } from './demo-files.ts';
import { createSimulatedSource } from './simulated-source.ts';
import type { WrittenBoards } from './tab-relay.ts';
import type { TabStream } from './tab-stream.ts';

const PAST_MS = 15 * 60_000;
const AHEAD_US = parseDurationUs('1h');

export interface DemoOptions {
  /** Events per second of all streams together; null: as they have them. */
  readonly rate: number | null;
  readonly clock: Clock;
  readonly run: string;
  readonly seed: number;
  /** How far this computer's time is ahead of UTC. */
  readonly utcOffsetMs: number;
}

/** A demo's streams, simulated in this tab, and its boards as they are written. Rejects with every problem in its files. */
export async function openDemo(
  name: string,
  options: DemoOptions,
): Promise<{ readonly streams: readonly TabStream[]; readonly boards: WrittenBoards }> {
  const demo = demoOf(name);
  if (demo === null) throw new Error(`there is no demo ${name}`);
  const { streams, ...boards } = await loadDemo(demo);
  return {
    streams: Object.entries(streams).map(([stream, spec]) => ({
      name: stream,
      spec,
      source: sourceOf(spec.source.replace(/^demo:/, ''), {
        ...options,
        ...demoRate(spec.source, { streams }, options.rate),
      }),
      pacer: null,
      aheadUs: AHEAD_US,
    })),
    boards,
  };
}

function sourceOf(name: string, { rate, clock, run, seed, utcOffsetMs }: DemoOptions) {
  const simulator = simulatorOf(name);
  if (simulator === undefined) throw new Error(`there is no simulated stream ${name}`);
  const { create, defaultRate } = simulator;
  return createSimulatedSource({
    simulate: (startMs) => create({ seed, rate: rate ?? defaultRate, startMs, rateAtMs: clock.nowMs(), utcOffsetMs }),
    label: `the simulated ${name}`,
    epoch: run,
    clock,
    pastMs: PAST_MS,
  });
}
