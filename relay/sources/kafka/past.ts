import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SourceMemory } from '../source.ts';
import type { Batch } from './batches.ts';
import type { Cluster, Topic } from './client.ts';
import { KafkaFault } from './fault.ts';
import { LeaderEpochs } from './leader-epochs.ts';
import type { TopicChoice } from './topics.ts';

/**
 * What gives a stream's offsets their meaning: which past they belong to, and which partition a number is. One for all
 * readings of a source; written down (SourceMemory) before anything is read by it, so that it is never behind the log.
 *
 *     stream partition   slot · 65536 + the topic's partition     slot 0 of one topic: the same numbers as the topic's
 *     slots              orders-eu, orders-us, …                  a slot is one topic id, and is never given to another
 *     epoch              cluster : topic id                       one topic
 *                        cluster : hash of the topic ids          several, in the order they are named
 *                        cluster : hash of those first met + run  by pattern: later ones get the next slots, same epoch
 *                        … / hash of the epoch before and the cut after a partition's log was cut
 *
 * An epoch is made of ids that Kafka never gives twice. By pattern, where the order of slots is not in the URL, it also
 * holds something made when the slots were first written down: without that writing (memory only) a relay that starts
 * again has another epoch, rather than perhaps other partitions by the same numbers. So equal epochs mean equal numbers,
 * and a position of any other epoch is a reset. The epoch changes when a topic was created again under its name, the
 * cluster is another, or a partition's log was cut below what had been read. The last is seen by leader epochs
 * (leader-epochs.ts) even where the log has grown past that offset since. A topic id that another one has followed never
 * counts again: who tells of it is a broker that lags behind its cluster, and reading waits for one that does not.
 */
export class Past {
  readonly #options: PastOptions;
  #loaded: Promise<void> | null = null;
  #saved: Promise<void> = Promise.resolve();
  #epoch: string | null = null;
  #slots: Slot[] = [];
  /** Ids of topics that were created again since, the oldest first. */
  #followed: string[] = [];
  readonly #leaders = new Map<number, LeaderEpochs>();
  /** Something is known that is not written down. */
  #unsaved = false;
  #reason = 'the position is of another past: of other topics, or of these before they were made anew';

  constructor(options: PastOptions) {
    this.#options = options;
  }

  /** Why the epoch is no longer the one before, in words. */
  get reason(): string {
    return this.#reason;
  }

  /** Stream partition of a topic's partition 0; null: the topic has no slot. */
  firstPartition(topicId: string): number | null {
    const slot = this.#slots.findIndex((known) => known.topicId === topicId);
    return slot === -1 ? null : slot * SLOT_SIZE;
  }

  /** The topic that a stream partition is, or was, of; null: no slot has this number. */
  topicOf(streamPartition: number): string | null {
    return this.#slots[Math.floor(streamPartition / SLOT_SIZE)]?.topic ?? null;
  }

