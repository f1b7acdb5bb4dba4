import type { ConnectionStatus, PictureTime } from '../../contract/worker-api.ts';
import { formatSpan } from '../format.ts';
import { formatClock, formatDay, type Zone } from '../format-time.ts';

/**
 * What a panel may claim about the picture it shows. The first that holds, wins:
 *
 *   error          the picture is a reason, not data
 *   empty          nothing has come yet
 *   paused         the viewer stopped it
 *   disconnected   no relay: the last picture stays
 *   replay         the events were more than an hour old when they came: history, not now
 *   ahead          the newest event lies more than an hour after the wall clock: some clock is wrong
 *   stale          connected, and no frame for ten seconds
 *   late           frames come, but their events happened long before
 *   live
 */
export type StateName = 'live' | 'late' | 'stale' | 'disconnected' | 'replay' | 'ahead' | 'paused' | 'empty' | 'error';

export interface PanelState {
  readonly name: StateName;
  /** Beside the dot. */
  readonly word: string;
  /** The same where there is little room. */
  readonly short: string;
  /** How old the picture is and how long nothing has come, when that must be said: `as of 12:03:05`, `no data for 42 s`. */
  readonly age: readonly string[];
  /** The picture is not fresh: it is drawn as such. */
  readonly faded: boolean;
}

export interface PanelStateInput {
  readonly connection: ConnectionStatus['state'] | null;
  readonly paused: boolean;
  /** undefined: no picture yet. */
  readonly picture: (PictureTime & { readonly kind: string }) | { readonly kind: 'error' } | undefined;
  readonly nowMs: number;
  readonly zone: Zone;
}

/** Without a frame for so long, a picture is stale. */
export const STALE_AFTER_MS = 10_000;
/** Events this much older than their arrival are history. */
export const REPLAY_BEHIND_MS = 3_600_000;
/** Events this much after the wall clock have a wrong time. */
export const AHEAD_MS = 3_600_000;
/** The least lag taken as expected, whatever the watermark's delay. */
const LEAST_EXPECTED_LAG_MS = 10_000;

export function panelState({ connection, paused, picture, nowMs, zone }: PanelStateInput): PanelState {
  if (picture?.kind === 'error') return state('error', 'error');
  if (!picture || !('receivedAtMs' in picture) || picture.receivedAtMs === null || picture.maxEventTimeUs === null)
    return state('empty', 'no data yet', 'no data');
  const silentMs = nowMs - picture.receivedAtMs;
  const eventMs = picture.maxEventTimeUs / 1000;
  const at = formatClock(picture.receivedAtMs, zone);
  const silent = `no data for ${formatSpan(silentMs)}`;
  if (paused) return state('paused', 'paused', 'paused', [`as of ${at}`]);
  if (connection !== 'live')
    return {
      ...state('disconnected', 'disconnected', 'offline', [`as of ${at}`, silent]),
      faded: true,
    };
  const behindMs = picture.receivedAtMs - eventMs;
  if (behindMs > REPLAY_BEHIND_MS) return state('replay', `replay · ${formatDay(eventMs, zone)}`, 'replay');
  if (eventMs - nowMs > AHEAD_MS)
    return { ...state('ahead', 'clock ahead', 'clock ahead', [`event time ${formatDay(eventMs, zone)}`]), faded: true };
  if (silentMs > STALE_AFTER_MS) return { ...state('stale', 'stale', 'stale', [`as of ${at}`, silent]), faded: true };
  const delayMs = picture.watermarkUs === null ? 0 : eventMs - picture.watermarkUs / 1000;
  if (behindMs > 2 * Math.max(LEAST_EXPECTED_LAG_MS, delayMs))
    return state('late', `late · ${formatSpan(behindMs)} behind`, 'late');
  return state('live', 'live');
}

function state(name: StateName, word: string, short: string = word, age: readonly string[] = []): PanelState {
  return { name, word, short, age, faded: false };
}
