import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { StreamSpec } from '../../contract/spec/stream.ts';
import type { StartFrom } from './source.ts';

/**
 * A length of time, or a time, as `from:` takes it: `2h` stays, `2026-11-22 10:00` becomes `2026-11-22T10:00:00.000Z`; without
 * a zone it is UTC. Null: neither of them.
 */
export function sinceText(text: string): string | null {
  if (parseDurationUs(text) !== null) return text;
  const [, date, time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i.exec(text.trim()) ?? [];
  const ms = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** Where a stream's `from:` says its source is read from; a length of time counts back from `nowMs`. */
export function startFrom(from: StreamSpec['from'], nowMs: number): StartFrom {
  if (typeof from === 'object') return { offsets: from };
  if (from === 'earliest' || from === 'latest') return from;
  const agoUs = parseDurationUs(from);
  return { sinceMs: agoUs === null ? Date.parse(from) : nowMs - agoUs / 1000 };
}
