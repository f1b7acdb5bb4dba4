import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { StreamSpec } from '../../contract/spec/stream.ts';
import type { StartFrom } from './source.ts';

/** Where a stream's `from:` says its source is read from; a length of time counts back from `nowMs`. */
export function startFrom(from: StreamSpec['from'], nowMs: number): StartFrom {
  if (typeof from === 'object') return { offsets: from };
  if (from === 'earliest' || from === 'latest') return from;
  const agoUs = parseDurationUs(from);
  return { sinceMs: agoUs === null ? Date.parse(from) : nowMs - agoUs / 1000 };
}