  /**
   * The epoch that offsets have now, after a look at the topics. `asked` is the epoch of the position that reading begins
   * with, if any: the first one may be of a log that was cut, which nothing but it tells where nothing was written down.
   * Throws `moved` where these are topics of before they were created again.
   */
  async meet(cluster: Cluster, topics: readonly Topic[], asked: string | null): Promise<string> {
    this.#loaded ??= this.#load();
    await this.#loaded;
    const epoch = this.#epoch;
    const late = topics.find(({ topicId }) => this.#followed.includes(topicId));
    if (late !== undefined)
      throw new KafkaFault('moved', `a broker does not know yet that topic "${late.name}" was created again`);
    for (const slot of this.#slots) if (slot.gone) slot.gone = !topics.some(({ topicId }) => topicId === slot.topicId);
    const again = topics.find(({ name, topicId }) =>
      this.#slots.some((slot) => slot.topic === name && slot.topicId !== topicId),
    );
    if (epoch === null) {
      const made = this.#make(cluster, topics, this.#options.run);
      if (asked?.startsWith(`${made}/`)) this.#epoch = asked;
    } else if (!epoch.startsWith(`${cluster.clusterId}:`)) {
      this.#reason = 'this is another Kafka cluster than the one read before';
      this.#make(cluster, topics, epoch);
    } else if (again !== undefined) {
      this.#follow(topics);
      this.#reason = `topic "${again.name}" is not the one read before: it was deleted and created again`;
      this.#make(cluster, topics, epoch);
    } else {
      const added = topics.filter(({ topicId }) => this.firstPartition(topicId) === null).toSorted(byName);
      if (added.length === 0) return epoch;
      this.#add(added);
    }
    await this.#save();
    return this.#epoch ?? '';
  }

  /** After a cut: the epoch of what is there now. Unless another reading was first: then it is that one's. */
  async cut(epoch: string, streamPartition: number, offset: number, reason: string): Promise<string> {
    if (this.#epoch === epoch) {
      this.#reason = reason;
      const [base = ''] = epoch.split('/');
      this.#epoch = `${base}/${digest([epoch, String(streamPartition), String(offset)])}`;
      this.#leaders.clear();
      await this.#save();
    }
    return this.#epoch ?? epoch;
  }

  /** By whom the record before this offset was written; −1: not known. */
  leaderBefore(streamPartition: number, offset: number): number {
    return this.#leaders.get(streamPartition)?.before(offset) ?? -1;
  }

  /** The stream's own reading goes on at this offset where it stopped, or begins there whatever was read before. */
  begin(streamPartition: number, offset: number, how: 'on' | 'anew'): void {
    if (how === 'anew') this.#leaders.delete(streamPartition);
    this.#leadersOf(streamPartition).begin(offset);
  }

  /** The stream's own reading has read these batches, and has not given them on yet: `keep` comes first. */
  note(streamPartition: number, batches: readonly Batch[], nextOffset: number): void {
    const leaders = this.#leadersOf(streamPartition);
    for (const { partitionLeaderEpoch, firstOffset } of batches)
      if (leaders.note(partitionLeaderEpoch, firstOffset, nextOffset)) this.#unsaved = true;
  }

  /** A topic that matched is there no more. True: this was not known yet; `keep` it. */
  retire(topic: string): boolean {
    const slot = this.#slots.find((known) => known.topic === topic && !known.gone);
    if (slot === undefined) return false;
    slot.gone = true;
    this.#unsaved = true;
    return true;
  }

  /** Resolves when everything known is written down. */
  async keep(): Promise<void> {
    if (this.#unsaved) await this.#save();
  }

  #leadersOf(streamPartition: number): LeaderEpochs {
    const known = this.#leaders.get(streamPartition) ?? new LeaderEpochs();
    this.#leaders.set(streamPartition, known);
    return known;
  }

  #follow(topics: readonly Topic[]): void {
    const now = new Map(topics.map(({ name, topicId }) => [name, topicId]));
    const followed = this.#slots.filter(({ topic, topicId }) => (now.get(topic) ?? topicId) !== topicId);
    this.#followed = [...this.#followed, ...followed.map(({ topicId }) => topicId)].slice(-MOST_FOLLOWED);
  }

  #make(cluster: Cluster, topics: readonly Topic[], seed: string): string {
    const { names, open } = this.#options.choice;
    this.#slots = [];
    this.#leaders.clear();
    this.#add(
      open
        ? topics.toSorted(byName)
        : topics.toSorted((left, right) => names.indexOf(left.name) - names.indexOf(right.name)),
    );
    const ids = this.#slots.map(({ topicId }) => topicId);
    const [only = ''] = ids;
    const what = open ? digest([seed, ...ids]) : ids.length === 1 ? only : digest(ids);
    this.#epoch = `${cluster.clusterId}:${what}`;
    return this.#epoch;
  }

  #add(topics: readonly Topic[]): void {
    if (this.#slots.length + topics.length > MOST_SLOTS)
      throw new KafkaFault('refused', `more than ${MOST_SLOTS} topics have matched`);
    this.#slots.push(...topics.map(({ name, topicId }) => ({ topic: name, topicId, gone: false })));
  }

  async #load(): Promise<void> {
    const text = await this.#options.memory?.load();
    if (text == null) return;
    const saved = parse(text);
    if (saved === null || saved.topics !== this.#options.choice.text) return;
    this.#epoch = saved.epoch;
    this.#followed = saved.followed;
    this.#slots = saved.slots.map(([topic, topicId, gone]) => ({ topic, topicId, gone }));
    for (const [partition, starts] of Object.entries(saved.leaders))
      this.#leaders.set(Number(partition), new LeaderEpochs(starts, Number.POSITIVE_INFINITY));
  }

  /** One after the other, each with what is known when its turn comes. */
  #save(): Promise<void> {
    const { memory, choice } = this.#options;
    if (memory === null) return Promise.resolve();
    this.#unsaved = true;
    const saving = this.#saved
      .catch(() => undefined)
      .then(() => {
        const saved: Saved = {
          format: FORMAT,
          topics: choice.text,
          epoch: this.#epoch ?? '',
          slots: this.#slots.map(({ topic, topicId, gone }) => [topic, topicId, gone]),
          followed: this.#followed,
          leaders: Object.fromEntries([...this.#leaders].map(([partition, { starts }]) => [String(partition), starts])),
        };
        this.#unsaved = false;
        return memory.save(JSON.stringify(saved));
      })
      .catch((cause: unknown) => {
        this.#unsaved = true;
        throw new KafkaFault('unsaved', cause instanceof Error ? cause.message : String(cause), { cause });
      });
    this.#saved = saving;
    saving.catch(() => undefined);
    return saving;
  }
}

export interface PastOptions {
  readonly choice: TopicChoice;
  /** null: nothing outlives the relay. */
  readonly memory: SourceMemory | null;
  /** Something no other run of a relay has. */
  readonly run: string;
}

interface Slot {
  readonly topic: string;
  readonly topicId: string;
  /** Deleted, and that was told. */
  gone: boolean;
}

/** Partitions of a slot. */
export const SLOT_SIZE = 65_536;
/** The last slot's numbers are those of replayed dead letters. */
const MOST_SLOTS = 65_535;
/** A broker lags behind by one or two. */
const MOST_FOLLOWED = 100;
const FORMAT = 1;

const SavedSchema = z.object({
  format: z.literal(FORMAT),
  topics: z.string(),
  epoch: z.string(),
  slots: z.array(z.tuple([z.string(), z.string(), z.boolean()])),
  followed: z.array(z.string()).default([]),
  leaders: z.record(z.string(), z.array(z.tuple([z.int(), z.int()]).readonly()).readonly()),
});
type Saved = z.infer<typeof SavedSchema>;

/** null: not what this wrote. Then nothing is known of the past, which is safe. */
function parse(text: string): Saved | null {
  try {
    const parsed = SavedSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 22);
}

function byName(left: Topic, right: Topic): number {
  return left.name < right.name ? -1 : 1;
}
