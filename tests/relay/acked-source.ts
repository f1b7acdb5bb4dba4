import {
  positionOf,
  type RawRecord,
  type Source,
  type SourceEvent,
  type StartFrom,
} from '../../relay/sources/source.ts';

/**
 * A source without a past, as MQTT with QoS 1 is: what was not acknowledged comes again, after the next connection, and is
 * numbered by whoever reads it.
 */
export class AckedSource implements Source {
  readonly replayable = false;
  readonly label = 'a source that wants acknowledgements';
  /** Not acknowledged yet, oldest first. */
  readonly #messages: string[] = [];
  /** Offset of the oldest of them in this connection. */
  #base = 0;
  /** So many of them were given in this connection. */
  #given = 0;
  #wake: () => void = () => undefined;

  push(...values: readonly object[]): void {
    this.#messages.push(...values.map((value) => JSON.stringify(value)));
    this.#wake();
  }

  get waiting(): number {
    return this.#messages.length;
  }

  /** What a broker has when the relay is gone: the connection, and what was acknowledged by it, as they are now. */
  image(): AckedSource {
    const image = new AckedSource();
    image.#messages.push(...this.#messages);
    return image;
  }

  committed(next: Readonly<Record<string, number>>): void {
    const acknowledged = Math.max(0, (next[0] ?? 0) - this.#base);
    this.#messages.splice(0, acknowledged);
    this.#base += acknowledged;
    this.#given -= acknowledged;
  }

  async *read(from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent> {
    this.#base = positionOf(from)?.next[0] ?? 0;
    this.#given = 0;
    yield { kind: 'opened', position: { epoch: 'acked', next: { 0: this.#base } } };
    yield { kind: 'state', state: { state: 'live', message: null, fix: null } };
    while (!signal.aborted) {
      const taken = this.#messages.slice(this.#given, this.#given + 7);
      if (taken.length === 0) {
        yield { kind: 'caught-up' };
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
          if (signal.aborted || this.#messages.length > this.#given) resolve();
        });
        continue;
      }
      const firstOffset = this.#base + this.#given;
      this.#given += taken.length;
      const records = taken.map(
        (value, index): RawRecord => ({
          offset: firstOffset + index,
          topic: 'acked',
          timestampMs: 1_743_760_800_000,
          key: null,
          value: Buffer.from(value),
        }),
      );
      const nextOffset = firstOffset + taken.length;
      yield { kind: 'records', partition: 0, firstOffset, nextOffset, behind: null, records };
    }
  }
}
