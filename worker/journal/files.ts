import { joinBytes } from '../join-bytes.ts';

/**
 * The files a journal is made of, from whichever host: a browser's private file system, a folder, memory. An open file
 * belongs to one journal alone.
 */
export interface JournalFiles {
  /** Names of all files there are. */
  list(): Promise<string[]>;
  /** Makes the file when there is none. Rejects with `FileTaken` while another journal has it open. */
  open(name: string): Promise<JournalFile>;
  /** Of a file that is not open; nothing happens when there is none. */
  remove(name: string): Promise<void>;
}

export interface JournalFile {
  size(): number;
  /** Fills `into` from `at` on; how many bytes there were. */
  read(into: Uint8Array, at: number): number;
  /** How many bytes were written: fewer than given when there is no more room. */
  write(bytes: Uint8Array, at: number): number;
  truncate(size: number): void;
  /** Returns when what was written is as durable as the host can make it. */
  flush(): void;
  close(): void;
}

/** Another tab has the file open, or one that has just gone still holds it. */
export class FileTaken extends Error {
  override readonly name = 'FileTaken';
}

/** All bytes of a file, or the first `bytes` of them. */
export function readStart(file: JournalFile, bytes = file.size()): Uint8Array {
  const start = new Uint8Array(Math.min(bytes, file.size()));
  return start.subarray(0, file.read(start, 0));
}

const JOIN_BYTES = 64 * 1024;

/**
 * Writes parts one after the other from `at` on, small neighbours joined into one write, large ones as they are. Returns
 * the bytes written; throws when the file takes fewer than it is given.
 */
export function writeParts(file: JournalFile, parts: readonly Uint8Array[], at: number): number {
  let written = 0;
  const write = (bytes: Uint8Array) => {
    const took = file.write(bytes, at + written);
    if (took !== bytes.length) throw new Error(`${took} of ${bytes.length} bytes could be written`);
    written += took;
  };
  let first = 0;
  while (first < parts.length) {
    let end = first;
    let bytes = 0;
    for (let part = parts[end]; part && part.length < JOIN_BYTES && bytes < 8 * JOIN_BYTES; part = parts[end]) {
      bytes += part.length;
      end++;
    }
    if (end - first > 1) write(joinBytes(parts.slice(first, end)));
    else write(parts[first] ?? new Uint8Array(0));
    first = Math.max(end, first + 1);
  }
  return written;
}
