import { parseByteSize } from '../../contract/spec/byte-size.ts';
import type { StreamSpec } from '../../contract/spec/stream.ts';

/** Of the logs of all streams in memory together. */
export const MEMORY_BYTES = 256 * 2 ** 20;
const LEAST_MEMORY_BYTES = 2 ** 20;
const DISK_BYTES = 2 ** 30;

type LogSpec = Pick<StreamSpec['log'], 'max_bytes'>;

/** Bytes a stream's log may take on disk. (L3) */
export function diskLogBytes({ max_bytes: said }: LogSpec): number {
  return bytesOf(said) ?? DISK_BYTES;
}

/** Bytes a stream's log may take in memory: as many as it says, or else an even share of what all may take. (L1) */
export function memoryLogBytes({ max_bytes: said }: LogSpec, streamsInMemory: number): number {
  return bytesOf(said) ?? Math.max(LEAST_MEMORY_BYTES, Math.floor(MEMORY_BYTES / streamsInMemory));
}

function bytesOf(said: string | undefined): number | null {
  return said === undefined ? null : parseByteSize(said);
}
