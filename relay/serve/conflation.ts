import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Log } from '../log/log.ts';
import type { StreamFeed } from '../stream-feed.ts';
import { type Conflated, Conflator } from './conflator.ts';
import { Laps } from './laps.ts';
import { distance } from './outcome.ts';

/** Rows read at a time for those who are behind; between, everybody else has a turn. */
const SLICE_ROWS = 5_000;

interface Shared {
  readonly conflator: Conflator;
  /** Reader → the sequence it stands at. */
  readonly readers: Map<ConflatedReader, number>;
}

/** The conflators of all streams that have `latest_by`: one for each log, shared by its readers. */
export class Conflators {
  readonly #shared = new WeakMap<Log, Shared>();
  readonly #records = new Map<string, number>();

  /** Records left out so far, over all tabs. */
  recordsOf(stream: string): number {
    return this.#records.get(stream) ?? 0;
  }

  count(stream: string, records: number): void {
    this.#records.set(stream, this.recordsOf(stream) + records);
  }

  /** Keys kept now. */
  keysOf({ opened }: StreamFeed): number {
    return (opened && this.#shared.get(opened.log)?.conflator.keys) ?? 0;
  }

  /** Why tabs that fall behind get every row although `latest_by` is written; null: they do not. */
  trouble(feed: StreamFeed): { readonly message: string; readonly fix: string } | null {
    const { schema, opened } = feed;
    if (schema?.latestBy === undefined || opened === null) return null;
    const missing = missingKeys(schema);
    const overflowed = this.#shared.get(opened.log)?.conflator.overflowed ?? false;
    if (missing.length === 0 && !overflowed) return null;
    const why =
      missing.length > 0
        ? `${feed.name} has no field ${missing.join(', ')}, which latest_by names`
        : `there are too many values of ${schema.latestBy.join(', ')} to keep the newest row of each`;
    const fields = schema.fields.filter(({ name }) => name !== schema.timeField).map(({ name }) => name);
    return {
      message: `${why}: tabs that fall behind get every row, later`,
      fix: `write fields with few values under latest_by, or leave it out; there are ${fields.join(', ')}`,
    };
  }

  of(feed: StreamFeed, log: Log, epoch: string, latestBy: readonly string[]): Shared {
    const known = this.#shared.get(log);
    if (known !== undefined) return known;
    const schemaOf = (version: number) => feed.schemaOf(version);
    const conflator = new Conflator({ log, stream: feed.name, epoch, latestBy, schemaOf });
    const made: Shared = { conflator, readers: new Map() };
    this.#shared.set(log, made);
    return made;
  }
}

function missingKeys({ latestBy = [], fields, timeField }: StreamSchema): string[] {
  return latestBy.filter((key) => key === timeField || !fields.some(({ name }) => name === key));
}

/** One subscription's part: whether it falls behind, and what it is given then. */
export class ConflatedReader {
  readonly #conflators: Conflators;
  readonly #feed: StreamFeed;
  readonly #laps = new Laps();
  #shared: Shared | null = null;

  constructor(conflators: Conflators, feed: StreamFeed) {
    this.#conflators = conflators;
    this.#feed = feed;
  }

  /** Delivery stopped for want of credit, or of room in the network. */
  held(): void {
    this.#laps.held();
  }

  /** null: the log's own entry comes next; `wait`: ask again in the next turn. */
  next(log: Log, epoch: string, cursor: number, next: Readonly<Record<string, number>>): Conflated | 'wait' | null {
    const { schema } = this.#feed;
    if (schema?.latestBy === undefined || missingKeys(schema).length > 0) return null;
    if (!this.#laps.at(cursor, log.end, () => distance(next, log.head()))) {
      this.leave();
      return null;
    }
    this.#shared ??= this.#conflators.of(this.#feed, log, epoch, schema.latestBy);
    const { conflator, readers } = this.#shared;
    readers.set(this, cursor);
    const more = conflator.advance(cursor, SLICE_ROWS);
    if (more && conflator.end < this.#laps.endsAt) return 'wait';
    const found = conflator.next(cursor, next);
    if (found === null) return null;
    readers.set(this, found.cursor);
    conflator.forget(Math.min(...readers.values()));
    this.#conflators.count(this.#feed.name, found.left);
    return found;
  }

  leave(): void {
    if (this.#shared === null) return;
    const { conflator, readers } = this.#shared;
    readers.delete(this);
    if (readers.size === 0) conflator.clear();
    this.#shared = null;
  }
}
