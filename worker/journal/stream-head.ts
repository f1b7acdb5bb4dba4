import type { StreamSchema } from '../../contract/protocol/down.ts';
import { type FrameHeader, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { advance, meet, type Position } from '../../contract/protocol/position.ts';
import type { StreamMessage } from '../connection/inbox.ts';
import { laterWatermark } from '../watermark.ts';

/**
 * How a stream stands after all that was written of it: what a segment begins with, so that it can be read without those
 * before it. It follows from the entries alone.
 */
export interface StreamHead {
  readonly stream: string;
  /** How often the stream began anew: segments of another past are of no use. */
  readonly past: number;
  /** Rows of all frames of this past so far. */
  readonly rows: number;
  /** Null: not begun. */
  readonly position: Position | null;
  readonly watermarkUs: number | null;
  readonly maxEventTimeUs: number | null;
  /** In the order they came; of equal ones the last. */
  readonly schemas: readonly StreamSchema[];
}

export function newHead(stream: string): StreamHead {
  return { stream, past: 0, rows: 0, position: null, watermarkUs: null, maxEventTimeUs: null, schemas: [] };
}

/** The head of another past, before it has begun. The stream keeps the fields it has ever had. */
export function anew(head: StreamHead): StreamHead {
  return { ...newHead(head.stream), past: head.past + 1, schemas: head.schemas };
}

/** Does what was before a message mean nothing after it? */
export function beginsAnew(message: StreamMessage): boolean {
  return message.type === 'subscribed' && (message.outcome === 'fresh' || message.outcome === 'reset');
}

/** The head after a message; the same one when the message changes nothing. */
export function afterMessage(head: StreamHead, message: StreamMessage): StreamHead {
  switch (message.type) {
    case 'schema': {
      const text = JSON.stringify(message);
      const newest = head.schemas.findLast(({ version }) => version === message.version);
      if (JSON.stringify(newest) === text) return head;
      const others = head.schemas.filter((schema) => JSON.stringify(schema) !== text);
      return { ...head, schemas: [...others, message] };
    }
    case 'subscribed':
      return message.outcome === 'resumed' ? head : { ...head, position: message.position };
    case 'gap':
      if (head.position === null) return head;
      return { ...head, position: advance(head.position, message.partition, message.nextOffset) };
    case 'conflated':
      return { ...head };
    case 'progress': {
      let position = head.position;
      for (const [partition, next] of Object.entries(message.next))
        position = position && advance(position, Number(partition), next);
      return { ...head, position, watermarkUs: laterWatermark(head.watermarkUs, message.watermarkUs) };
    }
  }
}

/** The head after a frame; the same one when all of its rows were there. Throws `RangeError` for one that does not follow. */
export function afterFrame(head: StreamHead, header: FrameHeader): StreamHead {
  const { position } = head;
  if (position === null) throw new RangeError(`a frame of ${header.stream} came before the stream was begun`);
  const meeting = meet(position, header);
  if (meeting.kind === 'duplicate') return head;
  if (meeting.kind === 'hole' || meeting.kind === 'other-epoch')
    throw new RangeError(`a frame of ${header.stream} at ${header.partition}:${header.firstOffset} does not follow`);
  const before = header.watermarkBeforeUs === MIN_TIME_US ? null : header.watermarkBeforeUs;
  return {
    ...head,
    rows: head.rows + header.rows,
    position: advance(position, header.partition, header.nextOffset),
    watermarkUs: laterWatermark(head.watermarkUs, before),
    maxEventTimeUs: Math.max(head.maxEventTimeUs ?? header.maxEventTimeUs, header.maxEventTimeUs),
  };
}

/** Does `next` begin where `head` ends? */
export function isNext(head: StreamHead, next: StreamHead): boolean {
  const place = ({ past, rows, position }: StreamHead) =>
    JSON.stringify([past, rows, position && [position.epoch, Object.entries(position.next).sort()]]);
  return place(head) === place(next);
}
