import type { Status } from '../../contract/worker-api.ts';
import { isOpening } from '../board/opening.ts';
import { formatSpan } from '../format.ts';
import { formatMoment, type Zone } from '../format-time.ts';
import { REPLAY_BEHIND_MS } from '../panels/panel-state.ts';

/** What the corner of a wall says of everything on it: never better than the worst of it. */
export interface WallState {
  readonly tone: 'live' | 'late' | 'down' | 'waiting';
  readonly words: string;
}

/** Events older than this are told with their age. */
const FRESH_MS = 30_000;

export function wallState(status: Status | null, nowMs: number, zone: Zone): WallState {
  if (status === null) return { tone: 'waiting', words: 'starting' };
  const streams = Object.entries(status.streams);
  const times = streams.flatMap(([, { maxEventTimeUs }]) => (maxEventTimeUs === null ? [] : [maxEventTimeUs / 1000]));
  const newestMs = times.length > 0 ? Math.max(...times) : null;
  const newest = newestMs === null ? '' : ` · newest event ${formatMoment(newestMs, nowMs, zone)}`;
  const { connection } = status;
  if (connection.state === 'closed') return { tone: 'down', words: `not connected${newest}` };
  if (status.rebuilding) return { tone: 'late', words: `rebuilding${newest}` };
  if (isOpening(status)) return { tone: 'waiting', words: `opening${newest}` };
  if (connection.state !== 'live')
    return {
      tone: 'down',
      words: `not connected for ${formatSpan(nowMs - connection.sinceMs)}${newest}`,
    };
  const failed = streams.filter(([, { source }]) => source.state === 'failed').map(([name]) => name);
  if (failed.length > 0) return { tone: 'down', words: `${failed.join(', ')} cannot be read${newest}` };
  if (streams.some(([, { catchingUp }]) => catchingUp)) return { tone: 'waiting', words: `catching up${newest}` };
  if (newestMs === null) return { tone: 'waiting', words: 'connected, no events yet' };
  const ageMs = nowMs - newestMs - (status.clockAheadMs ?? 0);
  if (ageMs <= FRESH_MS) return { tone: 'live', words: 'live' };
  if (ageMs > REPLAY_BEHIND_MS && status.eventsPerSecond > 0) return { tone: 'late', words: `replay${newest}` };
  return { tone: 'late', words: `nothing new${newest} · ${formatSpan(ageMs)} ago` };
}
