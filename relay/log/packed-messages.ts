/** Makes bytes fewer, and gives them back as they were. */
export interface Packer {
  /** In memory of its own, no larger than they are. */
  pack(bytes: Uint8Array): Uint8Array;
  unpack(packed: Uint8Array): Uint8Array;
}

/**
 * Messages that were packed together, one behind the other: those of a slow stream are a row or three, each with the whole
 * of its schema, and 64 of them packed are a tenth of their bytes.
 */
export interface PackedMessages {
  readonly packed: Uint8Array;
  readonly packer: Packer;
}

export interface MessageInPack {
  readonly pack: PackedMessages;
  /** Where it is in what is unpacked. */
  readonly start: number;
  readonly length: number;
  /** Its share of the packed bytes, rounded up. */
  readonly packedBytes: number;
}

/** Where each of them is then; at least one, and none empty. */
export function packMessages(messages: readonly Uint8Array[], packer: Packer): MessageInPack[] {
  const bytes = new Uint8Array(messages.reduce((sum, { length }) => sum + length, 0));
  const starts: number[] = [];
  let end = 0;
  for (const message of messages) {
    starts.push(end);
    bytes.set(message, end);
    end += message.length;
  }
  const packed = packer.pack(bytes);
  const pack = { packed, packer };
  return messages.map(({ length }, index) => ({
    pack,
    start: starts[index] ?? 0,
    length,
    packedBytes: Math.ceil((packed.length * length) / end),
  }));
}

/** Unpacked, of the packs read last: readers go through a log in order, and not many at a time. */
const MAX_UNPACKED_BYTES = 2 * 2 ** 20;

/** Reads packed messages, and remembers the packs it read last. */
export class PackReader {
  /** The one read last is the last. */
  readonly #unpacked = new Map<PackedMessages, Uint8Array>();
  #bytes = 0;

  /** A copy: whoever keeps one message does not keep all of its pack. */
  message({ pack, start, length }: MessageInPack): Uint8Array {
    let bytes = this.#unpacked.get(pack);
    if (bytes) this.#unpacked.delete(pack);
    else {
      bytes = pack.packer.unpack(pack.packed);
      this.#bytes += bytes.length;
    }
    this.#unpacked.set(pack, bytes);
    for (const [oldest, { length: freed }] of this.#unpacked) {
      if (this.#bytes <= MAX_UNPACKED_BYTES || oldest === pack) break;
      this.#unpacked.delete(oldest);
      this.#bytes -= freed;
    }
    return bytes.slice(start, start + length);
  }

  forget(): void {
    this.#unpacked.clear();
    this.#bytes = 0;
  }
}
