import type { ConnectionStatus } from '../../contract/worker-api.ts';
import { formatSpan } from '../format.ts';
import { formatMoment, type Zone } from '../format-time.ts';
import { FRESH_MS, type Progress } from './newest.ts';

export interface LiveWords {
  readonly state: 'live' | 'still' | 'connecting' | 'disconnected';
  readonly word: string;
  readonly title: string;
  /** The newest events really come, and are drawn. */
  readonly lit: boolean;
}

/** What the button may claim that follows the newest events. */
export function liveWords(of: {
  readonly connection: ConnectionStatus | null;
  readonly paused: boolean;
  /** What is in view goes on with now. */
  readonly follows: boolean;
  readonly progress: Progress;
  readonly nowMs: number;
  readonly zone: Zone;
}): LiveWords {
  const state = of.connection?.state ?? 'connecting';
  if (state === 'waiting' || state === 'closed')
    return { state: 'disconnected', word: 'Offline', title: 'There is no connection: nothing new comes', lit: false };
  if (of.connection?.state === 'connecting')
    return of.connection.attempt > 1
      ? { state: 'disconnected', word: 'Offline', title: 'Trying to connect again', lit: false }
      : { state: 'connecting', word: 'Live', title: 'Connecting', lit: false };
  if (state === 'connecting') return { state: 'connecting', word: 'Live', title: 'Connecting', lit: false };
  if (!of.follows)
    return {
      state: 'still',
      word: 'Live',
      title: 'What is shown is of a fixed time: follow the newest events',
      lit: false,
    };
  if (of.paused) return { state: 'still', word: 'Live', title: 'Follow the newest events (space)', lit: false };
  if (of.progress.ended)
    return { state: 'still', word: 'Live', title: 'The sources have ended: nothing new comes', lit: false };
  const { catchingUp, eventMs, eventHereMs } = of.progress;
  const ageMs = eventHereMs === null ? 0 : of.nowMs - eventHereMs;
  if (catchingUp || ageMs > FRESH_MS) {
    const what = catchingUp ? 'Catching up' : 'The newest events are followed';
    const age = ageMs >= 1000 ? `, ${formatSpan(ageMs)} old` : '';
    const when = eventMs === null ? '' : `: those of ${formatMoment(eventMs, of.nowMs, of.zone)}${age}`;
    return { state: 'still', word: 'Live', title: `${what}${when}`, lit: false };
  }
  return { state: 'live', word: 'Live', title: 'The newest events are followed', lit: true };
}
