import type { Status, StreamStatus } from '../../contract/worker-api.ts';
import { ageMsOf, FRESH_MS } from '../board/newest.ts';
import { isOpening } from '../board/opening.ts';
import { formatSpan } from '../format.ts';
import { formatMoment, type Zone } from '../format-time.ts';
import { REPLAY_BEHIND_MS } from '../panels/panel-state.ts';

/** What the corner of a wall says of everything on it: never better than the worst of it. */
export interface WallState {
  readonly tone: 'live' | 'late' | 'down' | 'waiting';
  readonly words: string;
}

export function wallState(status: Status | null, nowMs: number, zone: Zone): WallState {
  if (status === null) return { tone: 'waiting', words: 'starting' };
  const streams = Object.entries(status.streams);
  const { name, eventMs, ended } = furthestBehind(streams);
  const of = streams.length > 1 && name !== null ? `${name}: ` : '';
  const newest = eventMs === null ? '' : ` · newest event ${formatMoment(eventMs, nowMs, zone)}`;
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
  if (ended) return { tone: 'late', words: `ended${newest}` };
  if (eventMs === null)
    return { tone: 'waiting', words: of === '' ? 'connected, no events yet' : `${of}no events yet` };
  const ageMs = ageMsOf(eventMs * 1000, nowMs, status);
  if (ageMs <= FRESH_MS) return { tone: 'live', words: 'live' };
  // What comes is not of this stream where another one is newer than any replay.
  const isReplay = streams.every(
    ([, { maxEventTimeUs: us }]) => us === null || ageMsOf(us, nowMs, status) > REPLAY_BEHIND_MS,
  );
  if (isReplay && status.eventsPerSecond > 0) return { tone: 'late', words: `${of}replay${newest}` };
  return { tone: 'late', words: `${of}nothing new${newest} · ${formatSpan(ageMs)} ago` };
}

/** Of streams that go on the one whose newest event is the oldest, or that has none; where all have ended, of them. */
function furthestBehind(streams: readonly (readonly [string, StreamStatus])[]) {
  const goingOn = streams.filter(([, { source }]) => source.state !== 'ended');
  const ended = streams.length > 0 && goingOn.length === 0;
  const at = ({ maxEventTimeUs }: StreamStatus) => maxEventTimeUs ?? Number.NEGATIVE_INFINITY;
  const [worst] = (ended ? [...streams] : goingOn).sort(([, a], [, b]) => (at(a) < at(b) ? -1 : 1));
  const eventUs = worst?.[1].maxEventTimeUs ?? null;
  return { name: worst?.[0] ?? null, eventMs: eventUs === null ? null : eventUs / 1000, ended };
}
