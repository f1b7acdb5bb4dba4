import fc from 'fast-check';
import type { StreamSchema } from '../../../contract/protocol/down.ts';
import type { Frame } from '../../../contract/protocol/frame.ts';
import { testFrame } from '../../support/frames.ts';
import { type Event, FIELD_NAMES } from './events.ts';

/**
 * Events as a relay ships them, and as a tab meets them: in other pieces, twice, interrupted.
 *
 *     events ─▶ messages: frames and progress, each with the watermark before it
 *                  ├─▶ delivery 1    some frames twice, or with rows of the frame before them
 *                  └─▶ delivery 2    cut anew, in other ticks; the engine replaced or reset on the way
 *
 * Every row is judged by the watermark that was valid before its frame, so pieces of a frame keep that of the whole.
 */
export type Message =
  | {
      readonly kind: 'frame';
      readonly partition: number;
      readonly firstOffset: number;
      readonly nextOffset: number;
      readonly offsets: readonly number[];
      /** Indexes of events. */
      readonly events: readonly number[];
      readonly watermarkUs: number | null;
    }
  | { readonly kind: 'progress'; readonly watermarkUs: number };
type FrameMessage = Extract<Message, { kind: 'frame' }>;

/** A row as it arrived: in which frame, at which offset, and the watermark before that frame. */
export interface Arrival {
  readonly event: number;
  readonly offset: number;
  readonly frame: number;
  readonly watermarkUs: number | null;
}

export type Step =
  /** `newRows`: of its rows, those that had not come before. */
  | { readonly kind: 'tick'; readonly frames: readonly Frame[]; readonly newRows: number }
  | { readonly kind: 'progress'; readonly watermarkUs: number }
  /** What was applied is dropped; all of it comes again. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'resumed' };

export interface Delivery {
  readonly steps: readonly Step[];
  readonly arrivals: readonly Arrival[];
  /** Rows that came again. */
  readonly duplicates: number;
}

const smallNumbers = (min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: 1, maxLength: 6, size: 'max' });

export const shippingOf = fc.record({
  delayUnits: fc.constantFrom(0, 0, 1, 3, 6, 13, 1000),
  cuts: smallNumbers(1, 12),
  /** After a frame: nothing, offsets that hold no row, progress, or progress past partitions that have fallen silent. */
  after: fc.array(fc.constantFrom('nothing', 'nothing', 'nothing', 'holes', 'progress', 'idle'), {
    minLength: 1,
    maxLength: 6,
  }),
  sparse: fc.boolean(),
});
export type Shipping = typeof shippingOf extends fc.Arbitrary<infer T> ? T : never;

/** Cuts events into frames of one partition each, with watermarks as the relay computes them. */
export function ship(events: readonly Event[], shipping: Shipping, unitUs: number): Message[] {
  const messages: Message[] = [];
  const newest = new Map<number, number>();
  const next = new Map<number, number>();
  const delayUs = shipping.delayUnits * unitUs;
  let heldUs: number | null = null;
  const raise = (us: number) => {
    heldUs = Math.max(heldUs ?? us, us);
    return heldUs;
  };
  for (let at = 0, frames = 0; at < events.length; frames++) {
    const wanted = shipping.cuts[frames % shipping.cuts.length] ?? 1;
    const partition = events[at]?.partition ?? 0;
    const run: number[] = [];
    while (at < events.length && run.length < wanted && events[at]?.partition === partition) run.push(at++);
    const firstOffset = next.get(partition) ?? 0;
    const offsets = run.map((_, index) => firstOffset + (shipping.sparse ? index * 3 + 1 : index));
    const after = shipping.after[frames % shipping.after.length];
    const nextOffset = (offsets.at(-1) ?? 0) + 1 + (after === 'holes' ? 2 : 0);
    messages.push({ kind: 'frame', partition, firstOffset, nextOffset, offsets, events: run, watermarkUs: heldUs });
    next.set(partition, nextOffset);
    const own = Math.max(...run.map((index) => events[index]?.timeUs ?? 0));
    newest.set(partition, Math.max(newest.get(partition) ?? own, own));
    const watermarkUs = raise(Math.min(...newest.values()) - delayUs);
    if (after === 'progress') messages.push({ kind: 'progress', watermarkUs });
    if (after === 'idle')
      messages.push({ kind: 'progress', watermarkUs: raise(Math.max(...newest.values()) - delayUs) });
  }
  return messages;
}

export const meetingOf = fc.record({
  framesPerTick: fc.integer({ min: 1, max: 5 }),
  /** What comes with a frame: nothing, itself once more, or the frame before it in one piece with it. */
  again: fc.array(fc.constantFrom('no', 'no', 'no', 'same', 'overlap'), { minLength: 1, maxLength: 7 }),
});
export type Meeting = typeof meetingOf extends fc.Arbitrary<infer T> ? T : never;

