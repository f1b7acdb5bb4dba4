import type { Room } from './kind-props.ts';
import { BAR_ROW_REM } from './panel-request.ts';

/** Rows of bars grow with the room there is, up to this. */
const MOST_ROW_REM = 2.5;
const NOTE_REM = 1.625;
const TOP_REM = 0.25;

/** How many bars fit over `noteLines` lines of words, and how high each is. */
export function fitBars(room: Room, rem: number, bars: number, noteLines: number): { rows: number; rowRem: number } {
  const free = room.height / rem - TOP_REM - noteLines * NOTE_REM;
  const rows = Math.max(1, Math.min(bars, Math.floor(free / BAR_ROW_REM)));
  return { rows, rowRem: Math.min(MOST_ROW_REM, Math.max(BAR_ROW_REM, free / rows)) };
}
