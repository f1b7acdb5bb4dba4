import type { SourceState } from '../../contract/protocol/down.ts';
import type { ConnectionStatus, Loss, PictureTime } from '../../contract/worker-api.ts';
import { formatSpan, formatValue } from '../format.ts';
import { formatDay, formatMoment, formatStretch, type Zone } from '../format-time.ts';
import type { InView } from './in-view.ts';

/**
 * What a panel may claim about the picture it shows. The first that holds, wins:
 *
 *   error          the picture is a reason, not data
 *   paused         the viewer stopped it
 *   rebuilding     there is no engine for the moment, and no picture is made: the last one stays
 *   loading        the page is opening: the picture this browser showed last stays, what it kept is read back, or the relay
 *                  is asked for the first time, or of what it was asked nothing has come yet
 *   disconnected   no relay: the last picture stays
 *   past           what is in view has ended, and is final: whatever comes now, it stays as it is
 *   catching up    what was sealed before this page listened is being read, or this computer is too busy to; and, where
 *                  it would be late, its newest event moves on faster than the clock
 *   asleep         out of sight nothing is asked for: the picture is old and says nothing of the stream
 *   failed         the relay cannot read the source: nothing newer is to be had
 *   empty          nothing has come yet
 *   replay         the events were more than an hour old when they came: history, not now
 *   ahead          the newest event lies more than an hour after the wall clock: some clock is wrong
 *   ended          the source was read to its end, and nothing came for a second
 *   stale          connected, and nothing came for ten seconds
 *   gap            frames come, and of what is in view some are known to be missing
 *   late           frames come, but their events happened long before
 *   live
 *
 * Event times and when the relay sealed are by clocks the relay shares; before one is compared with this computer's clock
 * it is moved by as much as this one is ahead.
 */
export type StateName =
  | 'live'
  | 'late'
  | 'gap'
  | 'stale'
  | 'ended'
  | 'disconnected'
  | 'failed'
  | 'rebuilding'
  | 'loading'
  | 'past'
  | 'catching-up'
  | 'replay'
  | 'ahead'
  | 'asleep'
  | 'paused'
  | 'empty'
  | 'error';

export interface PanelState {
  readonly name: StateName;
  /** Beside the dot. */
  readonly word: string;
  /** The same where there is little room. */
  readonly short: string;
  /** How old the picture is, how long nothing has come, and why, when that must be said: `as of 12:03:05`, `no data for 42 s`. */
  readonly age: readonly string[];
  /** Word and age in fewer words, for heads without room for all of them: the shortest first, each wider than the one before. */
  readonly shorter: readonly string[];
  /** The picture is not fresh: it is drawn as such. */
  readonly faded: boolean;
}

export interface PanelStateInput {
  readonly connection: ConnectionStatus | null;
  /** How far this computer's clock is ahead of the relay's; null: not known. */
  readonly clockAheadMs: number | null;
  /** No pictures are made: there is no engine, or it does not stand yet where the last one stood. */
  readonly rebuilding: boolean;
  /** The page is opening: what is kept is shown or read back, or the relay is asked for the first time. */
  readonly loading: boolean;
  /** Of the stream behind the picture; null: the relay has told nothing of it. */
  readonly source: SourceState | null;
  /** What was sealed before this page listened is being read. */
  readonly catchingUp: boolean;
  /** Its newest event moves on faster than the clock; left out: it does not. */
  readonly gaining?: boolean;
  /** Known losses of the stream; left out: none. */
  readonly losses?: readonly Loss[];
  /** What is in view moves on with the newest event or the clock; left out: it does. */
  readonly follows?: boolean;
  /** What of a stream is in view, where the picture does not say; left out: it does. */
  readonly inView?: InView | undefined;
  /** When the engine last spoke: of what came since, nobody here knows. Left out: now. */
  readonly heardMs?: number;
  readonly paused: boolean;
  /** The picture was made before the panel was out of sight, or it still is. */
  readonly asleep: boolean;
  /** undefined: no picture yet. */
  readonly picture: (PictureTime & { readonly kind: string }) | { readonly kind: 'error' } | undefined;
  readonly nowMs: number;
  readonly zone: Zone;
}

/** Without a frame for so long, a picture is stale. */
export const STALE_AFTER_MS = 10_000;
/** Of a source that was read to its end, what is on its way comes within so long. */
const ENDED_AFTER_MS = 1_000;
/** Events this much older than their arrival are history. */
export const REPLAY_BEHIND_MS = 3_600_000;
/** Events this much after the wall clock have a wrong time. */
export const AHEAD_MS = 3_600_000;
/** The least lag taken as expected, whatever the watermark's delay. */
const LEAST_EXPECTED_LAG_MS = 10_000;
/** What was sealed this much before the page was connected is history, and as old as it was sealed. */
const HISTORY_MS = 10_000;
/** For so long after the newest history was read, more of it is waited for: a busy tab takes its time. */
const READ_MS = 5_000;

