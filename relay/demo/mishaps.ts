import { createRandom, type Random } from './random.ts';
import type { SimulatedMessage, Simulation, SimulatorOptions } from './simulation.ts';

/**
 * What befalls the messages of a stream in life, in the order they are delivered:
 *
 *     simulation ─▶ newer fields ─▶ spoiled ─▶ delivered
 *                                      └─▶ … again, some messages later, with the same event_id
 */
export interface Mishaps<Event extends { readonly timestamp: string }> {
  /** One in so many is delivered twice: who sent it had not heard that it arrived. */
  readonly twiceIn: number;
  /** One in so many cannot become a row. */
  readonly spoiledIn: number;
  readonly spoil: (event: Event) => object;
  /** From so long after the start on, events have more to say than before. */
  readonly newer: { readonly afterMs: number; readonly add: (event: Event, random: Random) => object };
}

/** A message that comes twice comes again within so many. */
const MAX_APART = 200;

export function withMishaps<Event extends { readonly timestamp: string }>(
  simulation: Simulation,
  { seed, startMs }: Pick<SimulatorOptions, 'seed' | 'startMs'>,
  { twiceIn, spoiledIn, spoil, newer }: Mishaps<Event>,
): Simulation {
  const random = createRandom(seed ^ 0x5eed);
  const newerFrom = new Date(startMs + newer.afterMs).toISOString();
  /** By the count of messages at which they come again. */
  const again = new Map<number, SimulatedMessage>();
  let count = 0;
  return {
    until(timeMs) {
      const delivered: SimulatedMessage[] = [];
      for (const { topic, event: plain } of simulation.until(timeMs)) {
        const original = plain as Event;
        const event = original.timestamp < newerFrom ? original : (newer.add(original, random) as Event);
        const message = { topic, event: random.chance(1 / spoiledIn) ? spoil(event) : event };
        delivered.push(message);
        if (random.chance(1 / twiceIn)) again.set(count + 1 + Math.floor(random.between(0, MAX_APART)), message);
        const second = again.get(count);
        if (second !== undefined) delivered.push(second);
        again.delete(count++);
      }
      return delivered;
    },
  };
}
