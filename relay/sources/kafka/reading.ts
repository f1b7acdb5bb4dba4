import type { Clock } from '../../../contract/clock.ts';
import type { Position } from '../../../contract/protocol/position.ts';
import { positionOf, type SourceEvent, type StartFrom } from '../source.ts';
import { sleep, untilAborted } from '../wait.ts';
import { committedRecords, nextOffsetAfter } from './aborted.ts';
import { Arrivals } from './arrivals.ts';
import type { KafkaClient, PartitionFetch, PartitionPlace } from './client.ts';
import { KafkaFault } from './fault.ts';
import { Notices } from './notices.ts';
import type { Past } from './past.ts';
import { look, samePlaces } from './places.ts';
import { startOffsets } from './start-offsets.ts';
import type { TopicChoice } from './topics.ts';

export interface ReadingOptions {
  readonly choice: TopicChoice;
  /** The brokers, for messages. */
  readonly at: string;
  readonly past: Past;
  /** The stream's own reading: what it finds is the past of all others. */
  readonly leads: boolean;
  readonly clock: Clock;
  /** Is told `host:port` of every broker of the cluster. */
  readonly told: (brokers: readonly string[]) => void;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
}

/** Of one fetch, and of one fetch of each broker together. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_BYTES_OF_ALL = 32 * 1024 * 1024;
const PARTITION_MAX_BYTES = 1024 * 1024;
const MAX_WAIT_MS = 500;
/** How often to look for added partitions, and for a topic created anew where no fetch would tell. */
const LOOK_AGAIN_MS = 30_000;
/** The same where topics may come. */
const LOOK_FOR_TOPICS_MS = 5_000;
/** The same while a partition has no leader. */
const LOOK_FOR_LEADERS_MS = 2_000;
const OFFSET_OUT_OF_RANGE = 1;
const TOPIC_NOT_ALLOWED = 29;

/** How far one partition was read. */
export interface Progress {
  /** The next offset to deliver. */
  next: number;
  /** As far as committed readers could see when last told. */
  end: number;
  /** The log's end when last told: beyond `end` a transaction is open. */
  highWatermark: number;
  /** Under which the record before `next` was written; −1: not known. */
  leaderEpoch: number;
  /** Where a broker said its log was cut, below `next`. */
  cutAt: number | null;
}

/**
 * How far a stream's topics have been read; outlives the clients they are read through. Every opening first compares the
 * offsets wanted with those there are, so that nothing is skipped in silence:
 *
 *     epoch differs ─▶ reset      next < log start ─▶ gap      the log was cut below next ─▶ reset      else ─▶ go on
 *
 * Then one long poll per leading broker is always under way. While an answer is being delivered the next is asked for:
 * that, and no more, is the read-ahead. Of a broker's partitions the one that gave records least recently is first.
 */
export class Reading {
  /** Openings that failed since every broker last answered. */
  failures = 0;
  readonly #options: ReadingOptions;
  readonly #from: StartFrom;
  #epoch: string | null = null;
  #places: ReadonlyMap<number, PartitionPlace> = new Map();
  /** Those of deleted topics too, where they stopped. */
  readonly #partitions = new Map<number, Progress>();
  /** `caught-up` was said and nothing came since. */
  #caughtUp = false;
  readonly #notices: Notices;

  constructor(options: ReadingOptions, from: StartFrom) {
    this.#options = options;
    this.#from = from;
    this.#notices = new Notices(options.choice, options.at, options.clock);
  }