export function panelState(input: PanelStateInput): PanelState {
  const { connection, picture, source, nowMs, zone } = input;
  if (picture?.kind === 'error') return state('error', 'error');
  if (!picture || !('receivedAtMs' in picture)) return stateOfNothing(input);
  const cameMs = cameAtMs(picture, input);
  // What is fed closed windows is a window behind its stream, and no later for it.
  const { maxEventTimeUs, watermarkUs } = picture.streamTime ?? picture;
  if (cameMs === null || maxEventTimeUs === null) return stateOfNothing(input);
  const silentMs = nowMs - cameMs;
  const asOf = `as of ${formatMoment(cameMs, nowMs, zone)}`;
  const silent = `no data for ${formatSpan(silentMs)}`;
  const silence = [`no data ${formatSpan(silentMs)}`, `${asOf} · ${silent}`];
  if (input.paused) return state('paused', 'paused', 'paused', [asOf]);
  if (input.rebuilding) return { ...state('rebuilding', 'rebuilding', 'rebuilding', [asOf, silent]), faded: true };
  if (input.loading) return { ...state('loading', 'loading', 'loading', [asOf]), faded: silentMs > STALE_AFTER_MS };
  if (connection?.state !== 'live')
    return { ...state('disconnected', 'disconnected', 'offline', [asOf, silent]), shorter: silence, faded: true };
  const past = pastState(input, picture);
  if (past !== null) return past;
  const eventMs = maxEventTimeUs / 1000;
  const eventHereMs = eventMs + (input.clockAheadMs ?? 0);
  const hasEnded = source?.state === 'ended';
  const isSilent = silentMs > (hasEnded ? ENDED_AFTER_MS : STALE_AFTER_MS);
  const beingRead = input.catchingUp || (source?.state === 'live' && isBeingRead(picture, input));
  if (beingRead && source?.state !== 'failed')
    return state('catching-up', 'catching up', 'behind', eventAge(eventMs, eventHereMs, input));
  if (input.asleep) return { ...state('asleep', 'waking', 'waking', isSilent ? [asOf] : []), faded: isSilent };
  if (source?.state === 'failed') {
    const why = source.message === null ? [] : [source.message];
    return { ...state('failed', 'source failed', 'failed', [asOf, silent, ...why]), faded: true };
  }
  // Silence that nobody has listened to is none.
  if (isSilent && !hasEnded && (input.heardMs ?? nowMs) - cameMs <= STALE_AFTER_MS)
    return state('catching-up', 'this computer is busy', 'busy', eventAge(eventMs, eventHereMs, input));
  const behindMs = cameMs - eventHereMs;
  const eventDay = formatDay(eventMs, zone);
  // What has ended is as old as its events, whenever they were read.
  const newest = `as of ${formatMoment(eventMs, nowMs, zone)}`;
  if (behindMs > REPLAY_BEHIND_MS) {
    if (!isSilent) return state('replay', `replay · ${eventDay}`, 'replay');
    if (hasEnded) return state('ended', 'ended', 'ended', [newest]);
    return state('replay', `replay · ${eventDay}`, 'replay', [asOf, silent]);
  }
  if (eventHereMs - nowMs > AHEAD_MS)
    return { ...state('ahead', 'clock ahead', 'clock ahead', [`event time ${eventDay}`]), faded: true };
  if (isSilent) {
    if (hasEnded) return state('ended', 'ended', 'ended', [newest]);
    return { ...state('stale', 'stale', 'stale', [asOf, silent]), shorter: silence, faded: true };
  }
  const missing = gapInView(input, picture);
  if (missing !== null) return gapState(missing);
  const delayMs = watermarkUs === null ? 0 : (maxEventTimeUs - watermarkUs) / 1000;
  if (behindMs > 2 * Math.max(LEAST_EXPECTED_LAG_MS, delayMs)) {
    const reached = nowMs - connection.sinceMs <= READ_MS;
    if (input.gaining || reached)
      return state('catching-up', 'catching up', 'behind', eventAge(eventMs, eventHereMs, input));
    return state('late', `late · ${formatSpan(behindMs)} behind`, 'late');
  }
  return state('live', 'live');
}

/** Of a time that has ended and is final, nothing is live, and nothing is late. Null: it goes on, or may still change. */
function pastState(input: PanelStateInput, picture: PictureTime): PanelState | null {
  const { fromUs, untilUs } = input.inView ?? picture;
  const { watermarkUs } = picture.streamTime ?? picture;
  if (input.follows !== false || untilUs === null || watermarkUs === null || untilUs > watermarkUs) return null;
  const missing = gapInView(input, picture);
  return missing === null ? state('past', `past: ${stretchWords(fromUs, untilUs, input)}`, 'past') : gapState(missing);
}

