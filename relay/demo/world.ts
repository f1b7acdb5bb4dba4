import { Agenda } from './agenda.ts';
import { deliveryDelayMs } from './delivery.ts';
import { createRandom, type Random } from './random.ts';
import type { SimulatedMessage, Simulation, SimulatorOptions } from './simulation.ts';

/**
 * What simulated places have in common: things happen, each at its time and perhaps planning others; what is told of them is
 * on its way for a moment, some of it for longer than what happened after it.
 *
 *     plan ─▶ agenda ─▶ happens ─▶ tell ─▶ outbox ─▶ delivered
 *               ╰──── plan ────╯
 */
export class World implements Simulation {
  readonly random: Random;
  readonly #agenda = new Agenda<(timeMs: number) => void>();
  readonly #outbox = new Agenda<SimulatedMessage>();
  readonly #startMs: number;
  readonly #seedText: string;
  #told = 0;

  constructor({ seed, startMs }: Pick<SimulatorOptions, 'seed' | 'startMs'>) {
    this.random = createRandom(seed);
    this.#startMs = startMs;
    this.#seedText = seed.toString(36);
  }

  plan(timeMs: number, happens: (timeMs: number) => void): void {
    this.#agenda.add(timeMs, happens);
  }

  /** Again and again, `everyMs` asked anew each time; the first at `firstMs`. */
  repeat(firstMs: number, everyMs: (timeMs: number) => number, happens: (timeMs: number) => void): void {
    this.plan(firstMs, (timeMs) => {
      this.repeat(timeMs + everyMs(timeMs), everyMs, happens);
      happens(timeMs);
    });
  }

  /** What happened before the start is not told. Each event gets an id and its time first. */
  tell(timeMs: number, topic: string, event: object): void {
    if (timeMs < this.#startMs) return;
    const event_id = `${this.#seedText}-${(this.#told++).toString(36)}`;
    const timestamp = new Date(timeMs).toISOString();
    this.#outbox.add(timeMs + deliveryDelayMs(this.random), { topic, event: { event_id, timestamp, ...event } });
  }

  until(timeMs: number): SimulatedMessage[] {
    while (this.#agenda.nextMs() <= timeMs) {
      const due = this.#agenda.take();
      due?.item(due.atMs);
    }
    const messages: SimulatedMessage[] = [];
    while (this.#outbox.nextMs() <= timeMs) {
      const due = this.#outbox.take();
      if (due !== undefined) messages.push(due.item);
    }
    return messages;
  }
}
