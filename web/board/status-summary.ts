import type { Status } from '../../contract/worker-api.ts';
import { AHEAD_MS, REPLAY_BEHIND_MS } from '../panels/panel-state.ts';
import { ageMsOf, readThroughMs } from './newest.ts';
import { isOpening } from './opening.ts';

/** The state of all streams as one line says it: sums where they add up, the worst where they do not. */
export interface StatusSummary {
  /** History is being read: how fast and how late live events come cannot be said. */
  readonly catchingUp: boolean;
  /** How far the stream that is furthest behind has come meanwhile, by event time; null: nowhere yet, or none is. */
  readonly readMs: number | null;
  /** How old that is; null: it is history anyway. */
  readonly readAgeMs: number | null;
  readonly lagMs: number | null;
  readonly lagRecords: number | null;
  /** Without a connection, since when there is none; what goes by the second is not known then. */
  readonly offlineSinceMs: number | null;
  readonly connected: boolean;
  /** The page is opening: that there is no connection yet is no trouble. */
  readonly opening: boolean;
  /** It loads what it kept, and the relay has not answered. */
  readonly opensAlone: boolean;
  /** The engine is being replaced: what goes by the second is not known. */
  readonly rebuilding: boolean;
  /** The stream whose watermark it is, where others are far from it; else null. */
  readonly watermarkOf: string | null;
  readonly watermarkMs: number | null;
  /** How far the watermark trails the newest event. */
  readonly behindMs: number | null;
  readonly late: number;
  readonly tooLate: number;
  /** Records passed over for newer ones of their key. */
  readonly conflated: number;
  readonly deadLetters: number;
  readonly lastDeadLetter: string | null;
  /** Newest event time while events come that lie more than an hour before the wall clock; else null: silence is no replay. */
  readonly replayMs: number | null;
  /** Newest event time when it lies more than an hour after the wall clock; else null. */
  readonly aheadMs: number | null;
}

export function summarize(status: Status, nowMs: number): StatusSummary {
  const streams = Object.values(status.streams);
  const sum = (pick: (stream: (typeof streams)[number]) => number) => streams.reduce((all, one) => all + pick(one), 0);
  const known = (pick: (stream: (typeof streams)[number]) => number | null) =>
    streams.map(pick).filter((value): value is number => value !== null);
  const { rebuilding, connection } = status;
  const connected = connection.state === 'live';
  const { slowest, differ } = watermarks(status);
  const watermarkMs = slowest ? slowest.watermarkUs / 1000 : null;
  const newestUs = known(({ maxEventTimeUs }) => maxEventTimeUs);
  const newestMs = newestUs.length > 0 ? Math.max(...newestUs) / 1000 : null;
  const slowestNewestUs = slowest?.maxEventTimeUs ?? null;
  /** As this computer's clock would have said it. */
  const newestHereMs = newestMs === null ? null : newestMs + (status.clockAheadMs ?? 0);
  const opening = isOpening(status);
  const catchingUp = connected && streams.some((stream) => stream.catchingUp);
  const readMs = catchingUp ? readThroughMs(streams) : null;
  const readAgeMs = readMs === null ? null : ageMsOf(readMs * 1000, nowMs, status);
  return {
    catchingUp,
    readMs,
    readAgeMs: readAgeMs !== null && readAgeMs >= 1000 && readAgeMs <= REPLAY_BEHIND_MS ? readAgeMs : null,
    connected,
    opening,
    opensAlone:
      opening && (connection.state === 'waiting' || (connection.state === 'connecting' && connection.attempt > 1)),
    rebuilding,
    offlineSinceMs: 'sinceMs' in connection && !connected ? connection.sinceMs : null,
    lagMs: catchingUp || rebuilding || !connected ? null : max(known(({ lag }) => lag.ms)),
    lagRecords: connected && !rebuilding ? max(known(({ lag }) => lag.records)) : null,
    watermarkOf: slowest && differ ? slowest.name : null,
    watermarkMs,
    behindMs:
      watermarkMs === null || slowestNewestUs === null ? null : Math.max(0, slowestNewestUs / 1000 - watermarkMs),
    late: sum(({ late }) => late),
    tooLate: sum(({ tooLate }) => tooLate),
    conflated: sum(({ conflated }) => conflated),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    lastDeadLetter: streams.find(({ lastDeadLetter }) => lastDeadLetter !== null)?.lastDeadLetter ?? null,
    replayMs:
      newestHereMs !== null && status.eventsPerSecond > 0 && nowMs - newestHereMs > REPLAY_BEHIND_MS ? newestMs : null,
    aheadMs: newestHereMs !== null && newestHereMs - nowMs > AHEAD_MS ? newestMs : null,
  };
}

/** Watermarks so far apart are not one. */
const APART_US = 60_000_000;

/** The least watermark of streams that go on, or, where none does, of all; and whether another is far from it. */
function watermarks({ streams }: Status) {
  const all = Object.entries(streams).flatMap(([name, { watermarkUs, maxEventTimeUs, source }]) =>
    watermarkUs === null ? [] : [{ name, watermarkUs, maxEventTimeUs, ended: source.state === 'ended' }],
  );
  const goingOn = all.filter(({ ended }) => !ended);
  const counted = (goingOn.length > 0 ? goingOn : all).sort((a, b) => a.watermarkUs - b.watermarkUs);
  const [slowest, fastest] = [counted[0], counted.at(-1)];
  return { slowest, differ: slowest && fastest ? fastest.watermarkUs - slowest.watermarkUs > APART_US : false };
}

function max(values: readonly number[]): number | null {
  return values.length > 0 ? Math.max(...values) : null;
}