/** `12:00 – 12:15`, `until 12:15:00` */
function stretchWords(fromUs: number | null, untilUs: number, { nowMs, zone }: PanelStateInput): string {
  if (fromUs === null) return `until ${formatMoment(untilUs / 1000, nowMs, zone)}`;
  return formatStretch(fromUs / 1000, untilUs / 1000, nowMs, zone);
}

/** `events of 12:03:05`, `4 min old`; of what is history anyway, its time says enough. */
function eventAge(eventMs: number, eventHereMs: number, { nowMs, zone }: PanelStateInput): string[] {
  const ageMs = nowMs - eventHereMs;
  const isOld = ageMs > STALE_AFTER_MS && ageMs <= REPLAY_BEHIND_MS;
  return [`events of ${formatMoment(eventMs, nowMs, zone)}`, ...(isOld ? [`${formatSpan(ageMs)} old`] : [])];
}

/** History came a moment ago, or the relay was reached a moment ago: more may be on its way, and be waited for. */
function isBeingRead(picture: PictureTime, input: PanelStateInput): boolean {
  if (input.connection?.state !== 'live' || !isHistory(picture, input)) return false;
  return input.nowMs - Math.max(picture.receivedAtMs ?? 0, input.connection.sinceMs) <= READ_MS;
}

/** Records known to be missing from what is in view, 0 where nobody knows how many; null: none are. */
function gapInView(
  { losses = [], follows = true, inView, nowMs }: PanelStateInput,
  picture: PictureTime,
): number | null {
  const { fromUs, untilUs } = inView ?? picture;
  // A loss is known by when it was noticed, on the clock: what follows is as far behind that as its newest event.
  const newestUs = untilUs ?? picture.maxEventTimeUs;
  const behindMs = follows && newestUs !== null ? Math.max(0, nowMs - newestUs / 1000) : 0;
  const found = losses.filter(
    ({ kind, atMs }) =>
      kind === 'gap' &&
      (fromUs === null || atMs >= fromUs / 1000 + behindMs) &&
      (follows || untilUs === null || atMs <= untilUs / 1000),
  );
  if (found.length === 0) return null;
  return found.some(({ missing }) => missing === null)
    ? 0
    : found.reduce((sum, { missing }) => sum + (missing ?? 0), 0);
}

function gapState(missing: number): PanelState {
  return state('gap', missing === 0 ? 'gap' : `gap · ${formatValue(missing, { unit: 'none' }).text} missing`, 'gap');
}

/** There is no picture, or it has no data: what stands in its way, if anything does. */
function stateOfNothing({ connection, source, rebuilding, loading, catchingUp }: PanelStateInput): PanelState {
  if (rebuilding) return state('rebuilding', 'rebuilding');
  if (loading) return state('loading', 'loading');
  if (connection !== null && connection.state !== 'live') return state('disconnected', 'disconnected', 'offline');
  if (source?.state === 'failed') return state('failed', 'source failed', 'failed');
  if (catchingUp) return state('loading', 'loading');
  return state('empty', 'no data yet', 'no data');
}

type Clocks = Pick<PanelStateInput, 'connection' | 'clockAheadMs'>;

/**
 * When what a picture shows had come, by this computer's clock: when its newest frame was received, or, of history that
 * is read again (after a reload, from the relay's log), when the relay had sealed it.
 */
export function cameAtMs(picture: PictureTime, clocks: Clocks): number | null {
  const { receivedAtMs } = picture;
  const sealedMs = sealedHereMs(picture, clocks);
  if (receivedAtMs === null || sealedMs === null) return receivedAtMs;
  return isHistory(picture, clocks) ? Math.min(receivedAtMs, sealedMs) : receivedAtMs;
}

function isHistory(picture: PictureTime, clocks: Clocks): boolean {
  const { connection } = clocks;
  const sealedMs = sealedHereMs(picture, clocks);
  if (sealedMs === null) return false;
  return connection?.state !== 'live' || sealedMs < connection.sinceMs - HISTORY_MS;
}

/** By this computer's clock. */
function sealedHereMs({ sealedAtMs }: PictureTime, { clockAheadMs }: Clocks): number | null {
  return sealedAtMs === null ? null : sealedAtMs + (clockAheadMs ?? 0);
}

function state(name: StateName, word: string, short: string = word, age: readonly string[] = []): PanelState {
  return { name, word, short, age, shorter: shorterOf(name, word, short, age), faded: false };
}

function shorterOf(name: StateName, word: string, short: string, age: readonly string[]): string[] {
  // "behind" beside nothing else would be an accusation.
  const least = short === word || (name === 'catching-up' && short === 'behind') ? [] : [short];
  const parts = [word, ...age];
  return [...least, ...age.map((_, index) => parts.slice(0, index + 1).join(' · '))];
}
