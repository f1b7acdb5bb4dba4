import type { Status } from '../../contract/worker-api.ts';
import { AHEAD_MS, REPLAY_BEHIND_MS } from '../panels/panel-state.ts';

/** The state of all streams as one line says it: sums where they add up, the worst where they do not. */
export interface StatusSummary {
  /** History is being read: how fast and how late live events come cannot be said. */
  readonly catchingUp: boolean;
  readonly lagMs: number | null;
  readonly lagRecords: number | null;
  readonly watermarkMs: number | null;
  /** How far the watermark trails the newest event. */
  readonly behindMs: number | null;
  readonly late: number;
  readonly tooLate: number;
  /** Records passed over for newer ones of their key. */
  readonly conflated: number;
  readonly deadLetters: number;
  readonly lastDeadLetter: string | null;
  /** Newest event time when the streams' events lie more than an hour before the wall clock; else null. */
  readonly replayMs: number | null;
  /** Newest event time when it lies more than an hour after the wall clock; else null. */
  readonly aheadMs: number | null;
}

export function summarize(status: Status, nowMs: number): StatusSummary {
  const streams = Object.values(status.streams);
  const sum = (pick: (stream: (typeof streams)[number]) => number) => streams.reduce((all, one) => all + pick(one), 0);
  const known = (pick: (stream: (typeof streams)[number]) => number | null) =>
    streams.map(pick).filter((value): value is number => value !== null);
  const slowest = streams
    .filter(({ watermarkUs }) => watermarkUs !== null)
    .sort((a, b) => (a.watermarkUs ?? 0) - (b.watermarkUs ?? 0))[0];
  const watermarkMs = slowest ? (slowest.watermarkUs ?? 0) / 1000 : null;
  const newestUs = known(({ maxEventTimeUs }) => maxEventTimeUs);
  const newestMs = newestUs.length > 0 ? Math.max(...newestUs) / 1000 : null;
  const slowestNewestUs = slowest?.maxEventTimeUs ?? null;
  const catchingUp = streams.some((stream) => stream.catchingUp);
  return {
    catchingUp,
    lagMs: catchingUp ? null : max(known(({ lag }) => lag.ms)),
    lagRecords: max(known(({ lag }) => lag.records)),
    watermarkMs,
    behindMs:
      watermarkMs === null || slowestNewestUs === null ? null : Math.max(0, slowestNewestUs / 1000 - watermarkMs),
    late: sum(({ late }) => late),
    tooLate: sum(({ tooLate }) => tooLate),
    conflated: sum(({ conflated }) => conflated),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    lastDeadLetter: streams.find(({ lastDeadLetter }) => lastDeadLetter !== null)?.lastDeadLetter ?? null,
    replayMs: newestMs !== null && nowMs - newestMs > REPLAY_BEHIND_MS ? newestMs : null,
    aheadMs: newestMs !== null && newestMs - nowMs > AHEAD_MS ? newestMs : null,
  };
}

function max(values: readonly number[]): number | null {
  return values.length > 0 ? Math.max(...values) : null;
}
