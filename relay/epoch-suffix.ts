import type { Position } from '../contract/protocol/position.ts';
import { positionOf, type Source, type SourceEvent, type StartFrom } from './sources/source.ts';

/**
 * The same source under epochs of its own: each has `suffix` behind it. So positions from before a log was left are of
 * another past, though the source itself has not changed.
 */
export function withEpochSuffix(source: Source, suffix: string): Source {
  if (suffix === '') return source;
  const inner: Source = {
    replayable: source.replayable,
    label: source.label,
    read: (from, signal) => shown(source.read(own(from), signal)),
  };
  const { committed } = source;
  if (committed !== undefined) inner.committed = (next) => committed.call(source, next);
  return inner;

  function own(from: StartFrom): StartFrom {
    const asked = positionOf(from);
    if (asked === null) return from;
    const { epoch } = asked;
    // An epoch that is not ours is none of the source's either.
    return { ...asked, epoch: epoch.endsWith(suffix) ? epoch.slice(0, -suffix.length) : `${epoch}~` };
  }

  async function* shown(events: AsyncIterable<SourceEvent>): AsyncIterable<SourceEvent> {
    for await (const event of events)
      yield event.kind === 'opened' ? { kind: 'opened', position: outer(event.position) } : event;
  }

  function outer({ epoch, next }: Position): Position {
    return { epoch: `${epoch}${suffix}`, next };
  }
}

/** An epoch as the source itself calls it. */
export function withoutSuffix(epoch: string, suffix: string): string {
  return suffix !== '' && epoch.endsWith(suffix) ? epoch.slice(0, -suffix.length) : epoch;
}
