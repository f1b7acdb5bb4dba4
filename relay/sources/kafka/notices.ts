import type { Clock } from '../../../contract/clock.ts';
import type { SourceState } from '../../../contract/protocol/down.ts';
import type { SourceEvent } from '../source.ts';
import type { PartitionPlace } from './client.ts';
import type { Progress } from './reading.ts';
import { describeChoice, type TopicChoice } from './topics.ts';

/** A transaction that is open for less than this is nothing to tell of. */
const TELL_HELD_MS = 5_000;

/** What a reading that goes well has to say all the same: nothing there, no leader, a transaction that holds it up. */
export class Notices {
  readonly #choice: TopicChoice;
  readonly #at: string;
  readonly #clock: Clock;
  #live = false;
  #begun: string | null = null;
  #leaderless: string | null = null;
  /** Since when nothing could be read for an open transaction, by partition. */
  readonly #heldSinceMs = new Map<number, number>();
  #shown: SourceState | null = null;

  /** `at`: the brokers, as a command line takes them. */
  constructor(choice: TopicChoice, at: string, clock: Clock) {
    this.#choice = choice;
    this.#at = at;
    this.#clock = clock;
  }

  /** What was asked for and is not there. */
  begun(
    start: ReadonlyMap<number, number>,
    end: ReadonlyMap<number, number>,
    places: ReadonlyMap<number, PartitionPlace>,
  ): void {
    const strange = [...start].flatMap(([at, offset]) => {
      const last = end.get(at);
      const place = places.get(at);
      if (last === undefined || place === undefined) return [`there is no partition ${at}`];
      return offset > last ? [`partition ${at} ends at offset ${last}, before ${offset}: it is read from there`] : [];
    });
    this.#begun = strange.length > 0 ? strange.join('; ') : null;
  }

  opened(empty: boolean, leaderless: readonly PartitionPlace[]): SourceEvent {
    this.#live = !empty || leaderless.length > 0;
    const [first] = leaderless;
    this.#leaderless =
      first === undefined
        ? null
        : `partition ${first.partition} of topic "${first.topic}"${leaderless.length > 1 ? ` and ${leaderless.length - 1} more have` : ' has'} no leader: the others are read, and it when it has one`;
    this.#shown = this.#state();
    return { kind: 'state', state: this.#shown };
  }

  /** After an answer; null: nothing else to say than before. */
  read(
    brought: boolean,
    partitions: ReadonlyMap<number, Progress>,
    places: ReadonlyMap<number, PartitionPlace>,
  ): SourceEvent | null {
    this.#live ||= brought;
    const nowMs = this.#clock.nowMs();
    let held: string | null = null;
    for (const [at, { next, end, highWatermark }] of partitions) {
      if (next < end || end >= highWatermark) {
        this.#heldSinceMs.delete(at);
        continue;
      }
      const sinceMs = this.#heldSinceMs.get(at) ?? nowMs;
      this.#heldSinceMs.set(at, sinceMs);
      const place = places.get(at);
      if (nowMs - sinceMs < TELL_HELD_MS || place === undefined) continue;
      held ??= `a transaction is open in partition ${place.partition} of topic "${place.topic}" since offset ${end}: what comes after it (${highWatermark - end} offsets) can be read when it ends`;
    }
    const state = this.#state(held);
    if (state.message === this.#shown?.message && state.state === this.#shown.state) return null;
    this.#shown = state;
    return { kind: 'state', state };
  }

  #state(held: string | null = null): SourceState {
    const message = this.#leaderless ?? held ?? this.#begun;
    if (this.#live || message !== null) return { state: 'live', message, fix: null };
    const { names } = this.#choice;
    const what = describeChoice(this.#choice);
    const one = names.length === 1 && !this.#choice.open;
    return {
      state: 'idle',
      message: `${what} ${one ? 'is empty: it holds' : 'are empty: they hold'} no records`,
      fix: `write to ${one ? 'it' : 'them'}, for example with: kafka-console-producer --bootstrap-server ${this.#at} --topic ${names[0]}`,
    };
  }
}
