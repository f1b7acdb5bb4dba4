import { parseDurationUs } from '../../contract/spec/duration.ts';
import { type Zone, zoneOffsetMs } from '../format-time.ts';

const DAY_MS = 86_400_000;
/** A page that reloads more often shows nothing. */
const LEAST_MS = 10_000;

/**
 * When a page opened at `openedMs` is to be loaded again: `04:00` is the next time the zone's clocks say so, `24h` so long
 * after it was opened. Null: it is neither.
 */
export function reloadAtMs(text: string, openedMs: number, zone: Zone): number | null {
  const clock = /^(\d{1,2}):(\d\d)$/.exec(text);
  if (clock === null) {
    const us = parseDurationUs(text);
    return us === null || us <= 0 ? null : openedMs + Math.max(LEAST_MS, us / 1000);
  }
  const [hour, minute] = [Number(clock[1]), Number(clock[2])];
  if (hour > 23 || minute > 59) return null;
  const wantedMs = (hour * 60 + minute) * 60_000;
  // Where clocks were put forward over it there is no such time that day: the first after it is taken.
  for (let day = 0; day < 3; day++) {
    const localMs = openedMs + zoneOffsetMs(openedMs, zone);
    const guessMs = Math.floor(localMs / DAY_MS) * DAY_MS + day * DAY_MS + wantedMs;
    const atMs = guessMs - zoneOffsetMs(guessMs - zoneOffsetMs(guessMs, zone), zone);
    if (atMs > openedMs) return atMs;
  }
  return null;
}
