import type { Plot } from '../charts/plot.ts';
import { formatClock, formatDay, formatMoment, formatWindow, type Zone } from '../format-time.ts';
import type { Mark } from './board-context.ts';
import type { WindowNamer } from './window-name.ts';

/** What is said of the windows of a plot. */

const DAY_S = 86_400;

function isFilling(plot: Plot, index: number): boolean {
  return plot.soFar && index === plot.startSeconds.length - 1;
}

/** `revised`, `so far`, `provisional`, or nothing of what is final. */
export function stateWord(plot: Plot, index: number): string | null {
  if (plot.revised[index]) return 'revised';
  if (isFilling(plot, index)) return 'so far';
  const { watermarkS } = plot;
  const endS = (plot.startSeconds[index] ?? 0) + plot.windowSizeS;
  return watermarkS !== null && endS > watermarkS ? 'provisional' : null;
}

/** A window's times, or what it is called, with its day where that is another one: `12:03:00 – 12:03:05 · provisional`. */
export function windowTimes(plot: Plot, index: number, toS: number, namer: WindowNamer | null, zone: Zone): string {
  const startMs = (plot.startSeconds[index] ?? 0) * 1000;
  const sizeMs = plot.windowSizeS * 1000;
  const named = namer?.(startMs + sizeMs);
  const far = Math.abs(toS - startMs / 1000) > DAY_S;
  const times = named
    ? `${named.relation === 'of' ? '' : 'up to '}${named.name}`
    : `${formatWindow(startMs, sizeMs, zone)}${far ? `, ${formatDay(startMs, zone)}` : ''}`;
  const state = stateWord(plot, index);
  return state === null ? times : `${times} · ${state}`;
}

/** When the values of a legend are of: `at 12:03:00`, `of 2026-02`, `so far, 12:03:04`. */
export function valuesAt(plot: Plot, index: number, hasLength: boolean, namer: WindowNamer | null, zone: Zone): string {
  if (isFilling(plot, index)) return `so far, ${formatClock((plot.xSeconds[index] ?? 0) * 1000, zone)}`;
  const endMs = ((plot.startSeconds[index] ?? 0) + (hasLength ? plot.windowSizeS : 0)) * 1000;
  const named = namer?.(endMs);
  return named ? `${named.relation} ${named.name}` : `at ${formatClock(endMs, zone)}`;
}

/** What of the board's marks was while a window was. */
export function marksIn(plot: Plot, index: number, marks: readonly Mark[]): string[] {
  const fromUs = (plot.startSeconds[index] ?? 0) * 1e6;
  const untilUs = fromUs + plot.windowSizeS * 1e6;
  return marks
    .filter((mark) => mark.fromUs < untilUs && (mark.untilUs ?? mark.fromUs) >= fromUs)
    .map(({ text }) => text);
}

/** What is missing from the picture, in words. */
export function missingWords(
  picture: {
    readonly hiddenSeries: number;
    readonly keptFromUs: number | null;
    readonly coarseBeforeUs: number | null;
  },
  fromS: number,
  nowMs: number,
  zone: Zone,
): string {
  const words: string[] = [];
  if (picture.hiddenSeries > 0) words.push(`+ ${picture.hiddenSeries} more, not drawn`);
  if (picture.keptFromUs !== null && picture.keptFromUs / 1e6 > fromS)
    words.push(`complete since ${formatMoment(picture.keptFromUs / 1000, nowMs, zone)}`);
  if (picture.coarseBeforeUs !== null && picture.coarseBeforeUs / 1e6 > fromS)
    words.push(`means of longer windows before ${formatMoment(picture.coarseBeforeUs / 1000, nowMs, zone)}`);
  return words.join(' · ');
}
