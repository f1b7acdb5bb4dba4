import type { Frame } from '../../contract/protocol/frame.ts';
import { MIN_TIME_US } from '../../contract/protocol/frame.ts';
import type { Position } from '../../contract/protocol/position.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import type { Delivery } from '../../worker/connection/delivery.ts';
import { testSchema } from '../support/frames.ts';

type Item = { readonly frame: Frame } | { readonly message: Parameters<Delivery['message']>[0] };

interface StreamLog {
  epoch: number;
  next: [number, number, number];
  items: Item[];
  version: number;
  reader: Delivery | null;
}

/** A relay that keeps everything: its log is given again, whole, to whoever asks from a position. */
export class ModelRelay {
  readonly #streams = new Map<string, StreamLog>();

  constructor(streams: readonly string[]) {
    for (const stream of streams)
      this.#streams.set(stream, {
        epoch: 0,
        next: [0, 0, 0],
        items: [{ message: testSchema(stream, {}) }],
        version: 1,
        reader: null,
      });
  }

  drop(): void {
    for (const log of this.#streams.values()) log.reader = null;
  }

  subscribe(stream: string, from: SubscribeFrom, reader: Delivery): void {
    const log = this.#of(stream);
    log.reader = reader;
    const resumes = typeof from === 'object' && 'epoch' in from && from.epoch === `e${log.epoch}`;
    this.#answer(stream, log, resumes ? 'resumed' : from === 'start' ? 'fresh' : 'reset', resumes ? from : null);
    // Frames below the position too: they change nothing.
    for (const item of log.items) this.#give(log, item);
  }

  add(kind: 'frame' | 'gap' | 'schema' | 'progress' | 'reset', stream: string, partition: number, rows: number): void {
    const log = this.#of(stream);
    const epoch = `e${log.epoch}`;
    const firstOffset = log.next[partition] ?? 0;
    const nextOffset = firstOffset + rows;
    if (kind === 'reset') {
      log.epoch++;
      log.next = [0, 0, 0];
      log.items = [{ message: testSchema(stream, {}, log.version) }];
      if (log.reader) this.#answer(stream, log, 'reset', null);
      for (const item of log.items) this.#give(log, item);
      return;
    }
    if (kind === 'frame' || kind === 'gap') log.next[partition] = nextOffset;
    const item: Item =
      kind === 'frame'
        ? frame(stream, epoch, partition, firstOffset, nextOffset)
        : {
            message:
              kind === 'gap'
                ? { type: 'gap', stream, epoch, partition, firstOffset, nextOffset, reason: 'a gap' }
                : kind === 'schema'
                  ? testSchema(stream, {}, ++log.version)
                  : {
                      type: 'progress',
                      stream,
                      epoch,
                      next: Object.fromEntries(log.next.entries()),
                      watermarkUs: null,
                    },
          };
    log.items.push(item);
    this.#give(log, item);
  }

  /** `partition:offset` of every row there is to have. */
  rows(stream: string): string[] {
    return this.#of(stream).items.flatMap((item) =>
      'frame' in item
        ? Array.from(
            { length: item.frame.header.nextOffset - item.frame.header.firstOffset },
            (_, row) => `${item.frame.header.partition}:${item.frame.header.firstOffset + row}`,
          )
        : [],
    );
  }

  position(stream: string): Position {
    const { epoch, next } = this.#of(stream);
    return { epoch: `e${epoch}`, next: Object.fromEntries(next.map((offset, partition) => [partition, offset])) };
  }

  #of(stream: string): StreamLog {
    const log = this.#streams.get(stream);
    if (!log) throw new Error(`no stream ${stream}`);
    return log;
  }

  #answer(stream: string, log: StreamLog, outcome: 'fresh' | 'resumed' | 'reset', from: Position | null): void {
    const position = from ?? { epoch: `e${log.epoch}`, next: { 0: 0, 1: 0, 2: 0 } };
    const reason = outcome === 'reset' ? 'another past' : null;
    log.reader?.message({ type: 'subscribed', stream, outcome, position, reason, missing: null });
  }

  #give(log: StreamLog, item: Item): void {
    if ('frame' in item) log.reader?.frame({ frame: item.frame, receivedAtMs: 1 });
    else log.reader?.message(item.message);
  }
}

function frame(stream: string, epoch: string, partition: number, firstOffset: number, nextOffset: number): Item {
  const rows = nextOffset - firstOffset;
  const header = {
    stream,
    epoch,
    partition,
    firstOffset,
    nextOffset,
    rows,
    minEventTimeUs: firstOffset,
    maxEventTimeUs: nextOffset,
    watermarkBeforeUs: MIN_TIME_US,
    sealedAtUs: 0,
    schemaVersion: 1,
    contiguous: true,
  };
  return { frame: { header, payload: new Uint8Array(3 * rows).fill(partition + 1) } };
}
