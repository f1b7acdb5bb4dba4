import type { Down } from '../../contract/protocol/down.ts';
import type { Frame } from '../../contract/protocol/frame.ts';

/** Messages that say something about a stream's frames and must be taken in order with them. */
export type StreamMessage = Extract<Down, { type: 'schema' | 'subscribed' | 'gap' | 'conflated' | 'progress' }>;

export interface ReceivedFrame {
  readonly frame: Frame;
  readonly receivedAtMs: number;
}

export type InboxItem = { readonly message: StreamMessage } | ReceivedFrame;

/** One tick's worth: takes tens of milliseconds, so that questions of the page get in between. */
const TICK_ROWS = 100_000;
const TICK_BYTES = 8 * 2 ** 20;

/** What has come and is not applied yet, in the order it came. What it can hold is bounded by the credit granted. (F5) */
export class Inbox {
  #items: InboxItem[] = [];

  get empty(): boolean {
    return this.#items.length === 0;
  }

  add(item: InboxItem): void {
    this.#items.push(item);
  }

  clear(): void {
    this.#items = [];
  }

  /** The next tick's items: at least one, at most the tick's bounds. */
  take(): InboxItem[] {
    let rows = 0;
    let bytes = 0;
    let count = 0;
    for (const item of this.#items) {
      if ('frame' in item) {
        rows += item.frame.header.rows;
        bytes += item.frame.payload.byteLength;
        if (count > 0 && (rows > TICK_ROWS || bytes > TICK_BYTES)) break;
      }
      count++;
    }
    return this.#items.splice(0, count);
  }
}
