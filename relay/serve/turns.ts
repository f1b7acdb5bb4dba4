/**
 * Work that takes tens of milliseconds, one piece to a turn of the event loop over all streams: sockets, timers and
 * sources have theirs between.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];

  get idle(): boolean {
    return this.#waiting.length === 0;
  }

  add(work: () => void): void {
    this.#waiting.push(work);
    if (this.#waiting.length === 1) this.#next();
  }

  #next(): void {
    setImmediate(() => {
      const work = this.#waiting[0];
      try {
        work?.();
      } finally {
        this.#waiting.shift();
        if (!this.idle) this.#next();
      }
    });
  }
}
