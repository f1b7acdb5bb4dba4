import type { RawRecord, SourceEvent } from '../source.ts';

/** Between what a broker pushes and what a reader pulls: records, and between them what happened to the connection. */
export type QueueItem =
  | {
      readonly kind: 'record';
      readonly record: RawRecord /** To be yielded once the session is saved. */;
      readonly once: boolean;
    }
  | { readonly kind: 'event'; readonly event: SourceEvent };

export interface QueueLimits {
  readonly maxQueued: number;
  readonly maxQueuedBytes: number;
}

export class MessageQueue {
  readonly #limits: QueueLimits;
  readonly #madeRoom: () => void;
  #bytes = 0;
  #items: QueueItem[] = [];
  #ended = false;
  #arrived: (() => void) | null = null;

  /** `madeRoom` is called when items were taken from a queue that was full, and it is full no more. */
  constructor(limits: QueueLimits, madeRoom: () => void) {
    this.#limits = limits;
    this.#madeRoom = madeRoom;
  }

  get size(): number {
    return this.#items.length;
  }

  get isFull(): boolean {
    return this.#items.length >= this.#limits.maxQueued || this.#bytes >= this.#limits.maxQueuedBytes;
  }

  /** Takes the item in any case: whoever pushes stops when the queue is full. */
  push(item: QueueItem): void {
    this.#items.push(item);
    if (item.kind === 'record') this.#bytes += item.record.value?.length ?? 0;
    this.#arrived?.();
    this.#arrived = null;
  }

  /** The oldest items, at least one: records, or one event. null once the queue has ended. One taker at a time. */
  async take(maxRecords: number): Promise<QueueItem[] | null> {
    while (this.#items.length === 0 && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    if (this.#items.length === 0) return null;
    const wasFull = this.isFull;
    const event = this.#items.slice(0, maxRecords).findIndex(({ kind }) => kind === 'event');
    const taken = this.#items.splice(0, event === -1 ? maxRecords : Math.max(1, event));
    for (const item of taken) if (item.kind === 'record') this.#bytes -= item.record.value?.length ?? 0;
    if (wasFull && !this.isFull) this.#madeRoom();
    return taken;
  }

  /** Nothing more will be pushed. */
  end(): void {
    this.#ended = true;
    this.#arrived?.();
    this.#arrived = null;
  }
}
