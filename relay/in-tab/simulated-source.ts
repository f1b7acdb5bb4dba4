import type { Clock } from '../../contract/clock.ts';
import type { Simulation } from '../demo/simulation.ts';
import type { RawRecord, Source, SourceEvent } from '../sources/source.ts';
import { sleep } from '../sources/wait.ts';

/**
 * A simulated stream without a broker: one partition, 0; offsets count what was delivered.
 *
 *     opened ─▶ the last minutes, as fast as they are taken ─▶ caught-up ─▶ real time, by the clock
 */
export interface SimulatedOptions {
  /** Begins a simulation of which nothing happens before `startMs`. */
  readonly simulate: (startMs: number) => Simulation;
  /** For messages: `the demo shop`. */
  readonly label: string;
  /** New for every simulation. */
  readonly epoch: string;
  readonly clock: Clock;
  /** How much of the past comes first. */
  readonly pastMs: number;
}

const TICK_MS = 50;
/** The past is made in steps of this length, so that little of it is in memory. */
const STEP_MS = 2_000;
/** After so many steps of the past, others get their turn. */
const STEPS_A_TURN = 10;

export function createSimulatedSource({ simulate, label, epoch, clock, pastMs }: SimulatedOptions): Source {
  const encoder = new TextEncoder();
  async function* read(signal: AbortSignal): AsyncIterable<SourceEvent> {
    let timeMs = clock.nowMs() - pastMs;
    let nextOffset = 0;
    let steps = 0;
    let isPast = true;
    const simulation = simulate(timeMs);
    yield { kind: 'opened', position: { epoch, next: { 0: nextOffset } } };
    yield { kind: 'state', state: { state: 'live', message: null, fix: null } };
    while (!signal.aborted) {
      const nowMs = clock.nowMs();
      const isBehind = nowMs - timeMs >= STEP_MS;
      timeMs = Math.min(nowMs, timeMs + STEP_MS);
      const firstOffset = nextOffset;
      const records = simulation.until(timeMs).map(
        ({ topic, event }): RawRecord => ({
          offset: nextOffset++,
          topic,
          timestampMs: timeMs,
          key: null,
          value: encoder.encode(JSON.stringify(event)),
        }),
      );
      if (records.length > 0) yield { kind: 'records', partition: 0, firstOffset, nextOffset, behind: null, records };
      if (isPast && !isBehind) {
        isPast = false;
        yield { kind: 'caught-up' };
      }
      if (!isBehind) await sleep(clock, TICK_MS, signal);
      else if (++steps % STEPS_A_TURN === 0) await sleep(clock, 0, signal);
    }
  }
  return {
    replayable: false,
    startsAnew: `${label} was started again: its past is simulated anew each time`,
    label,
    read: (_from, signal) => read(signal),
  };
}
