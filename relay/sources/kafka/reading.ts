import type { Clock } from '../../../contract/clock.ts';
import type { Position } from '../../../contract/protocol/position.ts';
import type { SourceEvent, StartFrom } from '../source.ts';
import { untilAborted } from '../wait.ts';
import { committedRecords, nextOffsetAfter } from './aborted.ts';
import type { KafkaClient, PartitionFetch, Topic } from './client.ts';
import { KafkaFault } from './fault.ts';
import { emptyState } from './states.ts';

export interface ReadingOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly clock: Clock;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
}

const MAX_BYTES = 4 * 1024 * 1024;
const PARTITION_MAX_BYTES = 1024 * 1024;
const MAX_WAIT_MS = 500;
/** How often to look for added partitions, and for a topic created anew where no fetch would tell. */
const LOOK_AGAIN_MS = 30_000;
const OFFSET_OUT_OF_RANGE = 1;
const TOPIC_NOT_ALLOWED = 29;

interface Progress {
  /** The next offset to deliver. */
  next: number;
  /** As far as committed readers could see when last told. */
  end: number;
}

/**
 * How far one topic has been read; outlives the clients it is read through. Every opening first compares the offsets
 * wanted with those the topic has, so that nothing is skipped in silence:
 *
 *     epoch differs ─▶ reset      next < log start ─▶ gap      next > log end (cut) ─▶ reset      else ─▶ go on
 *
 * Then one long poll per leading broker is always under way. While an answer is being delivered the next is asked for:
 * that, and no more, is the read-ahead.
 */
export class Reading {
  /** Openings that failed since a fetch last succeeded. */
  failures = 0;
  readonly #options: ReadingOptions;
  readonly #from: StartFrom;
  #epoch: string | null = null;
  readonly #partitions = new Map<number, Progress>();
  /** `caught-up` was said and nothing came since. */
  #caughtUp = false;
  #live = false;

  constructor(options: ReadingOptions, from: StartFrom) {
    this.#options = options;
    this.#from = from;
  }

  /** Reads until `signal` aborts. Throws a KafkaFault; opening again goes on where this stopped. */
  async *open(client: KafkaClient, signal: AbortSignal): AsyncIterable<SourceEvent> {
    const { topic: name } = this.#options;
    const topic = await untilAborted(client.topic(name), signal);
    if (topic === undefined) return;
    const bounds = await untilAborted(Promise.all([client.bounds(name, 'first'), client.bounds(name, 'next')]), signal);
    if (bounds === undefined) return;
    const [first, end] = bounds;
    yield* this.#join(`${topic.clusterId}:${topic.topicId}`, first, end);
    this.#live = [...first].some(([partition, offset]) => (end.get(partition) ?? offset) > offset);
    yield {
      kind: 'state',
      state: this.#live ? { state: 'live', message: null, fix: null } : emptyState(this.#options),
    };
    yield* this.#poll(client, topic, signal);
  }

