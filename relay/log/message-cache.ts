/** Messages by sequence, within a bound of bytes: the first put in goes first. */
export class MessageCache {
  readonly #maxBytes: number;
  readonly #messages = new Map<number, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(sequence: number): Uint8Array | undefined {
    return this.#messages.get(sequence);
  }

  add(sequence: number, message: Uint8Array): void {
    this.#messages.set(sequence, message);
    this.#bytes += message.length;
    for (const [oldest, { length }] of this.#messages) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#messages.delete(oldest);
      this.#bytes -= length;
    }
  }
}
