/**
 * The messages of QoS 1 and 2 the broker has sent and may send again, by packet id, and which of them are answered.
 *
 *     QoS 1   PUBLISH ─▶ waiting ─ kept ─▶ PUBACK, forgotten
 *     QoS 2   PUBLISH ─▶ waiting ─ kept ─▶ PUBREC ─▶ answered ─ PUBREL ─▶ forgotten, PUBCOMP
 *
 * They outlive a connection: over one that takes the session up again the broker sends what was not answered once more,
 * marked as a duplicate, and that is answered without being a record again. Answers leave in the order messages came.
 */
export class InFlight {
  readonly #messages = new Map<number, Message>();
  /** Of this connection, in the order they came; those before `#first` are answered. */
  #waiting: Message[] = [];
  #first = 0;
  #keptBelow = 0;
  #answer: ((answer: Answer) => void) | null = null;

  /** Another connection: only what comes over it is answered on it. null: none. */
  connected(answer: ((answer: Answer) => void) | null): void {
    this.#answer = answer;
    this.#waiting = [];
    this.#first = 0;
  }

  /**
   * A message arrived. True: it is new, and becomes the record at `offset`. A packet id that is known but not marked as
   * a duplicate is new too: the broker has lost what it knew.
   */
  arrived({ packetId, qos, dup }: Arrival, offset: number): boolean {
    const known = this.#messages.get(packetId);
    if (dup && known?.qos === qos) {
      this.#wait(known);
      return false;
    }
    this.#wait(this.#put({ packetId, qos, keptAt: offset + 1 }));
    return true;
  }

  /** A message that becomes no record: answered when everything before it is kept. */
  passedOver({ packetId, qos }: Arrival, offset: number): void {
    this.#wait(this.#put({ packetId, qos, keptAt: offset }));
  }

  /** PUBREL: the broker will not send this message again, and may give its id to another. */
  released(packetId: number): void {
    this.#messages.delete(packetId);
  }

  /** Every record below `next` is kept. */
  kept(next: number): void {
    this.#keptBelow = Math.max(this.#keptBelow, next);
    this.#flush();
  }

  /** What was kept ends at `certain`: messages that were to be records from there on were not. */
  resumeAt(certain: number): void {
    for (const [packetId, { keptAt }] of this.#messages) if (keptAt > certain) this.#messages.delete(packetId);
    this.#keptBelow = certain;
  }

  /** The broker knows nothing of them any more. */
  forget(): void {
    this.#messages.clear();
    this.#waiting = [];
    this.#first = 0;
  }

  /** Those of QoS 2: what a restarted relay must know, so as not to take them for new ones. */
  remembered(): RememberedMessage[] {
    return [...this.#messages.values()]
      .filter(({ qos }) => qos === 2)
      .map(({ packetId, keptAt }) => [packetId, keptAt]);
  }

  restore(messages: readonly RememberedMessage[]): void {
    for (const [packetId, keptAt] of messages) this.#put({ packetId, qos: 2, keptAt });
  }

  #put(message: Message): Message {
    this.#messages.set(message.packetId, message);
    return message;
  }

  #wait(message: Message): void {
    this.#waiting.push(message);
    this.#flush();
  }

  #flush(): void {
    for (;;) {
      const message = this.#waiting[this.#first];
      if (message === undefined || message.keptAt > this.#keptBelow) break;
      this.#first++;
      // Its id may have been given to another message meanwhile.
      if (this.#messages.get(message.packetId) !== message) continue;
      if (message.qos === 1) this.#messages.delete(message.packetId);
      this.#answer?.({ cmd: message.qos === 1 ? 'puback' : 'pubrec', messageId: message.packetId });
    }
    if (this.#first < MANY) return;
    this.#waiting.splice(0, this.#first);
    this.#first = 0;
  }
}

export interface Arrival {
  readonly packetId: number;
  readonly qos: 1 | 2;
  /** The broker says that it has sent it before. */
  readonly dup: boolean;
}

export interface Answer {
  readonly cmd: 'puback' | 'pubrec';
  readonly messageId: number;
}

/** Packet id, and the offset below which everything must be kept for it to be kept. */
export type RememberedMessage = readonly [packetId: number, keptAt: number];

interface Message {
  readonly packetId: number;
  readonly qos: 1 | 2;
  readonly keptAt: number;
}

const MANY = 1_024;
