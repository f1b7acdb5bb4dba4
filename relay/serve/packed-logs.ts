import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Packing } from '../boards/packings.ts';
import type { Log } from '../log/log.ts';
import { PackedLog } from './packed-log.ts';

/** What is packed of a stream's logs; of each for as long as it is there. (F10) */
export class PackedLogs {
  readonly #schemaOf: (version: number) => StreamSchema | null;
  readonly #packing: () => Packing;
  readonly #logs = new WeakMap<Log, { readonly packing: Packing; readonly packed: PackedLog }>();

  /** `packing`: how it may be packed now. */
  constructor(schemaOf: (version: number) => StreamSchema | null, packing: () => Packing) {
    this.#schemaOf = schemaOf;
    this.#packing = packing;
  }

  /** Null: it is not to be packed. */
  of(log: Log): PackedLog | null {
    const packing = this.#packing();
    if (packing === 'never') return null;
    const known = this.#logs.get(log);
    if (known?.packing === packing) return known.packed;
    const packed = new PackedLog(log, this.#schemaOf, { inOrder: packing === 'in order' });
    this.#logs.set(log, { packing, packed });
    return packed;
  }
}
