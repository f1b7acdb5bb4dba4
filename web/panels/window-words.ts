import { formatDurationUs } from '../../contract/spec/duration.ts';
import { formatSpan } from '../format.ts';

/** `5 s`, `1 min`, `1 h`; about as long where that is no round number of any unit: `11 h 47 min` */
export function durationWords(us: number): string {
  const exact = formatDurationUs(us);
  if (us >= 60e6 && /^\d{4}/.test(exact)) return formatSpan(us / 1000);
  return exact.replace(/([a-z]+)$/, (unit) => ` ${unit === 'm' ? 'min' : unit}`);
}

/** `5 s windows`, `5 min windows every 1 min`; sessions and all of time have no length of their own. */
export function windowWords(sizeUs: number, stepUs: number): string | null {
  if (sizeUs === 0) return stepUs === 0 ? 'sessions' : null;
  return `${durationWords(sizeUs)} windows${stepUs === sizeUs ? '' : ` every ${durationWords(stepUs)}`}`;
}

/** What a number over the newest window covers. */
export function newestWords(sizeUs: number): string {
  if (!Number.isFinite(sizeUs)) return 'all events';
  return sizeUs === 0 ? 'open now' : `newest ${durationWords(sizeUs)}`;
}
