import type { Clock } from '../../contract/clock.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { StreamSpec } from '../../contract/spec/stream.ts';
import { BATCH_LIMITS } from '../batch/batcher.ts';
import type { Packing } from '../boards/packings.ts';
import { DeadLetters } from '../dead-letters/dead-letters.ts';
import { memoryLogBytes } from '../log/log-bytes.ts';
import { memoryStore } from '../log/store.ts';
import { shapeSpecOf } from '../shape/shape-spec.ts';
import { Shaper } from '../shape/shaper.ts';
import type { Pacer } from '../sources/pace.ts';
import type { Source } from '../sources/source.ts';
import { StreamFeed } from '../stream-feed.ts';

/** A stream that the relay of the tab reads. */
export interface TabStream {
  readonly name: string;
  readonly spec: StreamSpec;
  readonly source: Source;
  /** Null: as fast as it comes. */
  readonly pacer: Pacer | null;
  /** How far events may be ahead of this computer's clock; null: as far as they like. (W21) */
  readonly aheadUs: number | null;
}

/** Its feed, not read yet. */
export function feedOf(
  { name, spec, source, pacer, aheadUs }: TabStream,
  clock: Clock,
  streamsInMemory: number,
  packing: () => Packing,
): StreamFeed {
  const { delay, idle } = spec.time;
  return new StreamFeed({
    stream: name,
    source,
    from: 'earliest',
    makeShaper: (restored) => new Shaper(shapeSpecOf(name, spec), restored),
    clock,
    delayUs: parseDurationUs(delay) ?? 0,
    idleMs: (parseDurationUs(idle) ?? 0) / 1000,
    aheadUs,
    limits: BATCH_LIMITS,
    pacer,
    deadLetters: DeadLetters.inMemory(clock),
    store: memoryStore({ maxBytes: memoryLogBytes(spec.log, streamsInMemory), fromEarliest: true }),
    backfillUs: null,
    packing,
  });
}
