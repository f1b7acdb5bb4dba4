import { formatTimeUs } from '../../contract/emitted-row.ts';
import { formatDurationUs } from '../../contract/spec/duration.ts';
import { Rejected } from '../decode/rejected.ts';

/**
 * An event of the future is held apart: let in, one wrong clock would move the watermark past every window. null: it is
 * within the bound. (W21)
 */
export function rejectAhead(eventTimeUs: number, nowMs: number, aheadUs: number): Rejected | null {
  const byUs = eventTimeUs - nowMs * 1000;
  if (byUs <= aheadUs) return null;
  return new Rejected(
    `event time ${formatTimeUs(eventTimeUs)} is ${spanText(byUs)} ahead of this relay's clock, ${formatTimeUs(nowMs * 1000)}; at most ${formatDurationUs(aheadUs)} is let in (time.ahead)`,
    { aheadUs: byUs, kind: "event time is ahead of this relay's clock" },
  );
}

const UNITS = [
  ['year', 365 * 86_400e6],
  ['day', 86_400e6],
  ['hour', 3600e6],
  ['minute', 60e6],
  ['second', 1e6],
] as const;

/** A length of time in its two largest units: `4 years 159 days`, `2 hours 1 minute`. */
export function spanText(us: number): string {
  const first = UNITS.findIndex(([, unitUs]) => us >= unitUs);
  if (first === -1) return 'less than a second';
  const parts: string[] = [];
  let restUs = us;
  for (const [unit, unitUs] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(restUs / unitUs);
    restUs -= count * unitUs;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return parts.join(' ');
}
