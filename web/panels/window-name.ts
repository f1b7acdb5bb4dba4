import { parseShape } from '../../contract/spec/parse-shape.ts';
import type { CalendarUnit, WindowSpec } from '../../contract/spec/window.ts';
import { formatDay, type Zone } from '../format-time.ts';

/** What a window of days is called: `of 2026-02`, `of 2026-02-03`; of windows that overlap `up to 2026-02-03`. */
export interface WindowName {
  readonly relation: 'of' | 'up to';
  readonly name: string;
}

export type WindowNamer = (endMs: number) => WindowName;

const DAY_MS = 86_400_000;

/**
 * Names windows by the days of their own zone, whatever the viewer's is, and by their ends: units of the calendar have no
 * one length to be subtracted. Null where windows begin within days, and their times say enough.
 */
export function windowNamer(spec: WindowSpec | undefined): WindowNamer | null {
  const parsed = spec && parseShape(spec.window);
  if (!parsed || 'problems' in parsed) return null;
  const { shape } = parsed;
  switch (shape.kind) {
    case 'calendar': {
      const zone = { timeZone: shape.zone };
      if (shape.stepUs !== null) return shape.stepUs / 1000 < DAY_MS ? null : upTo(zone);
      if (shape.slide !== null) return upTo(zone);
      if (shape.offsetUs !== 0 && shape.size !== 'day') return upTo(zone);
      return (endMs) => ({ relation: 'of', name: unitName(shape.size, endMs, zone) });
    }
    case 'tumble': {
      const sizeMs = shape.sizeUs / 1000;
      if (sizeMs < DAY_MS) return null;
      return (endMs) => ({ relation: 'of', name: formatDay(endMs - sizeMs, { timeZone: 'UTC' }) });
    }
    case 'hop':
      return shape.slideUs / 1000 < DAY_MS ? null : upTo({ timeZone: 'UTC' });
    case 'cumulate':
      return shape.stepUs / 1000 < DAY_MS ? null : upTo({ timeZone: 'UTC' });
    default:
      return null;
  }
}

function upTo(zone: Zone): WindowNamer {
  return (endMs) => ({ relation: 'up to', name: formatDay(endMs - 1, zone) });
}

/** Half a day before its end is in its last day, whatever clocks do; so is noon or so of the days before. */
function unitName(unit: CalendarUnit, endMs: number, zone: Zone): string {
  const last = formatDay(endMs - DAY_MS / 2, zone);
  switch (unit) {
    case 'day':
      return last;
    case 'week':
      return formatDay(endMs - 6.5 * DAY_MS, zone);
    case 'month':
      return last.slice(0, 7);
    case 'quarter':
      return `${last.slice(0, 4)}-Q${Math.ceil(Number(last.slice(5, 7)) / 3)}`;
    case 'year':
      return last.slice(0, 4);
  }
}
