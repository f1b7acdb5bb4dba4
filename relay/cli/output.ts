import type { Writable } from 'node:stream';
import { HighwaterError } from '../../contract/errors.ts';

/** Lines out, at the pace they are taken. */
export class Output {
  readonly #stream: Writable;
  #lines: string[] = [];
  #gone = false;

  /** `whenGone` is told, once, when nobody reads any more. */
  constructor(stream: Writable, whenGone: () => void) {
    this.#stream = stream;
    stream.on('error', (error) => {
      if (!isGone(error) || this.#gone) return;
      this.#gone = true;
      whenGone();
    });
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** Resolves when what was written has been taken, or nobody reads any more. Rejects with `output_failed`. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0 || this.#gone) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    await new Promise<void>((resolve, reject) =>
      this.#stream.write(text, (error) => {
        if (!error || isGone(error)) resolve();
        else reject(failed(error));
      }),
    );
  }
}

function isGone(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE';
}

function failed(cause: Error): HighwaterError {
  return new HighwaterError(
    'output_failed',
    `rows could not be written: ${cause.message}`,
    'make room, and run again',
    {
      cause,
    },
  );
}