/** Messages in their order, some frames again. */
export function deliver(messages: readonly Message[], meeting: Meeting, from: Source): Delivery {
  const steps: Step[] = [];
  let waiting: Frame[] = [];
  let newRows = 0;
  let duplicates = 0;
  const before = new Map<number, FrameMessage>();
  const tick = () => {
    if (waiting.length > 0) steps.push({ kind: 'tick', frames: waiting, newRows });
    waiting = [];
    newRows = 0;
  };
  for (const [index, message] of messages.entries()) {
    if (message.kind === 'progress') {
      tick();
      steps.push(message);
      continue;
    }
    const again = meeting.again[index % meeting.again.length];
    const earlier = before.get(message.partition);
    if (again === 'overlap' && earlier) {
      duplicates += earlier.events.length;
      waiting.push(frameOf(joined(earlier, message), from));
    } else waiting.push(frameOf(message, from));
    if (again === 'same') {
      duplicates += message.events.length;
      waiting.push(frameOf(message, from));
    }
    newRows += message.events.length;
    before.set(message.partition, message);
    if (waiting.length >= meeting.framesPerTick) tick();
  }
  tick();
  return { steps, arrivals: arrivalsOf(messages), duplicates };
}

/** Where frames come from: the schema and the events of one stream. */
export interface Source {
  readonly schema: StreamSchema;
  readonly events: readonly Event[];
  readonly sparse: boolean;
}

function joined(earlier: FrameMessage, later: FrameMessage): FrameMessage {
  return {
    ...later,
    firstOffset: earlier.firstOffset,
    offsets: [...earlier.offsets, ...later.offsets],
    events: [...earlier.events, ...later.events],
  };
}

function frameOf(message: FrameMessage, { schema, events, sparse }: Source): Frame {
  const { partition, firstOffset, nextOffset, offsets, watermarkUs } = message;
  const rows = message.events.map((index) => {
    const event = events[index];
    if (!event) throw new RangeError(`no event ${index}`);
    return { timeUs: event.timeUs, ...Object.fromEntries(FIELD_NAMES.map((name) => [name, event[name]])) };
  });
  const isContiguous = offsets.every((offset, index) => offset === firstOffset + index);
  const epoch = 'e1';
  const options = { partition, firstOffset, nextOffset, watermarkUs, epoch };
  return testFrame(schema, rows, sparse || !isContiguous ? { ...options, offsets } : options);
}

function arrivalsOf(messages: readonly Message[]): Arrival[] {
  let heldUs: number | null = null;
  return messages.flatMap((message, frame) => {
    const { watermarkUs } = message;
    if (watermarkUs !== null) heldUs = Math.max(heldUs ?? watermarkUs, watermarkUs);
    if (message.kind === 'progress') return [];
    return message.events.map((event, index) => ({
      event,
      offset: message.offsets[index] ?? 0,
      frame,
      watermarkUs: heldUs,
    }));
  });
}

export const recutOf = fc.record({
  cuts: smallNumbers(1, 7),
  /** Neighbouring frames of two partitions trade places where the watermark between them stands still. */
  swaps: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
});
export type Recut = typeof recutOf extends fc.Arbitrary<infer T> ? T : never;

/** The same rows under the same watermarks in other frames and another order. */
export function recut(messages: readonly Message[], { cuts, swaps }: Recut): Message[] {
  const pieces = messages.flatMap((message, index): Message[] => {
    if (message.kind === 'progress') return [message];
    const size = cuts[index % cuts.length] ?? 1;
    const parts: FrameMessage[] = [];
    for (let at = 0; at < message.events.length; at += size) {
      const offsets = message.offsets.slice(at, at + size);
      const isLast = at + size >= message.events.length;
      parts.push({
        ...message,
        firstOffset: parts.at(-1)?.nextOffset ?? message.firstOffset,
        nextOffset: isLast ? message.nextOffset : (offsets.at(-1) ?? 0) + 1,
        offsets,
        events: message.events.slice(at, at + size),
      });
    }
    return parts;
  });
  for (let at = 0; at + 1 < pieces.length; at++) {
    const [left, right] = [pieces[at], pieces[at + 1]];
    if (left?.kind !== 'frame' || right?.kind !== 'frame' || !swaps[at % swaps.length]) continue;
    if (left.partition === right.partition || left.watermarkUs !== right.watermarkUs) continue;
    pieces[at] = right;
    pieces[at + 1] = left;
  }
  return pieces;
}

/**
 * A part of the messages, then what loses all of it or nothing of it, then all messages, cut anew: `reset` drops what was
 * applied, `resumed` keeps it, so that of what comes again only the rest is new.
 */
export function interrupt(
  messages: readonly Message[],
  how: 'reset' | 'resumed',
  whole: readonly Message[],
  meeting: Meeting,
  from: Source,
): Delivery {
  const part = messages.slice(0, Math.ceil(messages.length / 2));
  const first = deliver(part, meeting, from);
  const rest = deliver(whole, meeting, from);
  const steps: Step[] = [...first.steps, { kind: how }, ...rest.steps];
  if (how === 'reset') return { ...rest, steps };
  const known = new Set(first.arrivals.map(({ event }) => event));
  const later = rest.arrivals
    .filter(({ event }) => !known.has(event))
    .map((arrival) => ({ ...arrival, frame: arrival.frame + part.length }));
  const duplicates = first.duplicates + first.arrivals.length + rest.duplicates;
  return { steps, arrivals: [...first.arrivals, ...later], duplicates };
}