  /** Reads until `signal` aborts. Throws a KafkaFault; opening again goes on where this stopped. */
  async *open(client: KafkaClient, signal: AbortSignal): AsyncIterable<SourceEvent> {
    const asked = this.#asked();
    const found = await untilAborted(look(client, this.#options, asked?.epoch ?? null), signal);
    if (found === undefined) return;
    this.#places = found.places;
    const led = [...found.places.values()].filter(({ leader }) => leader >= 0);
    const leaderless = [...found.places.values()].filter(({ leader }) => leader < 0);
    const [waiting] = leaderless;
    if (this.#epoch === null && waiting !== undefined)
      throw new KafkaFault('moved', `partition ${waiting.partition} of topic "${waiting.topic}" has no leader now`);
    const told = await untilAborted(
      Promise.all([
        client.offsets(led, 'first'),
        client.offsets(led, 'end'),
        asked === null ? startOffsets(client, led, this.#from) : new Map<number, number>(),
      ]),
      signal,
    );
    if (told === undefined) return;
    const [first, end, start] = told;
    if (asked === null) yield* this.#begin(found.epoch, start, first, end);
    else yield* this.#join(asked, found.epoch, first, end);
    await untilAborted(this.#options.past.keep(), signal);
    const empty = led.every(({ streamPartition: at }) => (end.get(at) ?? 0) <= (first.get(at) ?? 0));
    yield this.#notices.opened(empty, leaderless);
    yield* this.#poll(client, led, signal);
  }

  #asked(): Position | null {
    return this.#epoch === null ? positionOf(this.#from) : this.#position(this.#epoch);
  }

  *#begin(epoch: string, start: Offsets, first: Offsets, end: Offsets): Iterable<SourceEvent> {
    this.#start(
      epoch,
      new Map([...end].map(([at, offset]) => [at, Math.min(start.get(at) ?? offset, offset)])),
      end,
      null,
    );
    this.#notices.begun(start, end, this.#places);
    yield { kind: 'opened', position: this.#position(epoch) };
    yield* this.#gaps(first);
  }

  async *#join(asked: Position, epoch: string, first: Offsets, end: Offsets): AsyncIterable<SourceEvent> {
    const { past, leads } = this.#options;
    if (asked.epoch !== epoch) {
      yield* this.#reset(epoch, past.reason, first, end);
      return;
    }
    const cut = this.#cut(asked, end);
    if (cut !== null) {
      const { at, offset } = cut;
      const reason = `${this.#nameOf(at)} ends at offset ${offset}, before ${asked.next[at]}: its log was cut`;
      yield* this.#reset(leads ? await past.cut(epoch, at, offset, reason) : epoch, reason, first, end);
      return;
    }
    const opening = this.#epoch === null;
    const next = new Map(Object.entries(asked.next).map(([at, offset]) => [Number(at), offset]));
    for (const [at, offset] of first) if (!next.has(at)) next.set(at, offset);
    this.#start(epoch, next, end, asked);
    if (opening) yield { kind: 'opened', position: this.#position(epoch) };
    yield* this.#gaps(first);
    yield* this.#deleted();
  }

  /** The first partition whose log no longer reaches what was read of it. */
  #cut(asked: Position, end: Offsets): { readonly at: number; readonly offset: number } | null {
    for (const [at, { cutAt }] of this.#partitions) if (cutAt !== null) return { at, offset: cutAt };
    for (const [at, offset] of end) if ((asked.next[at] ?? 0) > offset) return { at, offset };
    return null;
  }

  *#reset(epoch: string, reason: string, first: Offsets, end: Offsets): Iterable<SourceEvent> {
    yield { kind: 'reset', reason };
    this.#partitions.clear();
    this.#start(epoch, first, end, null);
    yield { kind: 'opened', position: this.#position(epoch) };
  }

  *#gaps(first: Offsets): Iterable<SourceEvent> {
    for (const [at, progress] of this.#partitions) {
      const kept = first.get(at) ?? 0;
      if (progress.next >= kept) continue;
      const firstOffset = progress.next;
      this.#skip(at, progress, kept);
      const reason = `Kafka no longer has offsets ${firstOffset} to ${kept - 1} of ${this.#nameOf(at)}: they were deleted by retention or by hand`;
      yield { kind: 'gap', partition: at, firstOffset, nextOffset: kept, reason };
    }
  }

  /** Topics that matched and are gone: what they held and was not read is lost, as far as it is known. */
  *#deleted(): Iterable<SourceEvent> {
    const { past, leads } = this.#options;
    const there = new Set([...this.#places.values()].map(({ topic }) => topic));
    const gone = new Set<string>();
    for (const [at, progress] of this.#partitions) {
      const topic = past.topicOf(at);
      if (!leads || topic === null || there.has(topic)) continue;
      if (past.retire(topic)) gone.add(topic);
      if (!gone.has(topic)) continue;
      const firstOffset = progress.next;
      const nextOffset = Math.max(firstOffset, progress.highWatermark);
      if (nextOffset === firstOffset && progress.highWatermark >= 0) continue;
      this.#skip(at, progress, nextOffset);
      const known = progress.highWatermark >= 0 ? '' : '; whether it held more is not known';
      yield { kind: 'gap', partition: at, firstOffset, nextOffset, reason: `topic "${topic}" was deleted${known}` };
    }
  }

  async *#poll(client: KafkaClient, led: readonly PartitionPlace[], signal: AbortSignal): AsyncIterable<SourceEvent> {
    const nodes = new Set(led.map(({ leader }) => leader));
    const arrivals = new Arrivals<{ node: number; fetches: PartitionFetch[] } | 'look'>();
    const ask = (node: number) => arrivals.add(this.#fetch(client, led, node).then((fetches) => ({ node, fetches })));
    if (this.#isCaughtUp()) yield { kind: 'caught-up' };
    // No records will say so for those that have none to give.
    else
      for (const partition of this.#partitions.keys())
        if (this.#isAtEnd(partition) || !this.#places.has(partition)) yield { kind: 'partition-at-end', partition };
    for (const node of nodes) ask(node);
    const stopped = new AbortController();
    const both = AbortSignal.any([signal, stopped.signal]);
    const { choice, clock } = this.#options;
    const usualMs = choice.open ? LOOK_FOR_TOPICS_MS : LOOK_AGAIN_MS;
    const lookMs = led.length < this.#places.size ? LOOK_FOR_LEADERS_MS : usualMs;
    const lookLater = () => arrivals.add(sleep(clock, lookMs, both).then(() => 'look' as const));
    lookLater();
    try {
      for (;;) {
        const answer = await untilAborted(arrivals.next(), signal);
        if (answer === undefined) return;
        if (answer === 'look') {
          if (!(await untilAborted(this.#unchanged(client), signal))) return;
          lookLater();
          continue;
        }
        yield* this.#answered(answer.fetches, signal, () => {
          nodes.delete(answer.node);
          if (nodes.size === 0) this.failures = 0;
          ask(answer.node);
        });
      }
    } finally {
      stopped.abort();
    }
  }

  /** Throws where topics, partitions or their leaders are others now. */
  async #unchanged(client: KafkaClient): Promise<true> {
    const { epoch, places } = await look(client, this.#options, this.#epoch);
    if (epoch !== this.#epoch || !samePlaces(places, this.#places))
      throw new KafkaFault('moved', 'its topics, their partitions or their leaders have changed');
    return true;
  }

  /** Gives on what an answer brought, and asks for more meanwhile; what failed is thrown after. */
  async *#answered(
    fetches: readonly PartitionFetch[],
    signal: AbortSignal,
    ask: () => void,
  ): AsyncIterable<SourceEvent> {
    const { past, leads } = this.#options;
    if (leads) {
      for (const fetch of fetches)
        past.note(
          fetch.streamPartition,
          fetch.batches,
          nextOffsetAfter(fetch, this.#progress(fetch.streamPartition).next),
        );
      await untilAborted(past.keep(), signal);
    }
    const events = fetches.flatMap((fetch) => this.#deliver(fetch));
    const failure = fetches.find(({ errorCode, divergesAt }) => errorCode !== 0 || divergesAt !== null);
    if (failure === undefined) ask();
    const notice = this.#notices.read(events.length > 0, this.#partitions, this.#places);
    if (notice !== null) yield notice;
    yield* events;
    if (failure !== undefined) throw this.#faultOf(failure);
    if (events.length > 0) this.#caughtUp = false;
    if (this.#caughtUp || !this.#isCaughtUp()) return;
    this.#caughtUp = true;
    yield { kind: 'caught-up' };
  }

  #fetch(client: KafkaClient, led: readonly PartitionPlace[], node: number): Promise<PartitionFetch[]> {
    const places = new Map(led.map((place) => [place.streamPartition, place]));
    const partitions = [...this.#partitions].flatMap(([at, { next, leaderEpoch }]) => {
      const place = places.get(at);
      return place?.leader === node ? [{ ...place, fetchOffset: next, lastFetchedEpoch: leaderEpoch }] : [];
    });
    const brokers = new Set(led.map(({ leader }) => leader)).size;
    return client.fetch({
      node,
      partitions,
      maxWaitMs: MAX_WAIT_MS,
      maxBytes: this.#options.maxBytes ?? Math.min(MAX_BYTES, Math.ceil(MAX_BYTES_OF_ALL / brokers)),
      partitionMaxBytes: this.#options.partitionMaxBytes ?? PARTITION_MAX_BYTES,
    });
  }

  /** Takes note of what a fetch brought, and makes the event of it. */
  #deliver(fetch: PartitionFetch): SourceEvent[] {
    const { streamPartition: at, errorCode, divergesAt } = fetch;
    const progress = this.#progress(at);
    if (errorCode !== 0) return [];
    if (divergesAt !== null) {
      progress.cutAt = divergesAt;
      return [];
    }
    progress.highWatermark = fetch.highWatermark;
    progress.end = fetch.lastStableOffset >= 0 ? fetch.lastStableOffset : fetch.highWatermark;
    const firstOffset = progress.next;
    // Those that can be read, or cannot for one reason: the next fetch begins with the first of which that is not so.
    const unreadable = fetch.batches[0]?.unreadable ?? null;
    const stop = fetch.batches.findIndex((batch) => batch.unreadable !== unreadable);
    const batches = stop === -1 ? fetch.batches : fetch.batches.slice(0, stop);
    const nextOffset = nextOffsetAfter({ batches }, firstOffset);
    if (nextOffset === firstOffset) return [];
    progress.next = nextOffset;
    progress.leaderEpoch = batches.at(-1)?.partitionLeaderEpoch ?? -1;
    this.#partitions.delete(at);
    this.#partitions.set(at, progress);
    if (unreadable !== null) {
      const reason = `what Kafka has as offsets ${firstOffset} to ${nextOffset - 1} of ${this.#nameOf(at)} cannot be unpacked: ${unreadable}`;
      return [{ kind: 'gap', partition: at, firstOffset, nextOffset, reason }];
    }
    const topic = this.#places.get(at)?.topic ?? '';
    const behind = Math.max(0, fetch.highWatermark - nextOffset);
    const records = committedRecords({ batches, aborted: fetch.aborted }, topic, firstOffset);
    return [{ kind: 'records', partition: at, firstOffset, nextOffset, behind, records }];
  }

  #start(epoch: string, next: Offsets, end: Offsets, asked: Position | null): void {
    const { past, leads } = this.#options;
    this.#epoch = epoch;
    this.#caughtUp = false;
    for (const [at, offset] of next) {
      const known = this.#partitions.get(at);
      // Where an open transaction begins is not known before the first answer: until then there may be more to read.
      const seen = end.get(at);
      if (known !== undefined) {
        known.end = seen ?? known.end;
        continue;
      }
      if (leads) past.begin(at, offset, asked?.next[at] === undefined ? 'anew' : 'on');
      const leaderEpoch = past.leaderBefore(at, offset);
      this.#partitions.set(at, {
        next: offset,
        end: seen ?? offset,
        highWatermark: seen ?? -1,
        leaderEpoch,
        cutAt: null,
      });
    }
  }

  #skip(at: number, progress: Progress, next: number): void {
    progress.next = next;
    progress.leaderEpoch = -1;
    if (this.#options.leads) this.#options.past.begin(at, next, 'on');
  }

  #position(epoch: string): Position {
    return { epoch, next: Object.fromEntries([...this.#partitions].map(([at, { next }]) => [at, next])) };
  }

  #progress(at: number): Progress {
    const progress = this.#partitions.get(at);
    if (progress === undefined) throw new KafkaFault('moved', `partition ${at} is new`);
    return progress;
  }

  #isAtEnd(at: number): boolean {
    const { next, end } = this.#progress(at);
    return next >= end;
  }

  #isCaughtUp(): boolean {
    for (const at of this.#places.keys()) if (!this.#isAtEnd(at)) return false;
    return true;
  }

  #nameOf(at: number): string {
    const place = this.#places.get(at);
    const topic = this.#options.choice.names.length > 1 || this.#options.choice.open;
    return place === undefined || !topic ? `partition ${at}` : `partition ${place.partition} of topic "${place.topic}"`;
  }

  #faultOf({ streamPartition, errorCode, divergesAt }: PartitionFetch): KafkaFault {
    const name = this.#nameOf(streamPartition);
    if (divergesAt !== null) return new KafkaFault('moved', `the log of ${name} was cut`);
    const where = `${name}, Kafka error ${errorCode}`;
    if (errorCode === TOPIC_NOT_ALLOWED) return new KafkaFault('refused', `reading it is not allowed (${where})`);
    const what =
      errorCode === OFFSET_OUT_OF_RANGE ? 'the offset wanted is no longer there' : 'its leader cannot serve it now';
    return new KafkaFault('moved', `${what} (${where})`);
  }
}

type Offsets = ReadonlyMap<number, number>;
