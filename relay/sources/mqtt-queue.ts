export interface QueuedMessage {
  readonly topic: string;
  readonly timestampMs: number;
  readonly value: Uint8Array;
}

export interface QueueLimits {
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
}

/** Between what a broker pushes and what a reader pulls. When it is full, `push` returns a promise of room. */
export class MessageQueue {
  readonly #limits: QueueLimits;
  #bytes = 0;
  #messages: QueuedMessage[] = [];
  #ended = false;
  #roomMade: (() => void) | null = null;
  #arrived: (() => void) | null = null;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#messages.length;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /** Takes the message in any case. One pusher: it waits for the promise, when there is one, before it pushes again. */
  push(message: QueuedMessage): Promise<void> | undefined {
    this.#messages.push(message);
    this.#bytes += message.value.length;
    this.#arrived?.();
    this.#arrived = null;
    const { maxQueued, maxQueuedBytes } = this.#limits;
    if (this.#ended || (this.#messages.length < maxQueued && this.#bytes < maxQueuedBytes)) return undefined;
    return new Promise((resolve) => {
      this.#roomMade = resolve;
    });
  }

  /** The oldest messages, at least one; null once the queue has ended and is empty. One taker at a time. */
  async take(maxMessages: number): Promise<QueuedMessage[] | null> {
    while (this.#messages.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    const taken = this.#messages.splice(0, maxMessages);
    for (const message of taken) this.#bytes -= message.value.length;
    this.#roomMade?.();
    this.#roomMade = null;
    return taken;
  }

  /** Nothing more will be pushed; what is there can still be taken. */
  end(): void {
    this.#ended = true;
    this.#arrived?.();
    this.#roomMade?.();
    this.#arrived = null;
    this.#roomMade = null;
  }
}
