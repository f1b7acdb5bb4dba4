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
 *   stale          connected, and no frame for ten seconds
 *   late           frames come, but their events happened long before
 *   live
 */
export type StateName = 'live' | 'late' | 'stale' | 'disconnected' | 'replay' | 'paused' | 'empty' | 'error';

export interface PanelState {
  readonly name: StateName;
  /** Beside the dot. */
  readonly word: string;
  /** A second sentence where the state needs one: how old, since when. */
  readonly detail: string | null;
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
/** The least lag taken as expected, whatever the watermark's delay. */
const LEAST_EXPECTED_LAG_MS = 10_000;

export function panelState({ connection, paused, picture, nowMs, zone }: PanelStateInput): PanelState {
  if (picture?.kind === 'error') return { name: 'error', word: 'error', detail: null, faded: false };
  if (!picture || !('receivedAtMs' in picture) || picture.receivedAtMs === null || picture.maxEventTimeUs === null)
    return { name: 'empty', word: 'no data yet', detail: null, faded: false };
  const silentMs = nowMs - picture.receivedAtMs;
  const eventMs = picture.maxEventTimeUs / 1000;
  const asOf = `as of ${formatClock(picture.receivedAtMs, zone)}`;
  if (paused)
    return { name: 'paused', word: `paused · ${formatClock(picture.receivedAtMs, zone)}`, detail: null, faded: false };
  if (connection !== 'live')
    return {
      name: 'disconnected',
      word: asOf,
      detail: `disconnected · no data for ${formatSpan(silentMs)}`,
      faded: true,
    };
  const behindMs = picture.receivedAtMs - eventMs;
  if (behindMs > REPLAY_BEHIND_MS)
    return { name: 'replay', word: `replay · ${formatDay(eventMs, zone)}`, detail: null, faded: false };
  if (silentMs > STALE_AFTER_MS)
    return { name: 'stale', word: asOf, detail: `no data for ${formatSpan(silentMs)}`, faded: true };
  const delayMs = picture.watermarkUs === null ? 0 : eventMs - picture.watermarkUs / 1000;
  const expectedMs = Math.max(LEAST_EXPECTED_LAG_MS, delayMs);
  if (behindMs > 2 * expectedMs)
    return { name: 'late', word: `late · ${formatSpan(behindMs)} behind`, detail: null, faded: false };
  return { name: 'live', word: 'live', detail: null, faded: false };
}
