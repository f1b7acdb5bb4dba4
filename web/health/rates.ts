import { type Accessor, createEffect, createSignal, on } from 'solid-js';
import type { Status } from '../../contract/worker-api.ts';

/** How many rows of a stream were committed, second by second, since the page was opened. */
export interface Rate {
  /** Over the last five seconds; null: it cannot be said, for history is read or there is no connection. */
  readonly perSecond: number | null;
  /** A value per ten seconds, oldest first; null where it could not be said. */
  readonly history: readonly (number | null)[];
}

export type Rates = Readonly<Record<string, Rate>>;

const NOW_MS = 5_000;
const STEP_MS = 10_000;
const KEPT_STEPS = 60;

interface Sample {
  readonly atMs: number;
  readonly received: number;
}

/**
 * Rates from the counters that statuses bring. Pure but for what it remembers: each call is given a status and its time.
 *
 *     received ─ samples of five seconds ─▶ perSecond ─ one each ten seconds ─▶ history
 */
export class RateMeter {
  readonly #streams = new Map<string, { samples: Sample[]; history: (number | null)[]; steppedAtMs: number }>();

  add(status: Status, nowMs: number): Rates {
    const rates: Record<string, Rate> = {};
    for (const [name, stream] of Object.entries(status.streams)) {
      const known = this.#streams.get(name) ?? { samples: [], history: [], steppedAtMs: nowMs };
      this.#streams.set(name, known);
      const isKnown = status.connection.state === 'live' && !stream.catchingUp && !status.rebuilding;
      const last = known.samples.at(-1);
      // What is counted from anew, or was history until now, is no rate.
      if (!isKnown || (last && stream.received < last.received)) known.samples = [];
      if (isKnown)
        known.samples = [
          ...known.samples.filter(({ atMs }) => nowMs - atMs <= NOW_MS),
          { atMs: nowMs, received: stream.received },
        ];
      const first = known.samples[0];
      const newest = known.samples.at(-1);
      const spanMs = first && newest ? newest.atMs - first.atMs : 0;
      const perSecond = first && newest && spanMs >= 1000 ? ((newest.received - first.received) / spanMs) * 1000 : null;
      if (nowMs - known.steppedAtMs >= STEP_MS) {
        known.steppedAtMs = nowMs;
        known.history = [...known.history, perSecond].slice(-KEPT_STEPS);
      }
      rates[name] = { perSecond, history: known.history };
    }
    for (const name of this.#streams.keys()) if (!(name in status.streams)) this.#streams.delete(name);
    return rates;
  }
}

/** Rates of all streams, told anew with each status. */
export function createRates(status: Accessor<Status | null>, nowMs: () => number): Accessor<Rates> {
  const meter = new RateMeter();
  const [rates, setRates] = createSignal<Rates>({});
  createEffect(
    on(status, (now) => {
      if (now) setRates(meter.add(now, nowMs()));
    }),
  );
  return rates;
}
