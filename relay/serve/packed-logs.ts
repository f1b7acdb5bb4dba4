import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Log } from '../log/log.ts';
import { PackedLog } from './packed-log.ts';

/** What is packed of a stream's logs; of each for as long as it is there. (F10) */
export class PackedLogs {
  readonly #schemaOf: (version: number) => StreamSchema | null;
  readonly #isDeduped: () => boolean;
  readonly #logs = new WeakMap<Log, { readonly inOrder: boolean; readonly packed: PackedLog }>();

  /** `isDeduped`: does a window take doubles from the stream now? */
  constructor(schemaOf: (version: number) => StreamSchema | null, isDeduped: () => boolean) {
    this.#schemaOf = schemaOf;
    this.#isDeduped = isDeduped;
  }

  of(log: Log): PackedLog {
    const inOrder = this.#isDeduped();
    const known = this.#logs.get(log);
    if (known?.inOrder === inOrder) return known.packed;
    const packed = new PackedLog(log, this.#schemaOf, { inOrder });
    this.#logs.set(log, { inOrder, packed });
    return packed;
  }
}
