import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Packer } from './packed-messages.ts';

/** Two milliseconds for 64 short frames, which come in seconds. */
export const deflate: Packer = {
  pack: (bytes) => deflateRawSync(bytes),
  unpack(packed) {
    const { buffer, byteOffset, length } = inflateRawSync(packed);
    return new Uint8Array(buffer, byteOffset, length);
  },
};
