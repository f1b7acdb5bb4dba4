import type { RawRecord, Source, SourceEvent, StartFrom } from '../../relay/sources/source.ts';

/** Reads a source in the background and keeps every event. */
export interface Following {
  readonly events: readonly SourceEvent[];
  /** Resolves with the first value that is not undefined; asked after every event. Rejects when the source ends before. */
  until<T>(look: (events: readonly SourceEvent[]) => T | undefined): Promise<T>;
  /** Everything told so far is kept (S8). Only of use where it is not said by itself. */
  keep(): void;
  /** Aborts, and resolves when the iteration has ended; rejects when it ended with an error. */
  stop(): Promise<void>;
}

export interface FollowOptions {
  /** When a source hears that its records are kept: as they come, or by `keep`. */
  readonly keep?: 'at-once' | 'when-told';
}

export function follow(source: Source, from: StartFrom, { keep = 'at-once' }: FollowOptions = {}): Following {
  const abort = new AbortController();
  const events: SourceEvent[] = [];
  const next: Record<string, number> = {};
  const lookers = new Set<() => void>();
  let ended: { readonly error: unknown } | null = null;
  const look = () => {
    for (const looker of [...lookers]) looker();
  };
  const reading = (async () => {
    for await (const event of source.read(from, abort.signal)) {
      events.push(event);
      if (event.kind === 'records') next[event.partition] = event.nextOffset;
      if (event.kind === 'records' && keep === 'at-once') source.committed?.(next);
      look();
    }
  })();
  reading
    .then(
      () => {
        ended = { error: null };
      },
      (error: unknown) => {
        ended = { error };
      },
    )
    .then(look);
  return {
    events,
    until(find) {
      return new Promise((resolve, reject) => {
        const looker = () => {
          const found = find(events);
          if (found === undefined && ended === null) return;
          lookers.delete(looker);
          if (found !== undefined) resolve(found);
          else
            reject(
              ended?.error ?? new Error(`the source ended; it told ${JSON.stringify(events.map(({ kind }) => kind))}`),
            );
        };
        lookers.add(looker);
        looker();
      });
    },
    keep: () => source.committed?.(next),
    async stop() {
      abort.abort();
      await reading;
    },
  };
}

export function recordsOf(events: readonly SourceEvent[]): RawRecord[] {
  return events.flatMap((event) => (event.kind === 'records' ? event.records : []));
}

/** The values of all records, as text; a tombstone is null. */
export function valuesOf(events: readonly SourceEvent[]): (string | null)[] {
  return recordsOf(events).map(({ value }) => (value === null ? null : Buffer.from(value).toString()));
}

export function ofKind<K extends SourceEvent['kind']>(
  events: readonly SourceEvent[],
  kind: K,
): Extract<SourceEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<SourceEvent, { kind: K }> => event.kind === kind);
}

/** For `until`: the events, once there are at least this many records. */
export function atLeast(count: number): (events: readonly SourceEvent[]) => readonly SourceEvent[] | undefined {
  return (events) => (recordsOf(events).length >= count ? events : undefined);
}

/** For `until`: the first state of this kind, after `from` events. */
export function stateOf(state: string, from = 0) {
  return (events: readonly SourceEvent[]) =>
    ofKind(events.slice(from), 'state').find((event) => event.state.state === state)?.state;
}
