import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Log } from '../log/log.ts';
import { PackedLog } from './packed-log.ts';

/** What is packed of a stream's logs; of each for as long as it is there. (F10) */
export class PackedLogs {
  readonly #schemaOf: (version: number) => StreamSchema | null;
  readonly #isDeduped: () => boolean;
  readonly #logs = new WeakMap<Log, PackedLog>();

  /** `isDeduped`: does a window take doubles from the stream now? */
  constructor(schemaOf: (version: number) => StreamSchema | null, isDeduped: () => boolean) {
    this.#schemaOf = schemaOf;
    this.#isDeduped = isDeduped;
  }

  /** Null: doubles are told by the watermarks between frames, so it is sent as it was sealed. (W31) */
  of(log: Log): PackedLog | null {
    if (this.#isDeduped()) {
      this.#logs.delete(log);
      return null;
    }
    const known = this.#logs.get(log);
    if (known !== undefined) return known;
    const made = new PackedLog(log, this.#schemaOf);
    this.#logs.set(log, made);
    return made;
  }
}
