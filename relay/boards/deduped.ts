import { sourceStream } from '../../contract/spec/source-stream.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';

/** Streams that a window takes doubles from, itself or over the windows it is taken from. (W31) */
export function dedupedStreams(windows: Readonly<Record<string, WindowSpec>>): ReadonlySet<string> {
  const streams = new Set<string>();
  for (const [name, { dedup }] of Object.entries(windows)) {
    const stream = dedup === undefined ? undefined : sourceStream(name, windows);
    if (stream !== undefined) streams.add(stream);
  }
  return streams;
}
