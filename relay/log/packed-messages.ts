/** Makes bytes fewer, and gives them back as they were. */
export interface Packer {
  pack(bytes: Uint8Array): Uint8Array;
  unpack(packed: Uint8Array): Uint8Array;
}

/**
 * Messages that were packed together: those of a slow stream are a row or three, each with the whole of its schema, and 64
 * of them packed are a tenth of their bytes.
 *
 *     message │ message │ …      each at a multiple of 8 bytes, as what reads their columns in place needs it
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

/** Packs read last, unpacked: readers go through a log in order, not many at a time. */
const MAX_UNPACKED = 4;

export function packMessages(messages: readonly Uint8Array[], packer: Packer): MessageInPack[] {
  const starts: number[] = [];
  let end = 0;
  for (const { length } of messages) {
    starts.push(end);
    end += Math.ceil(length / 8) * 8;
  }
  const bytes = new Uint8Array(end);
  for (const [index, message] of messages.entries()) bytes.set(message, starts[index]);
  const packed = packer.pack(bytes);
  const pack = { packed, packer };
  return messages.map(({ length }, index) => ({
    pack,
    start: starts[index] ?? 0,
    length,
    packedBytes: Math.ceil((packed.length * length) / end),
  }));
}

export class UnpackedMessages {
  /** The one read last is the last. */
  readonly #unpacked = new Map<PackedMessages, Uint8Array>();

  message({ pack, start, length }: MessageInPack): Uint8Array {
    const bytes = this.#unpacked.get(pack) ?? pack.packer.unpack(pack.packed);
    this.#unpacked.delete(pack);
    this.#unpacked.set(pack, bytes);
    const [oldest] = this.#unpacked.keys();
    if (oldest !== undefined && this.#unpacked.size > MAX_UNPACKED) this.#unpacked.delete(oldest);
    return bytes.subarray(start, start + length);
  }
}