  *#join(epoch: string, first: ReadonlyMap<number, number>, end: ReadonlyMap<number, number>): Iterable<SourceEvent> {
    const asked = this.#epoch === null ? this.#from : this.#position(this.#epoch);
    if (typeof asked === 'string' || !('epoch' in asked)) {
      this.#start(epoch, asked === 'latest' ? end : first, end);
      yield { kind: 'opened', position: this.#position(epoch) };
      return;
    }
    const cut = [...end].find(([partition, offset]) => (asked.next[partition] ?? 0) > offset);
    if (!isOf(asked.epoch, epoch)) {
      yield* this.#reset(
        epoch,
        `topic "${this.#options.topic}" is not the one read before: it was deleted and created again`,
        first,
        end,
      );
    } else if (cut !== undefined) {
      const [partition, offset] = cut;
      const reason = `partition ${partition} ends at offset ${offset}, before ${asked.next[partition]}: its log was cut`;
      yield* this.#reset(`${epoch}/cut-${partition}-${offset}`, reason, first, end);
    } else {
      const opening = this.#epoch === null;
      this.#start(
        asked.epoch,
        new Map([...first].map(([partition, offset]) => [partition, asked.next[partition] ?? offset])),
        end,
      );
      if (opening) yield { kind: 'opened', position: this.#position(asked.epoch) };
      yield* this.#gaps(first);
    }
  }

  *#reset(
    epoch: string,
    reason: string,
    first: ReadonlyMap<number, number>,
    end: ReadonlyMap<number, number>,
  ): Iterable<SourceEvent> {
    yield { kind: 'reset', reason };
    this.#start(epoch, first, end);
    yield { kind: 'opened', position: this.#position(epoch) };
  }

  *#gaps(first: ReadonlyMap<number, number>): Iterable<SourceEvent> {
    for (const [partition, progress] of this.#partitions) {
      const kept = first.get(partition) ?? 0;
      if (progress.next >= kept) continue;
      const firstOffset = progress.next;
      progress.next = kept;
      const reason = `Kafka no longer has offsets ${firstOffset} to ${kept - 1} of partition ${partition}: they were deleted by retention or by hand`;
      yield { kind: 'gap', partition, firstOffset, nextOffset: kept, reason };
    }
  }

  async *#poll(client: KafkaClient, topic: Topic, signal: AbortSignal): AsyncIterable<SourceEvent> {
    const { clock } = this.#options;
    const polls = new Map<number, Promise<{ node: number; fetches: PartitionFetch[] }>>();
    const ask = (node: number) => {
      const poll = this.#fetch(client, topic, node).then((fetches) => ({ node, fetches }));
      // Told when it is awaited; until then it is no unhandled rejection.
      poll.catch(() => undefined);
      // Put last: with several brokers ready, each gets its turn.
      polls.delete(node);
      polls.set(node, poll);
    };
    if (this.#isCaughtUp()) yield { kind: 'caught-up' };
    // No records will say so for those that have none to give.
    else
      for (const [partition, { next, end }] of this.#partitions)
        if (next >= end) yield { kind: 'partition-at-end', partition };
    for (const { leader } of topic.partitions) if (!polls.has(leader)) ask(leader);
    for (let lookAgainMs = clock.nowMs() + LOOK_AGAIN_MS; ; ) {
      const answer = await untilAborted(Promise.race(polls.values()), signal);
      if (answer === undefined) return;
      const events = answer.fetches.flatMap((fetch) => this.#deliver(fetch));
      const failure = answer.fetches.find((fetch) => fetch.errorCode !== 0);
      if (failure === undefined) {
        this.failures = 0;
        ask(answer.node);
      }
      if (events.length > 0 && !this.#live) {
        this.#live = true;
        yield { kind: 'state', state: { state: 'live', message: null, fix: null } };
      }
      yield* events;
      if (failure !== undefined) throw faultOf(failure);
      if (events.length > 0) this.#caughtUp = false;
      if (!this.#caughtUp && this.#isCaughtUp()) {
        this.#caughtUp = true;
        yield { kind: 'caught-up' };
      }
      if (clock.nowMs() < lookAgainMs) continue;
      lookAgainMs = clock.nowMs() + LOOK_AGAIN_MS;
      const now = await untilAborted(client.topic(this.#options.topic), signal);
      if (now === undefined) return;
      if (now.topicId !== topic.topicId || now.partitions.length !== topic.partitions.length)
        throw new KafkaFault('moved', 'its partitions have changed');
    }
  }

  #fetch(client: KafkaClient, topic: Topic, node: number): Promise<PartitionFetch[]> {
    const partitions = topic.partitions.flatMap(({ leader, leaderEpoch }, partition) =>
      leader === node ? [{ partition, leaderEpoch, fetchOffset: this.#progress(partition).next }] : [],
    );
    return client.fetch({
      node,
      topicId: topic.topicId,
      partitions,
      maxWaitMs: MAX_WAIT_MS,
      maxBytes: this.#options.maxBytes ?? MAX_BYTES,
      partitionMaxBytes: this.#options.partitionMaxBytes ?? PARTITION_MAX_BYTES,
    });
  }

  /** Takes note of what a fetch brought, and makes the event of it. */
  #deliver(fetch: PartitionFetch): SourceEvent[] {
    if (fetch.errorCode !== 0) return [];
    const progress = this.#progress(fetch.partition);
    progress.end = fetch.lastStableOffset >= 0 ? fetch.lastStableOffset : fetch.highWatermark;
    const firstOffset = progress.next;
    const nextOffset = nextOffsetAfter(fetch, firstOffset);
    if (nextOffset === firstOffset) return [];
    progress.next = nextOffset;
    return [
      {
        kind: 'records',
        partition: fetch.partition,
        firstOffset,
        nextOffset,
        behind: Math.max(0, fetch.highWatermark - nextOffset),
        records: committedRecords(fetch, this.#options.topic, firstOffset),
      },
    ];
  }

  #start(epoch: string, next: ReadonlyMap<number, number>, end: ReadonlyMap<number, number>): void {
    this.#epoch = epoch;
    this.#caughtUp = false;
    this.#partitions.clear();
    for (const [partition, offset] of next)
      this.#partitions.set(partition, { next: offset, end: end.get(partition) ?? offset });
  }

  #position(epoch: string): Position {
    return { epoch, next: Object.fromEntries([...this.#partitions].map(([partition, { next }]) => [partition, next])) };
  }

  #progress(partition: number): Progress {
    const progress = this.#partitions.get(partition);
    if (progress === undefined) throw new KafkaFault('moved', `partition ${partition} is new`);
    return progress;
  }

  #isCaughtUp(): boolean {
    for (const { next, end } of this.#partitions.values()) if (next < end) return false;
    return true;
  }
}

/** After a cut the epoch has a suffix, so that positions from before it are not taken for ones of after it. */
function isOf(epoch: string, topicEpoch: string): boolean {
  return epoch === topicEpoch || epoch.startsWith(`${topicEpoch}/`);
}

function faultOf(fetch: PartitionFetch): KafkaFault {
  const where = `partition ${fetch.partition}, Kafka error ${fetch.errorCode}`;
  if (fetch.errorCode === TOPIC_NOT_ALLOWED) return new KafkaFault('refused', `reading it is not allowed (${where})`);
  const what =
    fetch.errorCode === OFFSET_OUT_OF_RANGE ? 'the offset wanted is no longer there' : 'its leader cannot serve it now';
  return new KafkaFault('moved', `${what} (${where})`);
}
