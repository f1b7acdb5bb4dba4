import type { Writable } from 'node:stream';

/** Lines out, at the pace they are taken. */
export class Output {
  readonly #stream: Writable;
  #lines: string[] = [];
  #length = 0;
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

  /** Is anybody there to read? */
  get isGone(): boolean {
    return this.#gone;
  }

  line(text: string): void {
    this.#lines.push(text);
    this.#length += text.length + 1;
  }

  /** Enough has come to be worth writing. */
  get isFull(): boolean {
    return this.#length >= FULL_CHARACTERS;
  }

  /** Resolves when what was written has been taken, or nobody reads any more. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0 || this.#gone) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#length = 0;
    await new Promise<void>((resolve) => this.#stream.write(text, () => resolve()));
  }
}

const FULL_CHARACTERS = 256 * 1024;
