import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Packer } from './packed-messages.ts';

/** Deflate at its fastest: frames that are nearly the same become little smaller by more work. */
export const deflate: Packer = {
  // What zlib gives lies in a slab that it shares with others, which would stay as long as any of them.
  pack: (bytes) => new Uint8Array(deflateRawSync(bytes, { level: 1 })),
  unpack(packed) {
    const { buffer, byteOffset, length } = inflateRawSync(packed);
    return new Uint8Array(buffer, byteOffset, length);
  },
};
