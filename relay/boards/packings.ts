import { sourceStream } from '../../contract/spec/source-stream.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';

/**
 * How the past of a stream may be packed, so that a tab counts the same of it as of its frames. (F10)
 *
 *   by partition   rows of a partition in one frame, whatever comes between
 *   in order       rows next to each other in the log, each with the watermark before it: a window takes doubles from
 *                  the stream, and of doubles the first counts (W31)
 *   never          a window takes doubles from the closed rows of another: those come when the watermark moves, step by step
 */
export type Packing = 'by partition' | 'in order' | 'never';

/** Of each stream, by the windows there are now. */
export class Packings {
  #ofDeduped: ReadonlyMap<string, Packing> = new Map();

  learn(windows: Readonly<Record<string, WindowSpec>>): void {
    this.#ofDeduped = packingsOf(windows);
  }

  of(stream: string): Packing {
    return this.#ofDeduped.get(stream) ?? 'by partition';
  }
}

/** Of the streams that windows take doubles from; any other's is by partition. */
export function packingsOf(windows: Readonly<Record<string, WindowSpec>>): ReadonlyMap<string, Packing> {
  const packings = new Map<string, Packing>();
  for (const [name, { dedup, from }] of Object.entries(windows)) {
    const stream = dedup === undefined ? undefined : sourceStream(name, windows);
    if (stream === undefined) continue;
    const isDirect = from === stream;
    packings.set(stream, isDirect && packings.get(stream) !== 'never' ? 'in order' : 'never');
  }
  return packings;
}
