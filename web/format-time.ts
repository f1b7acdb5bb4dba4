/** Times of day as the board shows them: event time is UTC inside and is only turned to a zone here. */

export interface Zone {
  /** IANA name, or undefined for the browser's own. */
  readonly timeZone: string | undefined;
  readonly locale?: string | undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: Zone, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${key}/${zone.timeZone ?? ''}/${zone.locale ?? ''}`;
  let made = formats.get(id);
  if (!made) {
    made = new Intl.DateTimeFormat(zone.locale ?? 'en-GB', {
      hourCycle: 'h23',
      ...options,
      ...(zone.timeZone ? { timeZone: zone.timeZone } : {}),
    });
    formats.set(id, made);
  }
  return made;
}

const HMS = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;

/** `12:03:05` */
export function formatClock(ms: number, zone: Zone): string {
  return format(zone, 'hms', HMS).format(ms);
}

/** `12:03:05.412` */
export function formatClockMs(ms: number, zone: Zone): string {
  return format(zone, 'hms3', { ...HMS, fractionalSecondDigits: 3 }).format(ms);
}

/** `12:03` */
export function formatMinute(ms: number, zone: Zone): string {
  return format(zone, 'hm', { hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** `2025-04-04` */
export function formatDay(ms: number, zone: Zone): string {
  const parts = format(zone, 'ymd', { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(ms);
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${get('year')}-${get('month')}-${get('day')}`;
}

/** `12:03:05`, with its day when that is not today: `2025-04-04 12:03:05` */
export function formatMoment(ms: number, nowMs: number, zone: Zone): string {
  const day = formatDay(ms, zone);
  return `${day === formatDay(nowMs, zone) ? '' : `${day} `}${formatClock(ms, zone)}`;
}

/** `12:00 – 12:15`, with seconds where they are not 0, and with days where they are not today or not one. */
export function formatStretch(fromMs: number, untilMs: number, nowMs: number, zone: Zone): string {
  const show = fromMs % 60_000 === 0 && untilMs % 60_000 === 0 ? formatMinute : formatClock;
  const [fromDay, untilDay] = [formatDay(fromMs, zone), formatDay(untilMs, zone)];
  const isToday = fromDay === untilDay && fromDay === formatDay(nowMs, zone);
  const from = `${isToday ? '' : `${fromDay} `}${show(fromMs, zone)}`;
  return `${from} – ${fromDay === untilDay ? '' : `${untilDay} `}${show(untilMs, zone)}`;
}

/** `4 Apr` */
export function formatDayShort(ms: number, zone: Zone): string {
  return format(zone, 'dm', { day: 'numeric', month: 'short' }).format(ms);
}

/** A window in words: `12:03:00 – 12:03:05`, with days where it spans one or more. */
export function formatWindow(startMs: number, sizeMs: number, zone: Zone): string {
  const endMs = startMs + sizeMs;
  if (sizeMs >= 86_400_000) return `${formatDay(startMs, zone)} – ${formatDay(endMs, zone)}`;
  const show = sizeMs % 60_000 === 0 ? formatMinute : formatClock;
  return `${show(startMs, zone)} – ${show(endMs, zone)}`;
}

/** What to add to UTC milliseconds to get the zone's local time, at that moment. */
export function zoneOffsetMs(ms: number, zone: Zone): number {
  const parts = format(zone, 'all', {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    ...HMS,
    hour: 'numeric',
  }).formatToParts(ms);
  const get = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return local - Math.floor(ms / 1000) * 1000;
}
