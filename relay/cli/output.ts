import type { Writable } from 'node:stream';

/** Lines out, at the pace they are taken. */
export class Output {
  readonly #stream: Writable;
  #lines: string[] = [];
  #gone = false;

  /** `whenGone` is told, once, when nobody reads any more. */
  constructor(stream: Writable, whenGone: () => void) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (this.#gone) return;
      this.#gone = true;
      whenGone();
    });
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** Resolves when what was written has been taken, or nobody reads any more. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0 || this.#gone) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    await new Promise<void>((resolve) => this.#stream.write(text, () => resolve()));
  }
}
